with

agency_years as (

    select * from {{ ref('mart_agency_years') }}

),

final as (

    select
        concat_ws(
            '/', report_year, coalesce(report_scope, 'unknown'), coalesce(agency_level, 'unknown'),
            coalesce(agency_kind, 'unknown')
        ) as zero_request_id,
        report_year,
        report_scope,
        agency_level,
        agency_kind,
        count(*) as report_count,
        count(new_received_count) as stated_report_count,
        count(*) filter (where new_received_count = 0) as zero_report_count,
        count(*) filter (where new_received_count = 0) / nullif(count(new_received_count), 0) as zero_request_share
    from agency_years
    group by report_year, report_scope, agency_level, agency_kind

)

select * from final
