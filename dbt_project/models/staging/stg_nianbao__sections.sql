with

staged as (

    select * from {{ source('staging', 'sections') }}

),

final as (

    select
        cast(document_id as varchar) as document_id,
        cast(section as varchar) as section,
        cast(heading as varchar) as heading,
        cast(start_line as integer) as start_line,
        cast(end_line as integer) as end_line,
        cast(start_byte as bigint) as start_byte,
        cast(end_byte as bigint) as end_byte
    from staged

)

select * from final
