with

staged as (

    select * from {{ source('staging', 'revision_changes') }}

),

final as (

    select
        cast(document_id as varchar) as document_id,
        cast(kept_id as varchar) as kept_document_id,
        cast("table" as varchar) as table_key,
        cast("row" as varchar) as row_key,
        cast("column" as varchar) as column_key,
        cast(change as varchar) as change_kind,
        -- A figure too long for the type becomes null here and stays in `raw`: it must not stop the build.
        try_cast(value as decimal(20, 6)) as value,
        cast(raw as varchar) as raw,
        cast(line as integer) as line,
        try_cast(kept_value as decimal(20, 6)) as kept_value,
        cast(kept_raw as varchar) as kept_raw,
        cast(kept_line as integer) as kept_line
    from staged

)

select * from final
