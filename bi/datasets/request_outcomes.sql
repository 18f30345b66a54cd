-- How requests were answered: one row per agency, year and kind of answer. Numbered, for the order of the form is the order of the legend.
with

counts as (

    select
        document_id,
        granted_count,
        partly_granted_count,
        denied_count,
        unavailable_count,
        not_processed_count,
        other_processed_count
    from mart_agency_years

),

answers as (

    select
        document_id,
        answer,
        request_count
    from counts
    unpivot (
        request_count
        for answer in (
            granted_count as '1 予以公开',
            partly_granted_count as '2 部分公开',
            denied_count as '3 不予公开',
            unavailable_count as '4 无法提供',
            not_processed_count as '5 不予处理',
            other_processed_count as '6 其他处理'
        )
    )

)

select
    reports.report_year,
    reports.agency,
    reports.agency_level,
    reports.agency_kind,
    reports.report_scope,
    reports.province,
    reports.place,
    answers.answer,
    answers.request_count
from answers
inner join (${agency_years}) as reports on answers.document_id = reports.document_id
