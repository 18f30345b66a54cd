with

reports as (

    select * from {{ ref('int_reports_published') }}

),

final as (

    select
        agency_id,
        arg_max(agency_name, report_year) as agency_name,
        min(report_year) as first_report_year,
        max(report_year) as last_report_year,
        count(*) as report_count
    from reports
    group by agency_id

)

select * from final
