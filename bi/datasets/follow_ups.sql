-- Whom to call, and why: reports kept out, reports with errors of their own, and years between an agency's reports that have none.
with

reports as (

    select * from (${agency_years})

),

kept_out as (

    select
        coalesce(reports.agency, quarantined.agency_name, '机关未定') as agency,
        quarantined.report_year,
        '1 报告未能发布' as matter,
        coalesce(findings.detail, quarantined.reasons) as detail,
        quarantined.source as evidence
    from fct_quarantined_reports as quarantined
    left join (select distinct agency_id, agency from reports) as reports
        on quarantined.agency_id = reports.agency_id
    left join (
        select
            document_id,
            string_agg(message_zh, '；' order by line, message_zh) as detail
        from fct_findings
        group by document_id
    ) as findings on quarantined.document_id = findings.document_id

),

errors as (

    select
        agency,
        report_year,
        '2 填报错误待更正' as matter,
        string_agg(message_zh, '；' order by evidence, message_zh) as detail,
        min(evidence) as evidence
    from (${findings})
    where severity = '1 错误' and cause = '机关填报' and publication_state = '已发布'
    group by agency, report_year

),

missing as (

    select
        agencies.agency,
        years.report_year,
        '3 该年度没有收到报告' as matter,
        concat('此前此后均有报告（', agencies.first_year, '—', agencies.last_year, '）') as detail,
        null as evidence
    from (select agency_id, agency, min(report_year) as first_year, max(report_year) as last_year from reports group by all) as agencies
    inner join mart_years as years
        on years.report_year > agencies.first_year and years.report_year < agencies.last_year
    where
        not exists (
            select 1 from reports
            where reports.agency_id = agencies.agency_id and reports.report_year = years.report_year
        )
        and not exists (
            select 1 from fct_quarantined_reports as quarantined
            where quarantined.agency_id = agencies.agency_id and quarantined.report_year = years.report_year
        )

)

select * from kept_out
union all
select * from errors
union all
select * from missing
