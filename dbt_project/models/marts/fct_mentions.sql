{{ config(materialized='incremental') }}

with

mentions as (

    select * from {{ ref('stg_nianbao__mentions') }}
    where {{ in_changed_partitions('partition_key') }}

),

reports as (

    select * from {{ ref('int_reports_published') }}

),

final as (

    select
        mentions.document_id,
        reports.agency_id,
        reports.report_year,
        mentions.mention_number,
        mentions.section,
        mentions.subject,
        mentions.value,
        mentions.value_precision,
        mentions.raw,
        mentions.unit,
        mentions.line,
        mentions.sentence
    from mentions
    inner join reports on mentions.document_id = reports.document_id

)

select * from final
