-- 本级 holds own, 汇总 holds 本级 and the levels below: one row per scope and level, never added up.
with

reports as (

    select
        figures.*,
        published.report_year,
        published.report_scope,
        published.agency_level
    from {{ ref('int_reports_published') }} as published
    inner join {{ ref('int_figures_pivoted') }} as figures on published.document_id = figures.document_id

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
    from reports
    group by report_year, report_scope, agency_level

)

select * from final
