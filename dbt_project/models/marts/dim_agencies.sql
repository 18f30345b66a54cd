-- What a report leaves open stays as the latest report that says it: arg_max passes over nulls.
with

reports as (

    select * from {{ ref('int_reports_published') }}

),

regions as (

    select * from {{ ref('dim_regions') }}

),

predecessors as (

    select
        successor_id as agency_id,
        string_agg(predecessor_id, ',' order by predecessor_id) as predecessor_ids
    from {{ ref('dim_agency_changes') }}
    group by successor_id

),

successors as (

    select
        predecessor_id as agency_id,
        string_agg(successor_id, ',' order by successor_id) as successor_ids
    from {{ ref('dim_agency_changes') }}
    group by predecessor_id

),

agencies as (

    select
        agency_id,
        arg_max(agency_name, report_year) as agency_name,
        arg_max(agency_canonical_name, report_year) as agency_canonical_name,
        arg_max(agency_kind, report_year) as agency_kind,
        arg_max(agency_level, report_year) as agency_level,
        arg_max(region_code, report_year) as region_code,
        max(report_year) filter (where region_code is not null) as region_report_year,
        min(report_year) as first_report_year,
        max(report_year) as last_report_year,
        count(*) as report_count
    from reports
    group by agency_id

),

final as (

    select
        agencies.agency_id,
        agencies.agency_name,
        agencies.agency_canonical_name,
        agencies.agency_kind,
        agencies.agency_level,
        agencies.agency_level = 'zone' as is_functional_zone,
        agencies.region_code,
        agencies.region_report_year,
        regions.region_full_name,
        regions.province_code,
        predecessors.predecessor_ids,
        successors.successor_ids,
        agencies.first_report_year,
        agencies.last_report_year,
        agencies.report_count
    from agencies
    left join regions
        on
            agencies.region_code = regions.region_code
            and agencies.region_report_year = regions.report_year
    left join predecessors on agencies.agency_id = predecessors.agency_id
    left join successors on agencies.agency_id = successors.agency_id

)

select * from final
