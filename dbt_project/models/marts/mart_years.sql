-- Plain sums over the reports at hand. A blank total adds nothing and is counted in `blank_total_report_count`;
-- an overall share is taken over the reports that have that share.
with

agency_years as (

    select * from {{ ref('mart_agency_years') }}

),

outcomes as (

    select * from {{ ref('stg_nianbao__outcomes') }}
    where report_year is not null

),

quarantined as (

    select * from {{ ref('int_reports_quarantined') }}

),

inputs as (

    select
        report_year,
        count(*) as input_count,
        count(*) filter (where status = 'rejected') as rejected_input_count
    from outcomes
    group by report_year

),

kept_out as (

    select
        report_year,
        count(*) filter (where status = 'suspect') as suspect_report_count,
        count(*) filter (where status = 'accepted') as quarantined_report_count
    from quarantined
    group by report_year

),

terms as (

    select
        *,
        accepted_request_count is null
        or processed_count is null
        or carried_forward_count is null
        or granted_count is null
        or partly_granted_count is null
        or denied_count is null
        or unavailable_count is null
        or not_processed_count is null
        or other_processed_count is null as has_blank_total
    from agency_years

),

sums as (

    select
        report_year,
        count(*) as report_count,
        count(distinct agency_id) as agency_count,
        count(*) filter (where has_blank_total) as blank_total_report_count,
        count(*) filter (where has_source_errors) as source_error_report_count,
        sum(new_received_count) as new_received_count,
        sum(carried_over_count) as carried_over_count,
        sum(processed_count) as processed_count,
        sum(carried_forward_count) as carried_forward_count,
        sum(granted_count) as granted_count,
        sum(partly_granted_count) as partly_granted_count,
        sum(denied_count) as denied_count,
        sum(unavailable_count) as unavailable_count,
        sum(not_processed_count) as not_processed_count,
        sum(other_processed_count) as other_processed_count,
        sum(review_count) as review_count,
        sum(litigation_count) as litigation_count,
        sum(disclosed_count) filter (where disclosure_share is not null)
        / nullif(sum(processed_count) filter (where disclosure_share is not null), 0) as disclosure_share,
        sum(denied_count) filter (where denial_share is not null)
        / nullif(sum(processed_count) filter (where denial_share is not null), 0) as denial_share,
        sum(processed_count) filter (where completion_share is not null)
        / nullif(sum(accepted_request_count) filter (where completion_share is not null), 0) as completion_share,
        sum(review_corrected_count) filter (where review_correction_share is not null)
        / nullif(sum(review_concluded_count) filter (where review_correction_share is not null), 0)
            as review_correction_share,
        sum(litigation_corrected_count) filter (where litigation_correction_share is not null)
        / nullif(sum(litigation_concluded_count) filter (where litigation_correction_share is not null), 0)
            as litigation_correction_share
    from terms
    group by report_year

),

final as (

    select
        inputs.report_year,
        inputs.input_count,
        coalesce(sums.report_count, 0) as report_count,
        coalesce(sums.agency_count, 0) as agency_count,
        coalesce(kept_out.suspect_report_count, 0) as suspect_report_count,
        coalesce(kept_out.quarantined_report_count, 0) as quarantined_report_count,
        inputs.rejected_input_count,
        coalesce(sums.blank_total_report_count, 0) as blank_total_report_count,
        coalesce(sums.source_error_report_count, 0) as source_error_report_count,
        cast(sums.new_received_count as bigint) as new_received_count,
        cast(sums.carried_over_count as bigint) as carried_over_count,
        cast(sums.processed_count as bigint) as processed_count,
        cast(sums.carried_forward_count as bigint) as carried_forward_count,
        cast(sums.granted_count as bigint) as granted_count,
        cast(sums.partly_granted_count as bigint) as partly_granted_count,
        cast(sums.denied_count as bigint) as denied_count,
        cast(sums.unavailable_count as bigint) as unavailable_count,
        cast(sums.not_processed_count as bigint) as not_processed_count,
        cast(sums.other_processed_count as bigint) as other_processed_count,
        cast(sums.review_count as bigint) as review_count,
        cast(sums.litigation_count as bigint) as litigation_count,
        sums.disclosure_share,
        sums.denial_share,
        sums.completion_share,
        sums.review_correction_share,
        sums.litigation_correction_share
    from inputs
    left join kept_out on inputs.report_year = kept_out.report_year
    left join sums on inputs.report_year = sums.report_year

)

select * from final
