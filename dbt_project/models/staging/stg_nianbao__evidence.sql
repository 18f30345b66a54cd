with

staged as (

    select * from {{ source('staging', 'evidence') }}

),

final as (

    select
        cast(document_id as varchar) as document_id,
        cast(fact as varchar) as fact,
        cast(origin as varchar) as origin,
        cast(value as varchar) as value,
        cast(raw as varchar) as raw,
        cast(line as integer) as line,
        cast(is_chosen as boolean) as is_chosen,
        cast(agrees as boolean) as is_agreeing
    from staged

)

select * from final
