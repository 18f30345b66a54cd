-- Who asked: new requests by kind of applicant.
with

columns_of_form as (

    select
        column_key,
        case when column_key = 'other_organization' then '其他组织' else max_by(column_label, template) end as column_label
    from dim_template_cells
    where table_key = 'requests' and column_key != 'total'
    group by column_key

)

select
    reports.report_year,
    reports.agency,
    reports.agency_level,
    reports.agency_kind,
    reports.report_scope,
    reports.province,
    reports.place,
    columns_of_form.column_label as applicant,
    requests.request_count
from fct_requests as requests
inner join (${agency_years}) as reports on requests.document_id = reports.document_id
inner join columns_of_form on requests.column_key = columns_of_form.column_key
where requests.row_key = 'new_received'
