with

staged as (

    select
        *,
        {{ partition_of_file() }} as partition_key
    from {{ source('staging', 'cells') }}

),

final as (

    select
        cast(document_id as varchar) as document_id,
        cast("table" as varchar) as table_key,
        cast("row" as varchar) as row_key,
        cast("column" as varchar) as column_key,
        -- A figure too long for the type becomes null here and stays in `raw`: it must not stop the build.
        try_cast(value as decimal(20, 6)) as value,
        cast(raw as varchar) as raw,
        cast(line as integer) as line,
        cast(method as varchar) as method,
        cast(is_doubtful as boolean) as is_doubtful,
        cast(unit as varchar) as unit,
        partition_key
    from staged

)

select * from final
