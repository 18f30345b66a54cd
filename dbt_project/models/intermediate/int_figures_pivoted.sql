-- One row per report, one column per figure and per quotient.
-- Generated from expectations/indicators/indicators.yml; do not edit. `make docs` writes it anew.
-- noqa: disable=LT05
with

reports as (

    select * from {{ ref('int_reports_published') }}

),

request_cells as (

    select
        document_id,
        max(request_count) filter (where row_key = 'new_received' and column_key = 'total') as new_received__total,
        max(request_count) filter (where row_key = 'carried_over' and column_key = 'total') as carried_over__total,
        max(request_count) filter (where row_key = 'total_processed' and column_key = 'total') as total_processed__total,
        max(request_count) filter (where row_key = 'carried_forward' and column_key = 'total') as carried_forward__total,
        max(request_count) filter (where row_key = 'granted' and column_key = 'total') as granted__total,
        max(request_count) filter (where row_key = 'partly_granted' and column_key = 'total') as partly_granted__total,
        max(request_count) filter (where row_key = 'denied_state_secret' and column_key = 'total') as denied_state_secret__total,
        max(request_count) filter (where row_key = 'denied_prohibited_by_law' and column_key = 'total') as denied_prohibited_by_law__total,
        max(request_count) filter (where row_key = 'denied_endangers_security' and column_key = 'total') as denied_endangers_security__total,
        max(request_count) filter (where row_key = 'denied_third_party_rights' and column_key = 'total') as denied_third_party_rights__total,
        max(request_count) filter (where row_key = 'denied_internal_affairs' and column_key = 'total') as denied_internal_affairs__total,
        max(request_count) filter (where row_key = 'denied_process_information' and column_key = 'total') as denied_process_information__total,
        max(request_count) filter (where row_key = 'denied_enforcement_file' and column_key = 'total') as denied_enforcement_file__total,
        max(request_count) filter (where row_key = 'denied_administrative_inquiry' and column_key = 'total') as denied_administrative_inquiry__total,
        max(request_count) filter (where row_key = 'unavailable_not_held' and column_key = 'total') as unavailable_not_held__total,
        max(request_count) filter (where row_key = 'unavailable_needs_creation' and column_key = 'total') as unavailable_needs_creation__total,
        max(request_count) filter (where row_key = 'unavailable_still_unclear' and column_key = 'total') as unavailable_still_unclear__total,
        max(request_count) filter (where row_key = 'not_processed_petition' and column_key = 'total') as not_processed_petition__total,
        max(request_count) filter (where row_key = 'not_processed_excessive' and column_key = 'total') as not_processed_excessive__total,
        max(request_count) filter (where row_key = 'not_processed_repeat' and column_key = 'total') as not_processed_repeat__total,
        max(request_count) filter (where row_key = 'not_processed_publication' and column_key = 'total') as not_processed_publication__total,
        max(request_count) filter (where row_key = 'not_processed_confirmation' and column_key = 'total') as not_processed_confirmation__total,
        max(request_count) filter (where row_key = 'other_overdue_correction' and column_key = 'total') as other_overdue_correction__total,
        max(request_count) filter (where row_key = 'other_overdue_fee' and column_key = 'total') as other_overdue_fee__total,
        max(request_count) filter (where row_key = 'other_processed' and column_key = 'total') as other_processed__total,
        max(request_count) filter (where row_key = 'other_other' and column_key = 'total') as other_other__total,
        max(request_count) filter (where row_key = 'new_received' and column_key = 'natural_person') as new_received__natural_person,
        max(request_count) filter (where row_key = 'new_received' and column_key = 'commercial_enterprise') as new_received__commercial_enterprise,
        max(request_count) filter (where row_key = 'new_received' and column_key = 'legal_service') as new_received__legal_service,
        max(request_count) filter (where row_key = 'new_received' and column_key = 'research_institution') as new_received__research_institution,
        max(request_count) filter (where row_key = 'new_received' and column_key = 'social_organization') as new_received__social_organization,
        max(request_count) filter (where row_key = 'new_received' and column_key = 'other_organization') as new_received__other_organization,
        bool_or(row_key = 'other_processed' and column_key = 'total') as has_other_processed__total
    from {{ ref('fct_requests') }}
    group by document_id

),

dispute_cells as (

    select
        document_id,
        max(case_count) filter (where row_key = 'review' and column_key = 'total') as review__total,
        max(case_count) filter (where row_key = 'review' and column_key = 'corrected') as review__corrected,
        max(case_count) filter (where row_key = 'review' and column_key = 'pending') as review__pending,
        max(case_count) filter (where row_key = 'review' and column_key = 'upheld') as review__upheld,
        max(case_count) filter (where row_key = 'review' and column_key = 'other') as review__other,
        max(case_count) filter (where row_key = 'litigation_direct' and column_key = 'total') as litigation_direct__total,
        max(case_count) filter (where row_key = 'litigation_after_review' and column_key = 'total') as litigation_after_review__total,
        max(case_count) filter (where row_key = 'litigation_direct' and column_key = 'corrected') as litigation_direct__corrected,
        max(case_count) filter (where row_key = 'litigation_after_review' and column_key = 'corrected') as litigation_after_review__corrected,
        max(case_count) filter (where row_key = 'litigation_direct' and column_key = 'pending') as litigation_direct__pending,
        max(case_count) filter (where row_key = 'litigation_after_review' and column_key = 'pending') as litigation_after_review__pending,
        max(case_count) filter (where row_key = 'litigation_direct' and column_key = 'upheld') as litigation_direct__upheld,
        max(case_count) filter (where row_key = 'litigation_direct' and column_key = 'other') as litigation_direct__other,
        max(case_count) filter (where row_key = 'litigation_after_review' and column_key = 'upheld') as litigation_after_review__upheld,
        max(case_count) filter (where row_key = 'litigation_after_review' and column_key = 'other') as litigation_after_review__other
    from {{ ref('fct_disputes') }}
    group by document_id

),

disclosure_cells as (

    select
        document_id,
        max(item_count) filter (where row_key = 'regulation' and column_key = 'in_force') as regulation__in_force,
        max(item_count) filter (where row_key = 'normative_document' and column_key = 'in_force') as normative_document__in_force,
        max(item_count) filter (where row_key = 'regulation' and column_key = 'disclosed_total') as regulation__disclosed_total,
        max(item_count) filter (where row_key = 'normative_document' and column_key = 'disclosed_total') as normative_document__disclosed_total,
        max(item_count) filter (where row_key = 'normative_document' and column_key = 'made') as normative_document__made,
        max(item_count) filter (where row_key = 'normative_document' and column_key = 'repealed') as normative_document__repealed,
        max(item_count) filter (where row_key = 'licence' and column_key = 'decisions') as licence__decisions,
        max(item_count) filter (where row_key = 'penalty' and column_key = 'decisions') as penalty__decisions,
        max(item_count) filter (where row_key = 'enforcement' and column_key = 'decisions') as enforcement__decisions,
        max(amount_10k_yuan) filter (where row_key = 'fee' and column_key = 'amount_10k_yuan') as fee__amount_10k_yuan,
        max(amount_cny) filter (where row_key = 'fee' and column_key = 'amount_10k_yuan') as fee__amount_cny
    from {{ ref('fct_proactive_disclosures') }}
    group by document_id

),

stated as (

    select
        document_id,
        subject,
        case
            when value_precision <> 'exact' then null
            when value = 0 then 0
            when unit = '元' then value
            when unit = '万元' then value * 10000
            when unit = '亿元' then value * 100000000
            when subject in ('fee_notices', 'official_documents_made', 'official_documents_published') then value
        end as figure
    from {{ ref('fct_mentions') }}
    where subject in ('fee_notices', 'fee_amount', 'fee_collected', 'official_documents_made', 'official_documents_published')

),

certain as (

    select
        document_id,
        subject,
        min(figure) as figure
    from stated
    group by document_id, subject
    having count(*) = count(figure) and min(figure) = max(figure)

),

mentioned as (

    select
        document_id,
        cast(max(figure) filter (where subject = 'fee_notices') as bigint) as fee_notices,
        cast(max(figure) filter (where subject = 'fee_amount') as decimal(24, 2)) as fee_amount,
        cast(max(figure) filter (where subject = 'fee_collected') as decimal(24, 2)) as fee_collected,
        cast(max(figure) filter (where subject = 'official_documents_made') as bigint) as official_documents_made,
        cast(max(figure) filter (where subject = 'official_documents_published') as bigint) as official_documents_published
    from certain
    group by document_id

),

figures as (

    select
        reports.document_id,
        reports.agency_id,
        reports.report_year,
        reports.template,
        reports.report_scope,
        request_cells.new_received__total as new_received_count,
        request_cells.carried_over__total as carried_over_count,
        request_cells.new_received__total + request_cells.carried_over__total as accepted_request_count,
        request_cells.total_processed__total as processed_count,
        request_cells.carried_forward__total as carried_forward_count,
        request_cells.granted__total as granted_count,
        request_cells.partly_granted__total as partly_granted_count,
        request_cells.granted__total + request_cells.partly_granted__total as disclosed_count,
        request_cells.denied_state_secret__total as denied_state_secret_count,
        request_cells.denied_prohibited_by_law__total as denied_prohibited_by_law_count,
        request_cells.denied_endangers_security__total as denied_endangers_security_count,
        request_cells.denied_third_party_rights__total as denied_third_party_rights_count,
        request_cells.denied_internal_affairs__total as denied_internal_affairs_count,
        request_cells.denied_process_information__total as denied_process_information_count,
        request_cells.denied_enforcement_file__total as denied_enforcement_file_count,
        request_cells.denied_administrative_inquiry__total as denied_administrative_inquiry_count,
        request_cells.denied_state_secret__total + request_cells.denied_prohibited_by_law__total + request_cells.denied_endangers_security__total + request_cells.denied_third_party_rights__total + request_cells.denied_internal_affairs__total + request_cells.denied_process_information__total + request_cells.denied_enforcement_file__total + request_cells.denied_administrative_inquiry__total as denied_count,
        request_cells.unavailable_not_held__total as unavailable_not_held_count,
        request_cells.unavailable_not_held__total + request_cells.unavailable_needs_creation__total + request_cells.unavailable_still_unclear__total as unavailable_count,
        request_cells.not_processed_petition__total as not_processed_petition_count,
        request_cells.not_processed_excessive__total as not_processed_excessive_count,
        request_cells.not_processed_petition__total + request_cells.not_processed_repeat__total + request_cells.not_processed_publication__total + request_cells.not_processed_excessive__total + request_cells.not_processed_confirmation__total as not_processed_count,
        request_cells.other_overdue_correction__total as other_overdue_correction_count,
        request_cells.other_overdue_fee__total as other_overdue_fee_count,
        case when request_cells.has_other_processed__total then request_cells.other_processed__total else request_cells.other_overdue_correction__total + request_cells.other_overdue_fee__total + request_cells.other_other__total end as other_processed_count,
        request_cells.new_received__natural_person as natural_person_count,
        request_cells.new_received__commercial_enterprise as commercial_enterprise_count,
        request_cells.new_received__legal_service as legal_service_count,
        request_cells.new_received__commercial_enterprise + request_cells.new_received__research_institution + request_cells.new_received__social_organization + request_cells.new_received__legal_service + request_cells.new_received__other_organization as organization_count,
        cast(request_cells.new_received__natural_person as double) * cast(request_cells.new_received__natural_person as double) + cast(request_cells.new_received__commercial_enterprise as double) * cast(request_cells.new_received__commercial_enterprise as double) + cast(request_cells.new_received__research_institution as double) * cast(request_cells.new_received__research_institution as double) + cast(request_cells.new_received__social_organization as double) * cast(request_cells.new_received__social_organization as double) + cast(request_cells.new_received__legal_service as double) * cast(request_cells.new_received__legal_service as double) + cast(request_cells.new_received__other_organization as double) * cast(request_cells.new_received__other_organization as double) as applicant_square_sum,
        (cast(request_cells.new_received__natural_person as double) + (cast(request_cells.new_received__commercial_enterprise as double) + cast(request_cells.new_received__research_institution as double) + cast(request_cells.new_received__social_organization as double) + cast(request_cells.new_received__legal_service as double) + cast(request_cells.new_received__other_organization as double))) * (cast(request_cells.new_received__natural_person as double) + (cast(request_cells.new_received__commercial_enterprise as double) + cast(request_cells.new_received__research_institution as double) + cast(request_cells.new_received__social_organization as double) + cast(request_cells.new_received__legal_service as double) + cast(request_cells.new_received__other_organization as double))) as applicant_square,
        dispute_cells.review__total as review_count,
        dispute_cells.review__corrected as review_corrected_count,
        dispute_cells.review__pending as review_pending_count,
        dispute_cells.review__upheld + dispute_cells.review__corrected + dispute_cells.review__other as review_concluded_count,
        dispute_cells.litigation_direct__total as litigation_direct_count,
        dispute_cells.litigation_after_review__total as litigation_after_review_count,
        dispute_cells.litigation_direct__total + dispute_cells.litigation_after_review__total as litigation_count,
        dispute_cells.review__total + dispute_cells.litigation_direct__total as dispute_count,
        dispute_cells.litigation_direct__corrected + dispute_cells.litigation_after_review__corrected as litigation_corrected_count,
        dispute_cells.litigation_direct__pending + dispute_cells.litigation_after_review__pending as litigation_pending_count,
        dispute_cells.litigation_direct__upheld + dispute_cells.litigation_direct__other + dispute_cells.litigation_after_review__upheld + dispute_cells.litigation_after_review__other + (dispute_cells.litigation_direct__corrected + dispute_cells.litigation_after_review__corrected) as litigation_concluded_count,
        disclosure_cells.regulation__in_force as regulation_in_force_count,
        disclosure_cells.normative_document__in_force as normative_document_in_force_count,
        disclosure_cells.regulation__disclosed_total as regulation_disclosed_total_count,
        disclosure_cells.normative_document__disclosed_total as normative_document_disclosed_total_count,
        disclosure_cells.normative_document__made as normative_document_made_count,
        disclosure_cells.normative_document__repealed as normative_document_repealed_count,
        disclosure_cells.normative_document__made - disclosure_cells.normative_document__repealed as normative_document_net_change_count,
        disclosure_cells.licence__decisions as licence_decision_count,
        disclosure_cells.penalty__decisions as penalty_decision_count,
        disclosure_cells.enforcement__decisions as enforcement_decision_count,
        disclosure_cells.fee__amount_10k_yuan as fee_10k_yuan,
        disclosure_cells.fee__amount_cny as fee_cny,
        mentioned.fee_notices as processing_fee_notice_count,
        mentioned.fee_amount as processing_fee_noticed_cny,
        mentioned.fee_collected as processing_fee_collected_cny,
        mentioned.official_documents_made as official_document_made_count,
        mentioned.official_documents_published as official_document_published_count
    from reports
    left join request_cells on reports.document_id = request_cells.document_id
    left join dispute_cells on reports.document_id = dispute_cells.document_id
    left join disclosure_cells on reports.document_id = disclosure_cells.document_id
    left join mentioned on reports.document_id = mentioned.document_id

),

chained as (

    select
        figures.*,
        previous.normative_document_in_force_count as normative_document_in_force_previous_count
    from figures
    left join figures as previous
        on
            figures.agency_id = previous.agency_id
            and figures.report_year = previous.report_year + 1
            and figures.template = previous.template
            and figures.report_scope is not distinct from previous.report_scope

),

final as (

    select
        *,
        {{ share_of('processed_count', 'accepted_request_count') }} as completion_share,
        {{ share_of('carried_forward_count', 'accepted_request_count') }} as carried_forward_share,
        {{ share_of('disclosed_count', 'processed_count') }} as disclosure_share,
        {{ share_of('granted_count', 'processed_count') }} as granted_share,
        {{ share_of('partly_granted_count', 'processed_count') }} as partly_granted_share,
        {{ share_of('disclosed_count', '(disclosed_count + denied_count + unavailable_count)') }} as substantive_disclosure_share,
        {{ share_of('denied_count', 'processed_count') }} as denial_share,
        {{ share_of('denied_state_secret_count', 'denied_count') }} as denied_state_secret_share,
        {{ share_of('denied_prohibited_by_law_count', 'denied_count') }} as denied_prohibited_by_law_share,
        {{ share_of('denied_endangers_security_count', 'denied_count') }} as denied_endangers_security_share,
        {{ share_of('denied_third_party_rights_count', 'denied_count') }} as denied_third_party_rights_share,
        {{ share_of('denied_internal_affairs_count', 'denied_count') }} as denied_internal_affairs_share,
        {{ share_of('denied_process_information_count', 'denied_count') }} as denied_process_information_share,
        {{ share_of('denied_enforcement_file_count', 'denied_count') }} as denied_enforcement_file_share,
        {{ share_of('denied_administrative_inquiry_count', 'denied_count') }} as denied_administrative_inquiry_share,
        {{ share_of('unavailable_count', 'processed_count') }} as unavailable_share,
        {{ share_of('unavailable_not_held_count', 'processed_count') }} as unavailable_not_held_share,
        {{ share_of('not_processed_count', 'processed_count') }} as not_processed_share,
        {{ share_of('not_processed_petition_count', 'processed_count') }} as not_processed_petition_share,
        {{ share_of('not_processed_excessive_count', 'processed_count') }} as not_processed_excessive_share,
        {{ share_of('other_processed_count', 'processed_count') }} as other_processed_share,
        {{ share_of('other_overdue_correction_count', 'processed_count') }} as other_overdue_correction_share,
        {{ share_of('other_overdue_fee_count', 'processed_count') }} as other_overdue_fee_share,
        {{ share_of('natural_person_count', 'new_received_count') }} as natural_person_share,
        {{ share_of('commercial_enterprise_count', 'new_received_count') }} as commercial_enterprise_share,
        {{ share_of('legal_service_count', 'new_received_count') }} as legal_service_share,
        {{ share_of('applicant_square_sum', 'applicant_square') }} as applicant_hhi_share,
        {{ ratio_of('review_count', 'processed_count') }} as review_ratio,
        {{ ratio_of('litigation_count', 'processed_count') }} as litigation_ratio,
        {{ ratio_of('dispute_count', 'processed_count') }} as dispute_ratio,
        {{ share_of('review_corrected_count', 'review_concluded_count') }} as review_correction_share,
        {{ share_of('review_corrected_count', 'review_count') }} as review_correction_of_all_share,
        {{ share_of('litigation_corrected_count', 'litigation_concluded_count') }} as litigation_correction_share,
        {{ ratio_of('litigation_after_review_count', 'review_concluded_count') }} as litigation_after_review_ratio,
        {{ share_of('review_pending_count', 'review_count') }} as review_pending_share,
        {{ share_of('litigation_pending_count', 'litigation_count') }} as litigation_pending_share,
        {{ ratio_of('normative_document_repealed_count', 'normative_document_in_force_previous_count') }} as normative_document_repeal_ratio,
        {{ ratio_of('penalty_decision_count', 'licence_decision_count') }} as penalty_per_licence_ratio,
        {{ share_of('processing_fee_collected_cny', 'processing_fee_noticed_cny') }} as processing_fee_collected_share,
        {{ share_of('official_document_published_count', 'official_document_made_count') }} as official_document_published_share
    from chained

)

select * from final
