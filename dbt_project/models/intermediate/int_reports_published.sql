with

screened as (

    select * from {{ ref('int_reports_screened') }}

),

revisions as (

    select
        document_id,
        is_main
    from {{ ref('stg_nianbao__revisions') }}

),

final as (

    select
        screened.document_id,
        screened.source,
        screened.agency_id,
        screened.agency_name,
        screened.agency_canonical_name,
        screened.region_code,
        screened.agency_level,
        screened.agency_kind,
        screened.report_scope,
        screened.report_year,
        screened.template,
        screened.layout,
        screened.published_date,
        screened.title,
        screened.written_date,
        screened.index_number,
        screened.document_number,
        screened.site_code,
        coalesce(screened.decision = 'accept', false) as is_let_in,
        revisions.is_main
    from screened
    inner join revisions on screened.document_id = revisions.document_id
    where screened.reasons is null

)

select * from final
