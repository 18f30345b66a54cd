with

totals as (

    select * from {{ ref('stg_nianbao__region_totals') }}

),

reports as (

    select * from {{ ref('int_reports_published') }}

),

final as (

    select
        totals.document_id,
        totals.agency_id,
        totals.report_year,
        totals.report_scope,
        totals.table_key,
        totals.row_key,
        totals.column_key,
        totals.reported_count,
        totals.raw,
        totals.line,
        totals.own_office_count,
        totals.children_count,
        totals.reported_count - totals.children_count as residual_count,
        totals.largest_child_count,
        totals.largest_child_name,
        totals.children_expected,
        totals.children_present,
        totals.children_counted,
        totals.missing_children,
        totals.unread_children,
        totals.status,
        totals.reason
    from totals
    inner join reports on totals.document_id = reports.document_id

)

select * from final
