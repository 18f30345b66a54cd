-- A figure with more than one reading is no fact, unless somebody decided upon it.
select
    cells.document_id,
    cells.table_key,
    cells.row_key,
    cells.column_key
from {{ ref('stg_nianbao__cells') }} as cells
inner join {{ ref('int_facts_united') }} as facts
    on
        cells.document_id = facts.document_id
        and cells.table_key = facts.table_key
        and cells.row_key = facts.row_key
        and cells.column_key = facts.column_key
where cells.is_doubtful and facts.is_counted and not facts.is_decided
