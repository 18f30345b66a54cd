with

staged as (

    select * from {{ source('corpus', 'publishers') }}

),

final as (

    select
        cast(agency_id as varchar) as agency_id,
        cast(report_year as integer) as report_year,
        cast(agency_name as varchar) as agency_name,
        cast(region_code as varchar) as region_code,
        cast(agency_level as varchar) as agency_level,
        cast(agency_kind as varchar) as agency_kind,
        cast(report_scope as varchar) as report_scope,
        cast(parent_agency_id as varchar) as parent_agency_id,
        cast(parent_agency_name as varchar) as parent_agency_name,
        cast(line as integer) as line
    from staged

)

select * from final
