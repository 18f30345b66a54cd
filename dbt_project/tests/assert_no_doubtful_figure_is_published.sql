-- A figure with more than one reading is no fact, unless somebody decided upon it.
select
    cells.document_id,
    cells.table_key,
    cells.row_key,
    cells.column_key
from {{ ref('stg_nianbao__cells') }} as cells
inner join {{ ref('int_cells_published') }} as published
    on
        cells.document_id = published.document_id
        and cells.table_key = published.table_key
        and cells.row_key = published.row_key
        and cells.column_key = published.column_key
where cells.is_doubtful and published.value is not null and not published.is_decided
