-- Why requests were not answered with information: one row per agency, year and ground of the form (（三） to （六）).
with

grounds as (

    select
        row_key,
        case row_key
            when 'other_processed' then '其他处理（旧表不细分）'
            when 'other_other' then '其他处理的其他情形'
            when 'other_overdue_correction' then '逾期不补正'
            when 'other_overdue_fee' then '逾期不缴费'
            else regexp_replace(max_by(row_label, template), '^\d+\.', '')  -- as the latest form prints it, without its number
        end as ground,
        max_by(cell_order, template) as ground_order
    from dim_template_cells
    where
        table_key = 'requests'
        and column_key = 'total'
        and regexp_matches(row_key, '^(denied|unavailable|not_processed|other)_')
    group by row_key

)

select
    reports.report_year,
    reports.agency,
    reports.agency_level,
    reports.agency_kind,
    reports.report_scope,
    reports.province,
    reports.place,
    case regexp_extract(requests.row_key, '^(denied|unavailable|not_processed|other)')
        when 'denied' then '3 不予公开'
        when 'unavailable' then '4 无法提供'
        when 'not_processed' then '5 不予处理'
        else '6 其他处理'
    end as answer,
    requests.row_key as ground_key,
    grounds.ground,
    grounds.ground_order,
    requests.request_count
from fct_requests as requests
inner join (${agency_years}) as reports on requests.document_id = reports.document_id
inner join grounds on requests.row_key = grounds.row_key
where requests.column_key = 'total'
