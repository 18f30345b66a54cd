{{ config(severity='warn') }}

-- A row or column that the form does not have is a sign of a new form or of a misreading: worth a look, no reason to
-- stop.
with

facts as (

    select distinct
        template,
        'requests' as table_key,
        row_key,
        column_key
    from {{ ref('fct_requests') }}
    union all
    select distinct
        template,
        'disputes' as table_key,
        row_key,
        column_key
    from {{ ref('fct_disputes') }}
    union all
    select distinct
        template,
        'proactive' as table_key,
        row_key,
        column_key
    from {{ ref('fct_proactive_disclosures') }}

)

select
    facts.template,
    facts.table_key,
    facts.row_key,
    facts.column_key
from facts
left join {{ ref('dim_template_cells') }} as cells
    on
        facts.template = cells.template
        and facts.table_key = cells.table_key
        and facts.row_key = cells.row_key
        and facts.column_key = cells.column_key
where cells.template_cell_id is null
