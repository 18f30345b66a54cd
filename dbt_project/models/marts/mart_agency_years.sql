with

reports as (

    -- Of reports of several scopes the narrowest stands for its agency; the others are in fct_reports.
    select reports.*
    from {{ ref('int_reports_published') }} as reports
    inner join {{ ref('stg_nianbao__revisions') }} as revisions on reports.document_id = revisions.document_id
    where revisions.is_main

),

requests as (

    select * from {{ ref('int_requests_pivoted') }}

),

disputes as (

    select * from {{ ref('int_disputes_pivoted') }}

),

disclosures as (

    select * from {{ ref('int_proactive_disclosures_pivoted') }}

),

failures as (

    select
        document_id,
        count(*) as finding_error_count,
        bool_or(cause = 'source') as has_source_errors
    from {{ ref('stg_nianbao__findings') }}
    where verdict = 'failed' and severity = 'error' and document_id is not null
    group by document_id

),

final as (

    select
        reports.agency_id,
        reports.report_year,
        reports.agency_name,
        reports.document_id,
        reports.source,
        reports.template,
        reports.layout,
        reports.published_date,

        requests.new_received_count,
        requests.carried_over_count,
        requests.new_received_count + requests.carried_over_count as accepted_request_count,
        requests.processed_count,
        requests.carried_forward_count,
        requests.granted_count,
        requests.partly_granted_count,
        requests.denied_count,
        requests.unavailable_count,
        requests.not_processed_count,
        requests.other_processed_count,
        requests.natural_person_count,
        requests.organization_count,

        {{ share_of('(requests.granted_count + requests.partly_granted_count)', 'requests.processed_count') }}
            as disclosure_share,
        {{ share_of('requests.denied_count', 'requests.processed_count') }} as denial_share,
        {{ share_of('requests.unavailable_count', 'requests.processed_count') }} as unavailable_share,
        {{ share_of('requests.not_processed_count', 'requests.processed_count') }} as not_processed_share,
        {{ share_of('requests.processed_count', '(requests.new_received_count + requests.carried_over_count)') }}
            as completion_share,

        disputes.review_count,
        disputes.review_corrected_count,
        disputes.review_concluded_count,
        {{ share_of('disputes.review_corrected_count', 'disputes.review_concluded_count') }} as review_correction_share,
        disputes.litigation_count,
        disputes.litigation_corrected_count,
        disputes.litigation_concluded_count,
        {{ share_of('disputes.litigation_corrected_count', 'disputes.litigation_concluded_count') }}
            as litigation_correction_share,

        disclosures.regulation_in_force_count,
        disclosures.normative_document_in_force_count,
        disclosures.regulation_disclosed_total_count,
        disclosures.normative_document_disclosed_total_count,
        disclosures.licence_decision_count,
        disclosures.penalty_decision_count,
        disclosures.enforcement_decision_count,
        disclosures.fee_10k_yuan,

        coalesce(failures.finding_error_count, 0) as finding_error_count,
        coalesce(failures.has_source_errors, false) as has_source_errors
    from reports
    left join requests on reports.document_id = requests.document_id
    left join disputes on reports.document_id = disputes.document_id
    left join disclosures on reports.document_id = disclosures.document_id
    left join failures on reports.document_id = failures.document_id

)

select * from final
