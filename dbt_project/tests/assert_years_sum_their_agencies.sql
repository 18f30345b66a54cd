-- mart_years counts and sums mart_agency_years, and mart_year_scopes does so by scope and level, without loss.
with

years as (

    select
        'mart_years' as model,
        sum(report_count) as report_count,
        sum(new_received_count) as new_received_count,
        sum(processed_count) as processed_count
    from {{ ref('mart_years') }}

),

scopes as (

    select
        'mart_year_scopes' as model,
        sum(report_count) as report_count,
        sum(new_received_count) filter (where report_scope = 'own') as new_received_count,
        sum(processed_count) filter (where report_scope = 'own') as processed_count
    from {{ ref('mart_year_scopes') }}

),

both_marts as (

    select * from years
    union all
    select * from scopes

),

agency_years as (

    select
        count(*) as report_count,
        sum(new_received_count) filter (where report_scope = 'own') as new_received_count,
        sum(processed_count) filter (where report_scope = 'own') as processed_count
    from {{ ref('mart_agency_years') }}

)

select
    both_marts.model,
    both_marts.report_count,
    agency_years.report_count as expected_report_count
from both_marts
cross join agency_years
where
    coalesce(both_marts.report_count, 0) <> agency_years.report_count
    or both_marts.new_received_count is distinct from agency_years.new_received_count
    or both_marts.processed_count is distinct from agency_years.processed_count
