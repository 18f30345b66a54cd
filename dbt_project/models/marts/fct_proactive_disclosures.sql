{{ config(materialized='incremental') }}

with

cells as (

    select * from {{ ref('int_cells_published') }}
    where table_key = 'proactive' and {{ in_changed_partitions('partition_key') }}

),

template_cells as (

    select * from {{ ref('dim_template_cells') }}
    where table_key = 'proactive'

),

final as (

    select
        cells.document_id,
        cells.agency_id,
        cells.report_year,
        cells.template,
        cells.row_key,
        cells.column_key,
        cells.value,
        cells.unit,
        -- The form says what a cell counts; the printed unit says what money is meant. Without either there is no
        -- typed figure.
        case when template_cells.value_kind in ('count', 'signed') then cells.whole_value end as item_count,
        case
            when template_cells.value_kind <> 'decimal' then null
            when cells.unit = '万元' then cells.value
            when cells.unit = '元' then try_cast(cells.value / 10000 as decimal(20, 6))
        end as amount_10k_yuan,
        case
            when template_cells.value_kind <> 'decimal' then null
            when cells.unit = '万元' then cast(cells.value * 10000 as decimal(24, 2))
            when cells.unit = '元' then cast(cells.value as decimal(24, 2))
        end as amount_cny,
        cells.raw,
        cells.line,
        cells.method,
        cells.is_printed,
        cells.is_decided,
        cells.printed_value
    from cells
    left join template_cells
        on
            cells.template = template_cells.template
            and cells.row_key = template_cells.row_key
            and cells.column_key = template_cells.column_key

)

select * from final
