with

staged as (

    select * from {{ source('staging', 'revisions') }}

),

final as (

    select
        cast(document_id as varchar) as document_id,
        cast(report_year as integer) as report_year,
        cast(agency_id as varchar) as agency_id,
        cast(scope as varchar) as compared_scope,
        cast(revision_rank as integer) as revision_rank,
        cast(revision_count as integer) as revision_count,
        cast(kept_id as varchar) as kept_document_id,
        cast(decided_by as varchar) as decided_by,
        cast(is_main as boolean) as is_main,
        cast(differing_cell_count as integer) as differing_cell_count,
        cast(added_cell_count as integer) as added_cell_count,
        cast(missing_cell_count as integer) as missing_cell_count
    from staged

)

select * from final
