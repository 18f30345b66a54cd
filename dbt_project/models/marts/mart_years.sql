-- Sums of requests and cases are over reports of agencies on themselves (scope own): a government's 本级 or 汇总 holds
-- those of its departments again. mart_year_scopes has the others.
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

counts as (

    select
        report_year,
        count(*) as report_count,
        count(*) filter (where report_scope = 'own') as own_report_count,
        count(distinct agency_id) as agency_count,
        count(*) filter (where has_blank_total) as blank_total_report_count,
        count(*) filter (where has_source_errors) as source_error_report_count
    from terms
    group by report_year

),

sums as (

    select
        report_year,
        {{ year_sums() }}
    from agency_years
    where report_scope = 'own'
    group by report_year

),

final as (

    select
        inputs.report_year,
        inputs.input_count,
        coalesce(counts.report_count, 0) as report_count,
        coalesce(counts.own_report_count, 0) as own_report_count,
        coalesce(counts.agency_count, 0) as agency_count,
        coalesce(kept_out.suspect_report_count, 0) as suspect_report_count,
        coalesce(kept_out.quarantined_report_count, 0) as quarantined_report_count,
        inputs.rejected_input_count,
        coalesce(counts.blank_total_report_count, 0) as blank_total_report_count,
        coalesce(counts.source_error_report_count, 0) as source_error_report_count,
        sums.new_received_count,
        sums.carried_over_count,
        sums.processed_count,
        sums.carried_forward_count,
        sums.granted_count,
        sums.partly_granted_count,
        sums.denied_count,
        sums.unavailable_count,
        sums.not_processed_count,
        sums.other_processed_count,
        sums.review_count,
        sums.litigation_count,
        sums.disclosure_share,
        sums.denial_share,
        sums.completion_share,
        sums.review_correction_share,
        sums.litigation_correction_share
    from inputs
    left join kept_out on inputs.report_year = kept_out.report_year
    left join counts on inputs.report_year = counts.report_year
    left join sums on inputs.report_year = sums.report_year

)

select * from final
