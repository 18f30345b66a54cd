with

staged as (

    select * from {{ source('staging', 'reports') }}

),

final as (

    select
        cast(document_id as varchar) as document_id,
        cast(report_year as integer) as report_year,
        cast(agency_id as varchar) as agency_id,
        cast(agency_name as varchar) as agency_name,
        cast(agency_canonical_name as varchar) as agency_canonical_name,
        cast(region_code as varchar) as region_code,
        cast(agency_level as varchar) as agency_level,
        cast(agency_kind as varchar) as agency_kind,
        cast(report_scope as varchar) as report_scope,
        cast(template as varchar) as template,
        cast(layout as varchar) as layout,
        cast(status as varchar) as status,
        cast(issue as varchar) as issue,
        cast(title as varchar) as title,
        cast(published_date as date) as published_date,
        cast(written_date as date) as written_date,
        cast(index_number as varchar) as index_number,
        cast(document_number as varchar) as document_number,
        cast(site_code as varchar) as site_code,
        cast(expected_cell_count as bigint) as expected_cell_count,
        cast(located_cell_count as bigint) as located_cell_count,
        cast(doubtful_cell_count as bigint) as doubtful_cell_count,
        cast(is_cut_off as boolean) as is_cut_off,
        cast(parser_version as varchar) as parser_version
    from staged

)

select * from final
