-- Reviews and lawsuits: one row per agency, year, way and result. The printed totals are left out; results are what adds up.
select
    reports.report_year,
    reports.agency,
    reports.agency_level,
    reports.agency_kind,
    reports.report_scope,
    reports.province,
    reports.place,
    case disputes.row_key
        when 'review' then '1 行政复议'
        when 'litigation_direct' then '2 未经复议直接起诉'
        else '3 复议后起诉'
    end as remedy,
    case disputes.column_key
        when 'upheld' then '1 结果维持'
        when 'corrected' then '2 结果纠正'
        when 'other' then '3 其他结果'
        else '4 尚未审结'
    end as result,
    disputes.case_count
from fct_disputes as disputes
inner join (${agency_years}) as reports on disputes.document_id = reports.document_id
where disputes.column_key != 'total'
