with

staged as (

    select * from {{ source('staging', 'unplaced') }}

),

final as (

    select
        cast(document_id as varchar) as document_id,
        cast("table" as varchar) as table_key,
        cast(label as varchar) as label,
        cast(raw as varchar) as raw,
        cast(line as integer) as line,
        cast(reason as varchar) as reason
    from staged

)

select * from final
