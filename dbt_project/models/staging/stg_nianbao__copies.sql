with

staged as (

    select * from {{ source('corpus', 'copies') }}

),

final as (

    select
        cast(document_id as varchar) as document_id,
        cast(other_document_id as varchar) as other_document_id,
        cast(section as varchar) as section,
        cast(kind as varchar) as copy_kind,
        cast(similarity as double) as similarity,
        cast(is_same_agency as boolean) as is_same_agency,
        cast(start_line as integer) as start_line,
        cast(end_line as integer) as end_line,
        cast(other_start_line as integer) as other_start_line,
        cast(other_end_line as integer) as other_end_line,
        cast(passage_count as integer) as passage_count,
        cast(shared_share as double) as shared_share,
        cast(repeated_number_count as integer) as repeated_number_count,
        cast(repeated_number_line as integer) as repeated_number_line,
        cast(named_line as integer) as named_line
    from staged

)

select * from final
