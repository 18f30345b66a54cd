with

periods as (

    select * from {{ ref('report_periods') }}

),

reports as (

    select max(report_year) as last_report_year from {{ ref('int_reports_screened') }}

),

-- The first report of all was on 2008. The table of regions ends with 2026; later years come with their first report.
years as (

    select cast(unnest(range(2008, greatest(2026, coalesce(last_report_year, 2026)) + 1)) as integer) as report_year
    from reports

),

final as (

    select
        years.report_year,
        periods.template,
        periods.instrument,
        periods.statute,
        make_date(years.report_year + 1, periods.department_deadline_month, periods.department_deadline_day)
            as department_deadline_date,
        make_date(years.report_year + 1, periods.government_deadline_month, periods.government_deadline_day)
            as government_deadline_date
    from years
    inner join periods
        on
            years.report_year >= periods.first_report_year
            and years.report_year <= coalesce(periods.last_report_year, years.report_year)

)

select * from final
