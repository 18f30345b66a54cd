-- 本级 holds own, 汇总 holds 本级 and the levels below: one row per scope and level, never added up.
with

agency_years as (

    select * from {{ ref('mart_agency_years') }}

),

final as (

    select
        concat_ws(
            '/', report_year, coalesce(report_scope, 'unknown'), coalesce(agency_level, 'unknown')
        ) as year_scope_id,
        report_year,
        report_scope,
        agency_level,
        count(*) as report_count,
        {{ year_sums() }}
    from agency_years
    group by report_year, report_scope, agency_level

)

select * from final
