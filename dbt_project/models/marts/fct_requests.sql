{{ config(materialized='incremental') }}

with

cells as (

    select * from {{ ref('int_cells_published') }}
    where table_key = 'requests' and {{ in_changed_partitions('partition_key') }}

),

final as (

    select
        document_id,
        agency_id,
        report_year,
        template,
        row_key,
        column_key,
        whole_value as request_count,
        raw,
        line,
        method,
        is_printed,
        is_decided,
        printed_value
    from cells

)

select * from final
