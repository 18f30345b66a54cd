-- Only years of which there is a report at all: nobody is late for a year that nobody has reported on.
with

publishers as (

    select * from {{ ref('stg_nianbao__publishers') }}

),

screened as (

    select * from {{ ref('int_reports_screened') }}

),

years as (

    select * from {{ ref('dim_report_years') }}

),

last_year as (

    select max(report_year) as report_year from screened

),

-- A published report counts before one that was kept out.
found as (

    select
        agency_id,
        report_year,
        bool_or(reasons is null) as is_published,
        arg_min(document_id, (reasons is not null, document_id)) as document_id,
        arg_min(published_date, (reasons is not null, document_id)) as published_date,
        arg_min(reasons, (reasons is not null, document_id)) as reasons
    from screened
    where agency_id is not null and report_year is not null
    group by agency_id, report_year

),

final as (

    select
        publishers.agency_id,
        publishers.report_year,
        publishers.agency_name,
        publishers.region_code,
        publishers.agency_level,
        publishers.agency_kind,
        publishers.report_scope,
        publishers.parent_agency_id,
        publishers.parent_agency_name,
        case
            when found.is_published then 'published'
            when found.document_id is not null then 'quarantined'
            else 'missing'
        end as status,
        found.document_id,
        found.reasons,
        found.published_date,
        case
            when publishers.agency_kind = 'department' then years.department_deadline_date
            else years.government_deadline_date
        end as deadline_date,
        publishers.line as roster_line
    from publishers
    inner join last_year on publishers.report_year <= last_year.report_year
    inner join years on publishers.report_year = years.report_year
    left join found
        on
            publishers.agency_id = found.agency_id
            and publishers.report_year = found.report_year

)

select * from final
