{{ config(materialized='view') }}

-- `value` is what the marts count with: the decided figure where somebody decided upon the cell, else the printed one.
-- What is printed stays beside it. A corrected cell that the document does not hold is a row without a line.
-- The staged cells are named twice and not in a CTE, which would be kept in memory as a whole.
with

reports as (

    select * from {{ ref('int_reports_published') }}

),

decisions as (

    select * from {{ ref('int_decisions_applied') }}
    where subject = 'cell'

),

template_cells as (

    select * from {{ ref('dim_template_cells') }}

),

printed as (

    select
        cells.partition_key,
        cells.document_id,
        reports.agency_id,
        reports.report_year,
        reports.template,
        cells.table_key,
        cells.row_key,
        cells.column_key,
        -- A figure with several readings is no fact.
        case when not cells.is_doubtful then cells.value end as printed_value,
        cells.raw,
        cells.line,
        cells.method,
        cells.unit,
        true as is_printed
    from {{ ref('stg_nianbao__cells') }} as cells
    inner join reports on cells.document_id = reports.document_id

),

added as (

    select
        cast(reports.report_year as varchar) as partition_key,
        decisions.document_id,
        reports.agency_id,
        reports.report_year,
        reports.template,
        decisions.table_key,
        decisions.row_key,
        decisions.column_key,
        cast(null as decimal(20, 6)) as printed_value,
        cast(null as varchar) as raw,
        cast(null as integer) as line,
        cast(null as varchar) as method,
        template_cells.unit,
        false as is_printed
    from decisions
    inner join reports on decisions.document_id = reports.document_id
    left join template_cells
        on
            reports.template = template_cells.template
            and decisions.table_key = template_cells.table_key
            and decisions.row_key = template_cells.row_key
            and decisions.column_key = template_cells.column_key
    left join {{ ref('stg_nianbao__cells') }} as cells
        on
            decisions.document_id = cells.document_id
            and decisions.table_key = cells.table_key
            and decisions.row_key = cells.row_key
            and decisions.column_key = cells.column_key
    where cells.document_id is null

),

all_cells as (

    select * from printed
    union all
    select * from added

),

decided as (

    select
        all_cells.*,
        decisions.document_id is not null as is_decided,
        decisions.decided_value,
        case
            when decisions.document_id is not null then decisions.decided_value else all_cells.printed_value
        end as value
    from all_cells
    left join decisions
        on
            all_cells.document_id = decisions.document_id
            and all_cells.table_key = decisions.table_key
            and all_cells.row_key = decisions.row_key
            and all_cells.column_key = decisions.column_key

),

final as (

    select
        *,
        {{ whole('value') }} as whole_value
    from decided

)

select * from final
