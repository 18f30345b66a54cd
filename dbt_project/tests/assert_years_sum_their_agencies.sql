-- mart_years counts and sums mart_agency_years, and mart_year_scopes all published reports by scope and level, without
-- loss: a report of a wider scope than another of its agency and year is in the second only.
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
        sum(new_received_count) filter (where report_scope = 'own') as new_received_count,
        sum(processed_count) filter (where report_scope = 'own') as processed_count
    from {{ ref('mart_agency_years') }}

),

expected as (

    select
        'mart_years' as model,
        count(*) as report_count
    from {{ ref('mart_agency_years') }}
    union all
    select
        'mart_year_scopes' as model,
        count(*) as report_count
    from {{ ref('fct_reports') }}

)

select
    both_marts.model,
    both_marts.report_count,
    expected.report_count as expected_report_count
from both_marts
inner join expected on both_marts.model = expected.model
cross join agency_years
where
    coalesce(both_marts.report_count, 0) <> expected.report_count
    or both_marts.new_received_count is distinct from agency_years.new_received_count
    or both_marts.processed_count is distinct from agency_years.processed_count
