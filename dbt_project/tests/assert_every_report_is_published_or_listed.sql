-- A report is either in the marts or listed as kept out, never both, never neither.
with

placed as (

    select document_id from {{ ref('fct_reports') }}
    union all
    select document_id from {{ ref('fct_quarantined_reports') }}

)

select
    reports.document_id,
    count(placed.document_id) as place_count
from {{ ref('stg_nianbao__reports') }} as reports
left join placed on reports.document_id = placed.document_id
group by reports.document_id
having count(placed.document_id) <> 1
