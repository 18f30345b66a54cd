with

sourced as (

    select
        *,
        {{ partition_of_file() }} as partition_key
    from {{ source('staging', 'mentions') }}

),

staged as (

    -- A sentence may state a subject twice: the number keeps the key unique. A document is in one partition.
    select
        *,
        row_number() over (
            partition by partition_key, document_id
            order by line, subject, raw, value, unit, "precision", sentence
        ) as mention_number
    from sourced

),

final as (

    select
        cast(document_id as varchar) as document_id,
        cast(mention_number as integer) as mention_number,
        cast(section as varchar) as section,
        cast(subject as varchar) as subject,
        -- A figure too long for the type becomes null here and stays in `raw`: it must not stop the build.
        try_cast(value as decimal(20, 6)) as value,
        cast("precision" as varchar) as value_precision,
        cast(raw as varchar) as raw,
        cast(unit as varchar) as unit,
        cast(line as integer) as line,
        cast(sentence as varchar) as sentence,
        partition_key
    from staged

)

select * from final
