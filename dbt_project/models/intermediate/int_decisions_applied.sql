{{ config(materialized='view') }}

-- What a decision is upon: the whole report, a finding of a rule, or a cell.
with

decisions as (

    select * from {{ ref('stg_nianbao__decisions') }}
    where status = 'applied'

),

final as (

    select
        document_id,
        case
            when table_key is not null then 'cell'
            when rule_id is not null then 'rule'
            else 'report'
        end as subject,
        decision,
        rule_id,
        table_key,
        row_key,
        column_key,
        decided_value
    from decisions

)

select * from final
