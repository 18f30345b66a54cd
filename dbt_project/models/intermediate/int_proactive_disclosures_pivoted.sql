-- 对外公开总数量 (2019 form) and 现行有效件数 (2021 form) are different facts, and so are the two forms of 行政事业性收费:
-- each has a column of its own that is null for the other form.
with

cells as (

    select * from {{ ref('int_cells_published') }}
    where table_key = 'proactive'

),

keyed as (

    select
        document_id,
        row_key || '/' || column_key as cell_key,
        whole_value as item_count,
        case
            when unit = '万元' then value
            when unit = '元' then try_cast(value / 10000 as decimal(20, 6))
        end as amount_10k_yuan
    from cells

),

final as (

    select
        document_id,
        max(item_count) filter (where cell_key = 'regulation/in_force') as regulation_in_force_count,
        max(item_count) filter (where cell_key = 'normative_document/in_force') as normative_document_in_force_count,
        max(item_count) filter (where cell_key = 'regulation/disclosed_total') as regulation_disclosed_total_count,
        max(item_count) filter (
            where cell_key = 'normative_document/disclosed_total'
        ) as normative_document_disclosed_total_count,
        max(item_count) filter (where cell_key = 'licence/decisions') as licence_decision_count,
        max(item_count) filter (where cell_key = 'penalty/decisions') as penalty_decision_count,
        max(item_count) filter (where cell_key = 'enforcement/decisions') as enforcement_decision_count,
        max(amount_10k_yuan) filter (where cell_key = 'fee/amount_10k_yuan') as fee_10k_yuan
    from keyed
    group by document_id

)

select * from final
