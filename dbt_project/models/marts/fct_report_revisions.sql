with

revisions as (

    select * from {{ ref('stg_nianbao__revisions') }}

),

screened as (

    select * from {{ ref('int_reports_screened') }}

),

reports as (

    select * from {{ ref('stg_nianbao__reports') }}

),

final as (

    select
        revisions.document_id,
        revisions.agency_id,
        revisions.report_year,
        screened.report_scope,
        revisions.compared_scope,
        revisions.revision_rank,
        revisions.revision_count,
        revisions.kept_document_id,
        screened.reasons is null as is_current,
        screened.reasons is null and revisions.is_main as is_agency_year,
        revisions.decided_by,
        screened.reasons,
        screened.agency_name,
        screened.source,
        screened.title,
        screened.published_date,
        screened.written_date,
        screened.template,
        screened.status,
        reports.located_cell_count,
        revisions.differing_cell_count,
        revisions.added_cell_count,
        revisions.missing_cell_count
    from revisions
    inner join screened on revisions.document_id = screened.document_id
    inner join reports on revisions.document_id = reports.document_id

)

select * from final
