-- The form prints no subtotal for （三）不予公开 to （六）其他处理: they are summed here, and only when every row of the
-- group has a figure.
with

reports as (

    select * from {{ ref('int_reports_published') }}

),

template_cells as (

    select * from {{ ref('dim_template_cells') }}

),

totals as (

    select
        document_id,
        row_key,
        whole_value
    from {{ ref('int_cells_published') }}
    where table_key = 'requests' and column_key = 'total'

),

single_other_row as (

    select document_id from totals
    where row_key = 'other_processed'

),

template_rows as (

    select distinct
        template,
        row_key,
        case
            when starts_with(row_key, 'denied_') then 'denied'
            when starts_with(row_key, 'unavailable_') then 'unavailable'
            when starts_with(row_key, 'not_processed_') then 'not_processed'
            when starts_with(row_key, 'other_') then 'other_processed'
            else row_key
        end as request_group
    from template_cells
    where table_key = 'requests' and column_key = 'total'

),

-- A report that prints the single row （六）其他处理 (the 2019 form, the mixed form) needs that row; others need its
-- rows 1 to 3.
needed_rows as (

    select
        reports.document_id,
        template_rows.row_key,
        template_rows.request_group
    from reports
    inner join template_rows on reports.template = template_rows.template
    left join single_other_row on reports.document_id = single_other_row.document_id
    where
        template_rows.request_group <> 'other_processed'
        or (template_rows.row_key <> 'other_processed' and single_other_row.document_id is null)
    union all
    select
        document_id,
        'other_processed' as row_key,
        'other_processed' as request_group
    from single_other_row

),

final as (

    select
        needed_rows.document_id,
        needed_rows.request_group,
        case when count(totals.whole_value) = count(*) then cast(sum(totals.whole_value) as bigint) end as request_count
    from needed_rows
    left join totals
        on
            needed_rows.document_id = totals.document_id
            and needed_rows.row_key = totals.row_key
    group by needed_rows.document_id, needed_rows.request_group

)

select * from final
