-- What the rules found in reports, by agency, file and line.
with

agencies as (

    select distinct
        agency_id,
        agency
    from (${agency_years})

)

select
    findings.report_year,
    coalesce(agencies.agency, quarantined.agency_name, '机关未定') as agency,
    findings.rule_id,
    coalesce(findings.rule_title_zh, findings.rule_id) as rule_title,
    case findings.severity
        when 'error' then '1 错误'
        when 'warning' then '2 警告'
        else '3 提示'
    end as severity,
    case findings.cause
        when 'source' then '机关填报'
        when 'parse' then '疑似误读'
        else '原因未定'
    end as cause,
    case when findings.is_published then '已发布' else '未发布' end as publication_state,
    concat_ws(':', findings.source, findings.line) as evidence,
    findings.message_zh
from fct_findings as findings
left join agencies on findings.agency_id = agencies.agency_id
left join fct_quarantined_reports as quarantined on findings.document_id = quarantined.document_id
where findings.document_id is not null
