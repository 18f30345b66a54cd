with

indicators as (

    select * from {{ ref('indicators') }}

),

final as (

    select
        indicator_id,
        indicator_key,
        name_zh,
        name_en,
        kind,
        unit,
        grain,
        model,
        model_column,
        numerator,
        denominator,
        formula,
        small_sample_size,
        templates,
        comparable_templates,
        unsupported_reason,
        caveat_zh,
        caveat_en
    from indicators

)

select * from final
