-- 条例 第四十九条: departments by 31 January, governments by 31 March; until the reports for 2018 (2007条例) everybody by
-- 31 March. It names no township, zone, institution or enterprise: their deadline is local and not known here.
with

reports as (

    select * from {{ ref('int_reports_published') }}
    where is_main

),

ruled as (

    select
        *,
        case
            when report_year <= 2018 then make_date(report_year + 1, 3, 31)
            when agency_kind = 'department' then make_date(report_year + 1, 1, 31)
            when agency_kind in ('government', 'government_office') then make_date(report_year + 1, 3, 31)
        end as deadline_date
    from reports

),

judged as (

    select
        *,
        case
            when published_date is null then 'no_date'
            when year(published_date) <> report_year + 1 then 'implausible_date'
            when deadline_date is null then 'no_statutory_deadline'
            when published_date <= deadline_date then 'on_time'
            else 'late'
        end as timeliness
    from ruled

),

final as (

    select
        agency_id,
        report_year,
        document_id,
        agency_name,
        region_code,
        agency_level,
        agency_kind,
        report_scope,
        published_date,
        deadline_date,
        timeliness,
        case
            when timeliness in ('on_time', 'late') then date_diff('day', deadline_date, published_date)
        end as days_late
    from judged

)

select * from final
