with

evidence as (

    select * from {{ ref('stg_nianbao__evidence') }}

),

reports as (

    select * from {{ ref('stg_nianbao__reports') }}

),

published as (

    select document_id from {{ ref('int_reports_published') }}

),

final as (

    select
        evidence.document_id,
        reports.report_year,
        evidence.fact,
        evidence.origin,
        evidence.value,
        evidence.raw,
        evidence.line,
        evidence.is_chosen,
        evidence.is_agreeing,
        published.document_id is not null as is_published
    from evidence
    inner join reports on evidence.document_id = reports.document_id
    left join published on evidence.document_id = published.document_id

)

select * from final
