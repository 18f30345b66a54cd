with

changes as (

    select * from {{ ref('stg_nianbao__revision_changes') }}

),

revisions as (

    select * from {{ ref('fct_report_revisions') }}

),

final as (

    select
        changes.document_id,
        changes.kept_document_id,
        revisions.agency_id,
        revisions.report_year,
        changes.table_key,
        changes.row_key,
        changes.column_key,
        changes.change_kind,
        changes.value,
        changes.raw,
        revisions.source,
        changes.line,
        changes.kept_value,
        changes.kept_raw,
        kept.source as kept_source,
        changes.kept_line
    from changes
    inner join revisions on changes.document_id = revisions.document_id
    inner join revisions as kept on changes.kept_document_id = kept.document_id

)

select * from final
