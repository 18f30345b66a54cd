-- A figure with more than one reading is no fact.
select
    cells.document_id,
    cells.table_key,
    cells.row_key,
    cells.column_key
from {{ ref('stg_nianbao__cells') }} as cells
inner join {{ ref('mart_agency_years') }} as reports on cells.document_id = reports.document_id
where cells.is_doubtful
