{{ config(materialized='incremental') }}

with

cells as (

    select * from {{ ref('int_cells_published') }}
    where table_key = 'statistics' and {{ in_changed_partitions('partition_key') }}

),

final as (

    select
        document_id,
        agency_id,
        report_year,
        template,
        row_key as indicator,
        column_key,
        value,
        unit,
        raw,
        line,
        method,
        is_printed,
        is_decided,
        printed_value
    from cells

)

select * from final
