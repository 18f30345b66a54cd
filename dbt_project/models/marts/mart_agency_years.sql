with

reports as (

    -- Of reports of several scopes the narrowest stands for its agency; the others are in fct_reports.
    select * from {{ ref('int_reports_published') }}
    where is_main

),

figures as (

    select * from {{ ref('int_figures_pivoted') }}

),

received as (

    select * from {{ ref('mart_agency_indicators') }}
    where indicator_id = 'I-01a'

),

disclosure as (

    select * from {{ ref('mart_agency_indicators') }}
    where indicator_id = 'I-04'

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

decided as (

    select
        document_id,
        count(*) as decided_cell_count
    from {{ ref('int_cells_published') }}
    where is_decided
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
        reports.region_code,
        reports.agency_level,
        reports.agency_kind,
        reports.report_scope,

        -- generated from indicators.yml: do not edit
        figures.new_received_count,
        figures.carried_over_count,
        figures.accepted_request_count,
        figures.processed_count,
        figures.carried_forward_count,
        figures.granted_count,
        figures.partly_granted_count,
        figures.disclosed_count,
        figures.denied_state_secret_count,
        figures.denied_prohibited_by_law_count,
        figures.denied_endangers_security_count,
        figures.denied_third_party_rights_count,
        figures.denied_internal_affairs_count,
        figures.denied_process_information_count,
        figures.denied_enforcement_file_count,
        figures.denied_administrative_inquiry_count,
        figures.denied_count,
        figures.unavailable_not_held_count,
        figures.unavailable_count,
        figures.not_processed_petition_count,
        figures.not_processed_excessive_count,
        figures.not_processed_count,
        figures.other_overdue_correction_count,
        figures.other_overdue_fee_count,
        figures.other_processed_count,
        figures.natural_person_count,
        figures.commercial_enterprise_count,
        figures.legal_service_count,
        figures.organization_count,
        figures.applicant_square_sum,
        figures.applicant_square,
        figures.review_count,
        figures.review_corrected_count,
        figures.review_pending_count,
        figures.review_concluded_count,
        figures.litigation_direct_count,
        figures.litigation_after_review_count,
        figures.litigation_count,
        figures.dispute_count,
        figures.litigation_corrected_count,
        figures.litigation_pending_count,
        figures.litigation_concluded_count,
        figures.regulation_in_force_count,
        figures.normative_document_in_force_count,
        figures.regulation_disclosed_total_count,
        figures.normative_document_disclosed_total_count,
        figures.normative_document_made_count,
        figures.normative_document_repealed_count,
        figures.normative_document_net_change_count,
        figures.normative_document_in_force_previous_count,
        figures.licence_decision_count,
        figures.penalty_decision_count,
        figures.enforcement_decision_count,
        figures.fee_10k_yuan,
        figures.fee_cny,
        figures.processing_fee_notice_count,
        figures.processing_fee_noticed_cny,
        figures.processing_fee_collected_cny,
        figures.official_document_made_count,
        figures.official_document_published_count,
        figures.completion_share,
        figures.carried_forward_share,
        figures.disclosure_share,
        figures.granted_share,
        figures.partly_granted_share,
        figures.substantive_disclosure_share,
        figures.denial_share,
        figures.denied_state_secret_share,
        figures.denied_prohibited_by_law_share,
        figures.denied_endangers_security_share,
        figures.denied_third_party_rights_share,
        figures.denied_internal_affairs_share,
        figures.denied_process_information_share,
        figures.denied_enforcement_file_share,
        figures.denied_administrative_inquiry_share,
        figures.unavailable_share,
        figures.unavailable_not_held_share,
        figures.not_processed_share,
        figures.not_processed_petition_share,
        figures.not_processed_excessive_share,
        figures.other_processed_share,
        figures.other_overdue_correction_share,
        figures.other_overdue_fee_share,
        figures.natural_person_share,
        figures.commercial_enterprise_share,
        figures.legal_service_share,
        figures.applicant_hhi_share,
        figures.review_ratio,
        figures.litigation_ratio,
        figures.dispute_ratio,
        figures.review_correction_share,
        figures.review_correction_of_all_share,
        figures.litigation_correction_share,
        figures.litigation_after_review_ratio,
        figures.review_pending_share,
        figures.litigation_pending_share,
        figures.normative_document_repeal_ratio,
        figures.penalty_per_licence_ratio,
        figures.processing_fee_collected_share,
        figures.official_document_published_share,
        figures.processed_count < 30 as is_small_sample,
        -- end of what is generated

        cast(received.previous_value as bigint) as new_received_previous_count,
        cast(received.change as bigint) as new_received_change_count,
        received.change_ratio as new_received_change_ratio,
        received.three_year_growth_ratio as new_received_growth_ratio,
        received.peer_count as new_received_peer_count,
        received.peer_percentile as new_received_peer_percentile,
        disclosure.previous_value as disclosure_previous_share,
        disclosure.change as disclosure_share_change,
        disclosure.peer_count as disclosure_peer_count,
        disclosure.peer_percentile as disclosure_peer_percentile,
        coalesce(failures.finding_error_count, 0) as finding_error_count,
        coalesce(failures.has_source_errors, false) as has_source_errors,
        coalesce(decided.decided_cell_count, 0) as decided_cell_count,
        reports.is_let_in
    from reports
    left join figures on reports.document_id = figures.document_id
    left join received on reports.document_id = received.document_id
    left join disclosure on reports.document_id = disclosure.document_id
    left join failures on reports.document_id = failures.document_id
    left join decided on reports.document_id = decided.document_id

)

select * from final
