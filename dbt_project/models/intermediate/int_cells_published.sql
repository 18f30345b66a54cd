{{ config(materialized='view') }}

with

cells as (

    select * from {{ ref('stg_nianbao__cells') }}

),

reports as (

    select * from {{ ref('int_reports_published') }}

),

final as (

    select
        cells.document_id,
        reports.agency_id,
        reports.report_year,
        reports.template,
        cells.table_key,
        cells.row_key,
        cells.column_key,
        cells.value,
        case when cells.value = trunc(cells.value) then cast(cells.value as bigint) end as whole_value,
        cells.raw,
        cells.line,
        cells.method,
        cells.unit
    from cells
    inner join reports on cells.document_id = reports.document_id

)

select * from final
