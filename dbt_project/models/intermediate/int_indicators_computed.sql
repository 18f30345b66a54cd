-- One row per report and indicator. The years are joined before the indicators are listed: fifty times fewer rows.
-- Generated from expectations/indicators/indicators.yml; do not edit. `make docs` writes it anew.
-- noqa: disable=LT05
with

figures as (

    select * from {{ ref('int_figures_pivoted') }}

),

listed as (

    select
        figures.document_id,
        figures.agency_id,
        figures.report_year,
        figures.template,
        unnest([
            {
                'indicator_id': 'I-01a',
                'numerator': cast(figures.new_received_count as double),
                'denominator': cast(null as double),
                'sample_size': cast(null as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.new_received_count as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.new_received_count as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.new_received_count as double) end
            },
            {
                'indicator_id': 'I-02',
                'numerator': cast(figures.accepted_request_count as double),
                'denominator': cast(null as double),
                'sample_size': cast(null as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.accepted_request_count as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.accepted_request_count as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.accepted_request_count as double) end
            },
            {
                'indicator_id': 'I-03a',
                'numerator': cast(figures.processed_count as double),
                'denominator': cast(figures.accepted_request_count as double),
                'sample_size': cast(figures.accepted_request_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.completion_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.completion_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.completion_share as double) end
            },
            {
                'indicator_id': 'I-03b',
                'numerator': cast(figures.carried_forward_count as double),
                'denominator': cast(figures.accepted_request_count as double),
                'sample_size': cast(figures.accepted_request_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.carried_forward_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.carried_forward_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.carried_forward_share as double) end
            },
            {
                'indicator_id': 'I-04',
                'numerator': cast(figures.disclosed_count as double),
                'denominator': cast(figures.processed_count as double),
                'sample_size': cast(figures.processed_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.disclosure_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.disclosure_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.disclosure_share as double) end
            },
            {
                'indicator_id': 'I-05a',
                'numerator': cast(figures.granted_count as double),
                'denominator': cast(figures.processed_count as double),
                'sample_size': cast(figures.processed_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.granted_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.granted_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.granted_share as double) end
            },
            {
                'indicator_id': 'I-05b',
                'numerator': cast(figures.partly_granted_count as double),
                'denominator': cast(figures.processed_count as double),
                'sample_size': cast(figures.processed_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.partly_granted_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.partly_granted_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.partly_granted_share as double) end
            },
            {
                'indicator_id': 'I-06',
                'numerator': cast(figures.disclosed_count as double),
                'denominator': cast(figures.disclosed_count + figures.denied_count + figures.unavailable_count as double),
                'sample_size': cast(figures.disclosed_count + figures.denied_count + figures.unavailable_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.substantive_disclosure_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.substantive_disclosure_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.substantive_disclosure_share as double) end
            },
            {
                'indicator_id': 'I-07a',
                'numerator': cast(figures.denied_count as double),
                'denominator': cast(figures.processed_count as double),
                'sample_size': cast(figures.processed_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.denial_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.denial_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.denial_share as double) end
            },
            {
                'indicator_id': 'I-07b',
                'numerator': cast(figures.denied_state_secret_count as double),
                'denominator': cast(figures.denied_count as double),
                'sample_size': cast(figures.denied_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.denied_state_secret_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.denied_state_secret_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.denied_state_secret_share as double) end
            },
            {
                'indicator_id': 'I-07c',
                'numerator': cast(figures.denied_prohibited_by_law_count as double),
                'denominator': cast(figures.denied_count as double),
                'sample_size': cast(figures.denied_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.denied_prohibited_by_law_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.denied_prohibited_by_law_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.denied_prohibited_by_law_share as double) end
            },
            {
                'indicator_id': 'I-07d',
                'numerator': cast(figures.denied_endangers_security_count as double),
                'denominator': cast(figures.denied_count as double),
                'sample_size': cast(figures.denied_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.denied_endangers_security_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.denied_endangers_security_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.denied_endangers_security_share as double) end
            },
            {
                'indicator_id': 'I-07e',
                'numerator': cast(figures.denied_third_party_rights_count as double),
                'denominator': cast(figures.denied_count as double),
                'sample_size': cast(figures.denied_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.denied_third_party_rights_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.denied_third_party_rights_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.denied_third_party_rights_share as double) end
            },
            {
                'indicator_id': 'I-07f',
                'numerator': cast(figures.denied_internal_affairs_count as double),
                'denominator': cast(figures.denied_count as double),
                'sample_size': cast(figures.denied_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.denied_internal_affairs_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.denied_internal_affairs_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.denied_internal_affairs_share as double) end
            },
            {
                'indicator_id': 'I-07g',
                'numerator': cast(figures.denied_process_information_count as double),
                'denominator': cast(figures.denied_count as double),
                'sample_size': cast(figures.denied_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.denied_process_information_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.denied_process_information_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.denied_process_information_share as double) end
            },
            {
                'indicator_id': 'I-07h',
                'numerator': cast(figures.denied_enforcement_file_count as double),
                'denominator': cast(figures.denied_count as double),
                'sample_size': cast(figures.denied_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.denied_enforcement_file_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.denied_enforcement_file_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.denied_enforcement_file_share as double) end
            },
            {
                'indicator_id': 'I-07i',
                'numerator': cast(figures.denied_administrative_inquiry_count as double),
                'denominator': cast(figures.denied_count as double),
                'sample_size': cast(figures.denied_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.denied_administrative_inquiry_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.denied_administrative_inquiry_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.denied_administrative_inquiry_share as double) end
            },
            {
                'indicator_id': 'I-08a',
                'numerator': cast(figures.unavailable_count as double),
                'denominator': cast(figures.processed_count as double),
                'sample_size': cast(figures.processed_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.unavailable_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.unavailable_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.unavailable_share as double) end
            },
            {
                'indicator_id': 'I-08b',
                'numerator': cast(figures.unavailable_not_held_count as double),
                'denominator': cast(figures.processed_count as double),
                'sample_size': cast(figures.processed_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.unavailable_not_held_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.unavailable_not_held_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.unavailable_not_held_share as double) end
            },
            {
                'indicator_id': 'I-09a',
                'numerator': cast(figures.not_processed_count as double),
                'denominator': cast(figures.processed_count as double),
                'sample_size': cast(figures.processed_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.not_processed_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.not_processed_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.not_processed_share as double) end
            },
            {
                'indicator_id': 'I-09b',
                'numerator': cast(figures.not_processed_petition_count as double),
                'denominator': cast(figures.processed_count as double),
                'sample_size': cast(figures.processed_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.not_processed_petition_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.not_processed_petition_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.not_processed_petition_share as double) end
            },
            {
                'indicator_id': 'I-09c',
                'numerator': cast(figures.not_processed_excessive_count as double),
                'denominator': cast(figures.processed_count as double),
                'sample_size': cast(figures.processed_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.not_processed_excessive_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.not_processed_excessive_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.not_processed_excessive_share as double) end
            },
            {
                'indicator_id': 'I-10a',
                'numerator': cast(figures.other_processed_count as double),
                'denominator': cast(figures.processed_count as double),
                'sample_size': cast(figures.processed_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.other_processed_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.other_processed_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.other_processed_share as double) end
            },
            {
                'indicator_id': 'I-10b',
                'numerator': cast(figures.other_overdue_correction_count as double),
                'denominator': cast(figures.processed_count as double),
                'sample_size': cast(figures.processed_count as double),
                'is_on_form': figures.template in ('2021'),
                'indicator_value': cast(figures.other_overdue_correction_share as double),
                'previous_value': case when previous.template = figures.template then cast(previous.other_overdue_correction_share as double) end,
                'third_value': case when third.template = figures.template then cast(third.other_overdue_correction_share as double) end
            },
            {
                'indicator_id': 'I-10c',
                'numerator': cast(figures.other_overdue_fee_count as double),
                'denominator': cast(figures.processed_count as double),
                'sample_size': cast(figures.processed_count as double),
                'is_on_form': figures.template in ('2021'),
                'indicator_value': cast(figures.other_overdue_fee_share as double),
                'previous_value': case when previous.template = figures.template then cast(previous.other_overdue_fee_share as double) end,
                'third_value': case when third.template = figures.template then cast(third.other_overdue_fee_share as double) end
            },
            {
                'indicator_id': 'I-11a',
                'numerator': cast(figures.natural_person_count as double),
                'denominator': cast(figures.new_received_count as double),
                'sample_size': cast(figures.new_received_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.natural_person_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.natural_person_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.natural_person_share as double) end
            },
            {
                'indicator_id': 'I-11b',
                'numerator': cast(figures.commercial_enterprise_count as double),
                'denominator': cast(figures.new_received_count as double),
                'sample_size': cast(figures.new_received_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.commercial_enterprise_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.commercial_enterprise_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.commercial_enterprise_share as double) end
            },
            {
                'indicator_id': 'I-11c',
                'numerator': cast(figures.legal_service_count as double),
                'denominator': cast(figures.new_received_count as double),
                'sample_size': cast(figures.new_received_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.legal_service_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.legal_service_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.legal_service_share as double) end
            },
            {
                'indicator_id': 'I-11d',
                'numerator': cast(figures.applicant_square_sum as double),
                'denominator': cast(figures.applicant_square as double),
                'sample_size': cast(figures.natural_person_count + figures.organization_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.applicant_hhi_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.applicant_hhi_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.applicant_hhi_share as double) end
            },
            {
                'indicator_id': 'I-12a',
                'numerator': cast(figures.review_count as double),
                'denominator': cast(figures.processed_count as double),
                'sample_size': cast(figures.processed_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.review_ratio as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.review_ratio as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.review_ratio as double) end
            },
            {
                'indicator_id': 'I-12b',
                'numerator': cast(figures.litigation_count as double),
                'denominator': cast(figures.processed_count as double),
                'sample_size': cast(figures.processed_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.litigation_ratio as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.litigation_ratio as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.litigation_ratio as double) end
            },
            {
                'indicator_id': 'I-12c',
                'numerator': cast(figures.dispute_count as double),
                'denominator': cast(figures.processed_count as double),
                'sample_size': cast(figures.processed_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.dispute_ratio as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.dispute_ratio as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.dispute_ratio as double) end
            },
            {
                'indicator_id': 'I-13a',
                'numerator': cast(figures.review_corrected_count as double),
                'denominator': cast(figures.review_concluded_count as double),
                'sample_size': cast(figures.review_concluded_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.review_correction_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.review_correction_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.review_correction_share as double) end
            },
            {
                'indicator_id': 'I-13b',
                'numerator': cast(figures.review_corrected_count as double),
                'denominator': cast(figures.review_count as double),
                'sample_size': cast(figures.review_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.review_correction_of_all_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.review_correction_of_all_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.review_correction_of_all_share as double) end
            },
            {
                'indicator_id': 'I-14',
                'numerator': cast(figures.litigation_corrected_count as double),
                'denominator': cast(figures.litigation_concluded_count as double),
                'sample_size': cast(figures.litigation_concluded_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.litigation_correction_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.litigation_correction_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.litigation_correction_share as double) end
            },
            {
                'indicator_id': 'I-15a',
                'numerator': cast(figures.litigation_after_review_count as double),
                'denominator': cast(figures.review_concluded_count as double),
                'sample_size': cast(figures.review_concluded_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.litigation_after_review_ratio as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.litigation_after_review_ratio as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.litigation_after_review_ratio as double) end
            },
            {
                'indicator_id': 'I-15b',
                'numerator': cast(figures.review_pending_count as double),
                'denominator': cast(figures.review_count as double),
                'sample_size': cast(figures.review_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.review_pending_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.review_pending_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.review_pending_share as double) end
            },
            {
                'indicator_id': 'I-15c',
                'numerator': cast(figures.litigation_pending_count as double),
                'denominator': cast(figures.litigation_count as double),
                'sample_size': cast(figures.litigation_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.litigation_pending_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.litigation_pending_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.litigation_pending_share as double) end
            },
            {
                'indicator_id': 'I-16a',
                'numerator': cast(figures.normative_document_net_change_count as double),
                'denominator': cast(null as double),
                'sample_size': cast(null as double),
                'is_on_form': figures.template in ('2021'),
                'indicator_value': cast(figures.normative_document_net_change_count as double),
                'previous_value': case when previous.template = figures.template then cast(previous.normative_document_net_change_count as double) end,
                'third_value': case when third.template = figures.template then cast(third.normative_document_net_change_count as double) end
            },
            {
                'indicator_id': 'I-16b',
                'numerator': cast(figures.normative_document_repealed_count as double),
                'denominator': cast(figures.normative_document_in_force_previous_count as double),
                'sample_size': cast(figures.normative_document_in_force_previous_count as double),
                'is_on_form': figures.template in ('2021'),
                'indicator_value': cast(figures.normative_document_repeal_ratio as double),
                'previous_value': case when previous.template = figures.template then cast(previous.normative_document_repeal_ratio as double) end,
                'third_value': case when third.template = figures.template then cast(third.normative_document_repeal_ratio as double) end
            },
            {
                'indicator_id': 'I-17a',
                'numerator': cast(figures.licence_decision_count as double),
                'denominator': cast(null as double),
                'sample_size': cast(null as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.licence_decision_count as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.licence_decision_count as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.licence_decision_count as double) end
            },
            {
                'indicator_id': 'I-17b',
                'numerator': cast(figures.penalty_decision_count as double),
                'denominator': cast(null as double),
                'sample_size': cast(null as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.penalty_decision_count as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.penalty_decision_count as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.penalty_decision_count as double) end
            },
            {
                'indicator_id': 'I-17c',
                'numerator': cast(figures.enforcement_decision_count as double),
                'denominator': cast(null as double),
                'sample_size': cast(null as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.enforcement_decision_count as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.enforcement_decision_count as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.enforcement_decision_count as double) end
            },
            {
                'indicator_id': 'I-17d',
                'numerator': cast(figures.penalty_decision_count as double),
                'denominator': cast(figures.licence_decision_count as double),
                'sample_size': cast(figures.licence_decision_count as double),
                'is_on_form': figures.template in ('2019', '2021'),
                'indicator_value': cast(figures.penalty_per_licence_ratio as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.penalty_per_licence_ratio as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.penalty_per_licence_ratio as double) end
            },
            {
                'indicator_id': 'I-18a',
                'numerator': cast(figures.fee_cny as double),
                'denominator': cast(null as double),
                'sample_size': cast(null as double),
                'is_on_form': figures.template in ('2021'),
                'indicator_value': cast(figures.fee_cny as double),
                'previous_value': case when previous.template = figures.template then cast(previous.fee_cny as double) end,
                'third_value': case when third.template = figures.template then cast(third.fee_cny as double) end
            },
            {
                'indicator_id': 'I-19a',
                'numerator': cast(figures.processing_fee_notice_count as double),
                'denominator': cast(null as double),
                'sample_size': cast(null as double),
                'is_on_form': true,
                'indicator_value': cast(figures.processing_fee_notice_count as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.processing_fee_notice_count as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.processing_fee_notice_count as double) end
            },
            {
                'indicator_id': 'I-19b',
                'numerator': cast(figures.processing_fee_noticed_cny as double),
                'denominator': cast(null as double),
                'sample_size': cast(null as double),
                'is_on_form': true,
                'indicator_value': cast(figures.processing_fee_noticed_cny as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.processing_fee_noticed_cny as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.processing_fee_noticed_cny as double) end
            },
            {
                'indicator_id': 'I-19c',
                'numerator': cast(figures.processing_fee_collected_cny as double),
                'denominator': cast(null as double),
                'sample_size': cast(null as double),
                'is_on_form': true,
                'indicator_value': cast(figures.processing_fee_collected_cny as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.processing_fee_collected_cny as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.processing_fee_collected_cny as double) end
            },
            {
                'indicator_id': 'I-19d',
                'numerator': cast(figures.processing_fee_collected_cny as double),
                'denominator': cast(figures.processing_fee_noticed_cny as double),
                'sample_size': cast(figures.processing_fee_notice_count as double),
                'is_on_form': true,
                'indicator_value': cast(figures.processing_fee_collected_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.processing_fee_collected_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.processing_fee_collected_share as double) end
            },
            {
                'indicator_id': 'I-27',
                'numerator': cast(figures.official_document_published_count as double),
                'denominator': cast(figures.official_document_made_count as double),
                'sample_size': cast(figures.official_document_made_count as double),
                'is_on_form': true,
                'indicator_value': cast(figures.official_document_published_share as double),
                'previous_value': case when previous.template = figures.template or (figures.template in ('2019', '2021') and previous.template in ('2019', '2021')) then cast(previous.official_document_published_share as double) end,
                'third_value': case when third.template = figures.template or (figures.template in ('2019', '2021') and third.template in ('2019', '2021')) then cast(third.official_document_published_share as double) end
            }
        ]) as indicator
    from figures
    left join figures as previous
        on
            figures.agency_id = previous.agency_id
            and figures.report_year = previous.report_year + 1
            and figures.report_scope is not distinct from previous.report_scope
    left join figures as third
        on
            figures.agency_id = third.agency_id
            and figures.report_year = third.report_year + 3
            and figures.report_scope is not distinct from third.report_scope

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
        indicator.is_on_form,
        indicator.indicator_value,
        indicator.previous_value,
        indicator.third_value
    from listed

)

select * from final
