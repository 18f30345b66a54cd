with

decisions as (

    select * from {{ ref('stg_nianbao__decisions') }}

),

reports as (

    select * from {{ ref('int_reports_screened') }}

),

published as (

    select * from {{ ref('int_reports_published') }}

),

final as (

    select
        decisions.decision_id,
        decisions.file,
        decisions.line,
        decisions.document_id,
        decisions.source,
        reports.agency_name,
        decisions.report_year,
        decisions.table_key,
        decisions.row_key,
        decisions.column_key,
        decisions.rule_id,
        decisions.decision,
        decisions.decided_value,
        decisions.printed,
        decisions.reason,
        decisions.decided_by,
        decisions.decided_on,
        decisions.status,
        decisions.detail_zh,
        decisions.detail_en,
        published.document_id is not null as is_published
    from decisions
    left join reports on decisions.document_id = reports.document_id
    left join published on decisions.document_id = published.document_id

)

select * from final
