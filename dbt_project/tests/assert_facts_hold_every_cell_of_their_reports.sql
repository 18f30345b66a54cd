-- The four fact tables together hold each cell of the published reports once, with the figure that staging has.
-- Gives the reports where they do not: a digest of each report's cells takes a tenth of the time of joining all cells.
with

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

),

facts_digested as (

    select
        document_id,
        count(*) as cell_count,
        sum(hash(table_key, row_key, column_key, cast(printed_value as decimal(20, 6)), raw, line)) as digest
    from {{ ref('int_facts_united') }}
    where is_printed
    group by document_id

),

staged_digested as (

    select
        document_id,
        count(*) as cell_count,
        sum(hash(table_key, row_key, column_key, cast(figure as decimal(20, 6)), raw, line)) as digest
    from staged
    group by document_id

)

select
    staged_digested.cell_count,
    facts_digested.cell_count as fact_count,
    coalesce(staged_digested.document_id, facts_digested.document_id) as document_id
from staged_digested
full outer join facts_digested on staged_digested.document_id = facts_digested.document_id
where
    staged_digested.document_id is null
    or facts_digested.document_id is null
    or staged_digested.cell_count <> facts_digested.cell_count
    or staged_digested.digest <> facts_digested.digest
