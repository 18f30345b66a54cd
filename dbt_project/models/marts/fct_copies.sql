with

copies as (

    select * from {{ ref('stg_nianbao__copies') }}

),

reports as (

    select * from {{ ref('int_reports_published') }}

),

final as (

    select
        copies.document_id,
        copies.other_document_id,
        reports.agency_id,
        others.agency_id as other_agency_id,
        reports.report_year,
        others.report_year as other_report_year,
        copies.section,
        copies.copy_kind,
        copies.similarity,
        copies.is_same_agency,
        copies.start_line,
        copies.end_line,
        copies.other_start_line,
        copies.other_end_line,
        copies.passage_count,
        copies.shared_share,
        copies.repeated_number_count,
        copies.repeated_number_line,
        copies.named_line
    from copies
    inner join reports on copies.document_id = reports.document_id
    inner join reports as others on copies.other_document_id = others.document_id

)

select * from final
