-- mart_years counts and sums mart_agency_years, and the reports kept out, without loss.
with

years as (

    select
        sum(report_count) as report_count,
        sum(new_received_count) as new_received_count,
        sum(processed_count) as processed_count
    from {{ ref('mart_years') }}

),

agency_years as (

    select
        count(*) as report_count,
        sum(new_received_count) as new_received_count,
        sum(processed_count) as processed_count
    from {{ ref('mart_agency_years') }}

)

select
    years.report_count,
    agency_years.report_count as expected_report_count
from years
cross join agency_years
where
    coalesce(years.report_count, 0) <> agency_years.report_count
    or years.new_received_count is distinct from agency_years.new_received_count
    or years.processed_count is distinct from agency_years.processed_count
