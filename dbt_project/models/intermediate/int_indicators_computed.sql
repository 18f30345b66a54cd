-- One row per report and indicator.
-- Generated from expectations/indicators/indicators.yml; do not edit. `make docs` writes it anew.
-- noqa: disable=LT05
with

figures as (

    select * from {{ ref('int_figures_pivoted') }}

),

listed as (

    select
        document_id,
        agency_id,
        report_year,
        template,
        unnest([
            {
                'indicator_id': 'I-01a',
                'numerator': cast(new_received_count as double),
                'denominator': cast(null as double),
                'sample_size': cast(null as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-02',
                'numerator': cast(accepted_request_count as double),
                'denominator': cast(null as double),
                'sample_size': cast(null as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-03a',
                'numerator': cast(processed_count as double),
                'denominator': cast(accepted_request_count as double),
                'sample_size': cast(accepted_request_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-03b',
                'numerator': cast(carried_forward_count as double),
                'denominator': cast(accepted_request_count as double),
                'sample_size': cast(accepted_request_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-04',
                'numerator': cast(disclosed_count as double),
                'denominator': cast(processed_count as double),
                'sample_size': cast(processed_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-05a',
                'numerator': cast(granted_count as double),
                'denominator': cast(processed_count as double),
                'sample_size': cast(processed_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-05b',
                'numerator': cast(partly_granted_count as double),
                'denominator': cast(processed_count as double),
                'sample_size': cast(processed_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-06',
                'numerator': cast(disclosed_count as double),
                'denominator': cast(disclosed_count + denied_count + unavailable_count as double),
                'sample_size': cast(disclosed_count + denied_count + unavailable_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-07a',
                'numerator': cast(denied_count as double),
                'denominator': cast(processed_count as double),
                'sample_size': cast(processed_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-07b',
                'numerator': cast(denied_state_secret_count as double),
                'denominator': cast(denied_count as double),
                'sample_size': cast(denied_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-07c',
                'numerator': cast(denied_prohibited_by_law_count as double),
                'denominator': cast(denied_count as double),
                'sample_size': cast(denied_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-07d',
                'numerator': cast(denied_endangers_security_count as double),
                'denominator': cast(denied_count as double),
                'sample_size': cast(denied_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-07e',
                'numerator': cast(denied_third_party_rights_count as double),
                'denominator': cast(denied_count as double),
                'sample_size': cast(denied_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-07f',
                'numerator': cast(denied_internal_affairs_count as double),
                'denominator': cast(denied_count as double),
                'sample_size': cast(denied_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-07g',
                'numerator': cast(denied_process_information_count as double),
                'denominator': cast(denied_count as double),
                'sample_size': cast(denied_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-07h',
                'numerator': cast(denied_enforcement_file_count as double),
                'denominator': cast(denied_count as double),
                'sample_size': cast(denied_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-07i',
                'numerator': cast(denied_administrative_inquiry_count as double),
                'denominator': cast(denied_count as double),
                'sample_size': cast(denied_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-08a',
                'numerator': cast(unavailable_count as double),
                'denominator': cast(processed_count as double),
                'sample_size': cast(processed_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-08b',
                'numerator': cast(unavailable_not_held_count as double),
                'denominator': cast(processed_count as double),
                'sample_size': cast(processed_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-09a',
                'numerator': cast(not_processed_count as double),
                'denominator': cast(processed_count as double),
                'sample_size': cast(processed_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-09b',
                'numerator': cast(not_processed_petition_count as double),
                'denominator': cast(processed_count as double),
                'sample_size': cast(processed_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-09c',
                'numerator': cast(not_processed_excessive_count as double),
                'denominator': cast(processed_count as double),
                'sample_size': cast(processed_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-10a',
                'numerator': cast(other_processed_count as double),
                'denominator': cast(processed_count as double),
                'sample_size': cast(processed_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-10b',
                'numerator': cast(other_overdue_correction_count as double),
                'denominator': cast(processed_count as double),
                'sample_size': cast(processed_count as double),
                'is_on_form': template in ('2021')
            },
            {
                'indicator_id': 'I-10c',
                'numerator': cast(other_overdue_fee_count as double),
                'denominator': cast(processed_count as double),
                'sample_size': cast(processed_count as double),
                'is_on_form': template in ('2021')
            },
            {
                'indicator_id': 'I-11a',
                'numerator': cast(natural_person_count as double),
                'denominator': cast(new_received_count as double),
                'sample_size': cast(new_received_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-11b',
                'numerator': cast(commercial_enterprise_count as double),
                'denominator': cast(new_received_count as double),
                'sample_size': cast(new_received_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-11c',
                'numerator': cast(legal_service_count as double),
                'denominator': cast(new_received_count as double),
                'sample_size': cast(new_received_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-11d',
                'numerator': cast(applicant_square_sum as double),
                'denominator': cast(applicant_square as double),
                'sample_size': cast(natural_person_count + organization_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-12a',
                'numerator': cast(review_count as double),
                'denominator': cast(processed_count as double),
                'sample_size': cast(processed_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-12b',
                'numerator': cast(litigation_count as double),
                'denominator': cast(processed_count as double),
                'sample_size': cast(processed_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-12c',
                'numerator': cast(dispute_count as double),
                'denominator': cast(processed_count as double),
                'sample_size': cast(processed_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-13a',
                'numerator': cast(review_corrected_count as double),
                'denominator': cast(review_concluded_count as double),
                'sample_size': cast(review_concluded_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-13b',
                'numerator': cast(review_corrected_count as double),
                'denominator': cast(review_count as double),
                'sample_size': cast(review_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-14',
                'numerator': cast(litigation_corrected_count as double),
                'denominator': cast(litigation_concluded_count as double),
                'sample_size': cast(litigation_concluded_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-15a',
                'numerator': cast(litigation_after_review_count as double),
                'denominator': cast(review_concluded_count as double),
                'sample_size': cast(review_concluded_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-15b',
                'numerator': cast(review_pending_count as double),
                'denominator': cast(review_count as double),
                'sample_size': cast(review_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-15c',
                'numerator': cast(litigation_pending_count as double),
                'denominator': cast(litigation_count as double),
                'sample_size': cast(litigation_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-16a',
                'numerator': cast(normative_document_net_change_count as double),
                'denominator': cast(null as double),
                'sample_size': cast(null as double),
                'is_on_form': template in ('2021')
            },
            {
                'indicator_id': 'I-16b',
                'numerator': cast(normative_document_repealed_count as double),
                'denominator': cast(normative_document_in_force_previous_count as double),
                'sample_size': cast(normative_document_in_force_previous_count as double),
                'is_on_form': template in ('2021')
            },
            {
                'indicator_id': 'I-17a',
                'numerator': cast(licence_decision_count as double),
                'denominator': cast(null as double),
                'sample_size': cast(null as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-17b',
                'numerator': cast(penalty_decision_count as double),
                'denominator': cast(null as double),
                'sample_size': cast(null as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-17c',
                'numerator': cast(enforcement_decision_count as double),
                'denominator': cast(null as double),
                'sample_size': cast(null as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-17d',
                'numerator': cast(penalty_decision_count as double),
                'denominator': cast(licence_decision_count as double),
                'sample_size': cast(licence_decision_count as double),
                'is_on_form': template in ('2019', '2021')
            },
            {
                'indicator_id': 'I-18a',
                'numerator': cast(fee_cny as double),
                'denominator': cast(null as double),
                'sample_size': cast(null as double),
                'is_on_form': template in ('2021')
            },
            {
                'indicator_id': 'I-19a',
                'numerator': cast(processing_fee_notice_count as double),
                'denominator': cast(null as double),
                'sample_size': cast(null as double),
                'is_on_form': true
            },
            {
                'indicator_id': 'I-19b',
                'numerator': cast(processing_fee_noticed_cny as double),
                'denominator': cast(null as double),
                'sample_size': cast(null as double),
                'is_on_form': true
            },
            {
                'indicator_id': 'I-19c',
                'numerator': cast(processing_fee_collected_cny as double),
                'denominator': cast(null as double),
                'sample_size': cast(null as double),
                'is_on_form': true
            },
            {
                'indicator_id': 'I-19d',
                'numerator': cast(processing_fee_collected_cny as double),
                'denominator': cast(processing_fee_noticed_cny as double),
                'sample_size': cast(processing_fee_notice_count as double),
                'is_on_form': true
            }
        ]) as indicator
    from figures

),

final as (

    select
        document_id,
        agency_id,
        report_year,
        template,
        indicator.indicator_id,
        indicator.numerator,
        indicator.denominator,
        indicator.sample_size,
        indicator.is_on_form
    from listed

)

select * from final
