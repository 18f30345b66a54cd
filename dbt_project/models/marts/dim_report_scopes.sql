with

scopes as (

    select * from {{ ref('report_scopes') }}

),

final as (

    select
        report_scope,
        title_zh,
        title_en,
        is_summable,
        description
    from scopes

)

select * from final
