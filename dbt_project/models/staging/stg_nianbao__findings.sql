with

staged as (

    select * from {{ source('staging', 'findings') }}

),

final as (

    select
        cast(rule_id as varchar) as rule_id,
        cast(rule_version as integer) as rule_version,
        cast(verdict as varchar) as verdict,
        cast(severity as varchar) as severity,
        cast(document_id as varchar) as document_id,
        cast(source as varchar) as source,
        cast(report_year as integer) as report_year,
        cast(agency_id as varchar) as agency_id,
        cast("table" as varchar) as table_key,
        cast("row" as varchar) as row_key,
        cast("column" as varchar) as column_key,
        cast(lhs as double) as lhs,
        cast(rhs as double) as rhs,
        cast(residual as double) as residual,
        cast(cause as varchar) as cause,
        cast(line as integer) as line,
        cast(raw as varchar) as raw,
        cast(reason as varchar) as reason,
        cast(message_zh as varchar) as message_zh,
        cast(message_en as varchar) as message_en,
        array_to_string(
            list_transform(cells, lambda cell: concat_ws('/', cell."table", cell."row", cell."column")), ', '
        ) as evidence_cells
    from staged

)

select * from final
