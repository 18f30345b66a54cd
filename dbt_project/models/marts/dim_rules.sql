with

rules as (

    select * from {{ ref('rules') }}

),

final as (

    select
        rule_id,
        code,
        version,
        title_zh,
        title_en,
        source,
        formula,
        severity,
        on_failure,
        scope,
        blocks,
        allowed_share,
        allowed_count
    from rules

)

select * from final
