-- The four fact tables together hold each cell of the published reports once, with the figure that staging has.
with

facts as (

    select
        document_id,
        'requests' as table_key,
        row_key,
        column_key,
        printed_value as figure,
        raw,
        line
    from {{ ref('fct_requests') }}
    where is_printed
    union all
    select
        document_id,
        'disputes' as table_key,
        row_key,
        column_key,
        printed_value as figure,
        raw,
        line
    from {{ ref('fct_disputes') }}
    where is_printed
    union all
    select
        document_id,
        'proactive' as table_key,
        row_key,
        column_key,
        printed_value as figure,
        raw,
        line
    from {{ ref('fct_proactive_disclosures') }}
    where is_printed
    union all
    select
        document_id,
        'statistics' as table_key,
        indicator as row_key,
        column_key,
        printed_value as figure,
        raw,
        line
    from {{ ref('fct_statistics') }}
    where is_printed

),

staged as (

    select
        cells.document_id,
        cells.table_key,
        cells.row_key,
        cells.column_key,
        case when not cells.is_doubtful then cells.value end as figure,
        cells.raw,
        cells.line
    from {{ ref('stg_nianbao__cells') }} as cells
    inner join {{ ref('fct_reports') }} as reports on cells.document_id = reports.document_id
    where cells.table_key in ('requests', 'disputes', 'proactive', 'statistics')

)

select
    coalesce(staged.document_id, facts.document_id) as document_id,
    coalesce(staged.table_key, facts.table_key) as table_key,
    coalesce(staged.row_key, facts.row_key) as row_key,
    coalesce(staged.column_key, facts.column_key) as column_key
from staged
full outer join facts
    on
        staged.document_id = facts.document_id
        and staged.table_key = facts.table_key
        and staged.row_key = facts.row_key
        and staged.column_key = facts.column_key
where
    staged.document_id is null
    or facts.document_id is null
    or staged.figure is distinct from facts.figure
    or staged.raw is distinct from facts.raw
    or staged.line is distinct from facts.line
