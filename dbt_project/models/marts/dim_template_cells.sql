with

template_cells as (

    select * from {{ ref('template_cells') }}

),

final as (

    select
        concat_ws('/', template, table_key, row_key, column_key) as template_cell_id,
        template,
        cell_order,
        table_key,
        row_key,
        column_key,
        table_title,
        row_label,
        row_group,
        column_label,
        unit,
        value_kind
    from template_cells

)

select * from final
