-- Scopes are never added up. `own` is the sum of the reports of agencies on themselves; of a level or a region only
-- what is printed counts, and only when one report says it.
with

reports as (

    select
        *,
        coalesce(report_scope, 'unknown') as scope_key
    from {{ ref('int_reports_published') }}
    where region_code is not null

),

figures as (

    select * from {{ ref('int_figures_pivoted') }}

),

regions as (

    select * from {{ ref('dim_regions') }}

),

expected as (

    select
        region_code,
        report_year,
        count(*) as expected_count,
        count(*) filter (where status = 'published') as published_count,
        count(*) filter (where status = 'missing') as missing_count
    from {{ ref('fct_expected_reports') }}
    where region_code is not null
    group by region_code, report_year

),

scoped as (

    select
        reports.region_code,
        reports.report_year,
        reports.scope_key as report_scope,
        reports.document_id,
        figures.new_received_count,
        figures.accepted_request_count,
        figures.processed_count,
        figures.granted_count,
        figures.partly_granted_count,
        figures.denied_count,
        figures.review_count,
        figures.litigation_count
    from reports
    inner join figures on reports.document_id = figures.document_id
    where reports.scope_key <> 'unknown'

),

summed as (

    select
        region_code,
        report_year,
        report_scope,
        count(*) as report_count,
        {{ sum_of_scope('new_received_count') }} as new_received_count,
        {{ sum_of_scope('accepted_request_count') }} as accepted_request_count,
        {{ sum_of_scope('processed_count') }} as processed_count,
        {{ sum_of_scope('granted_count') }} as granted_count,
        {{ sum_of_scope('partly_granted_count') }} as partly_granted_count,
        {{ sum_of_scope('denied_count') }} as denied_count,
        {{ sum_of_scope('review_count') }} as review_count,
        {{ sum_of_scope('litigation_count') }} as litigation_count
    from scoped
    group by region_code, report_year, report_scope

),

final as (

    select
        summed.region_code,
        summed.report_year,
        summed.report_scope,
        regions.region_full_name,
        regions.region_level,
        regions.parent_code,
        summed.report_count,
        expected.expected_count,
        expected.published_count,
        expected.missing_count,
        {{ share_of('expected.published_count', 'expected.expected_count') }} as coverage_share,
        summed.new_received_count,
        summed.accepted_request_count,
        summed.processed_count,
        summed.granted_count,
        summed.partly_granted_count,
        summed.denied_count,
        summed.granted_count + summed.partly_granted_count as disclosed_count,
        {{ share_of('(summed.granted_count + summed.partly_granted_count)', 'summed.processed_count') }}
            as disclosure_share,
        summed.review_count,
        summed.litigation_count
    from summed
    inner join regions
        on
            summed.region_code = regions.region_code
            and summed.report_year = regions.report_year
    left join expected
        on
            summed.region_code = expected.region_code
            and summed.report_year = expected.report_year

)

select * from final
