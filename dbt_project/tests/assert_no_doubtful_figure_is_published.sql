-- A figure with more than one reading is no fact, unless somebody decided upon it.
with

facts as (

    select
        document_id,
        'requests' as table_key,
        row_key,
        column_key
    from {{ ref('fct_requests') }}
    where request_count is not null and not is_decided
    union all
    select
        document_id,
        'disputes' as table_key,
        row_key,
        column_key
    from {{ ref('fct_disputes') }}
    where case_count is not null and not is_decided
    union all
    select
        document_id,
        'proactive' as table_key,
        row_key,
        column_key
    from {{ ref('fct_proactive_disclosures') }}
    where value is not null and not is_decided
    union all
    select
        document_id,
        'statistics' as table_key,
        indicator as row_key,
        column_key
    from {{ ref('fct_statistics') }}
    where value is not null and not is_decided

)

select
    cells.document_id,
    cells.table_key,
    cells.row_key,
    cells.column_key
from {{ ref('stg_nianbao__cells') }} as cells
inner join facts
    on
        cells.document_id = facts.document_id
        and cells.table_key = facts.table_key
        and cells.row_key = facts.row_key
        and cells.column_key = facts.column_key
where cells.is_doubtful
