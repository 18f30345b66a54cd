"""What each chart must show over the bundled samples, as SQL on the published tables, written apart from the datasets of `bi/`.

The columns bear the names that the chart's answer has. Dashboards that begin with one value begin with the year 2025 and with the
first agency by code point, 栖筠市….
"""

_PLACES = """(values
    ('栖筠市溯墅县经济开发区管理委员会', '栖筠市（未定）', '栖筠市溯墅县经济开发区（未定）', '功能区管委会'),
    ('澄棹市澹岑县人民政府', '澄棹市（未定）', '澄棹市澹岑县（未定）', '人民政府'),
    ('澄棹市澹岑县财政局', '澄棹市（未定）', '澄棹市澹岑县（未定）', '政府部门'),
    ('霁屿区听雨街道办事处', '霁屿区（未定）', '霁屿区（未定）', '乡镇街道'),
    ('青岚市人民政府', '青岚市（未定）', '青岚市（未定）', '人民政府'),
    ('青岚市卫生健康局', '青岚市（未定）', '青岚市（未定）', '政府部门'),
    ('青岚市霁屿区行政审批服务局', '青岚市（未定）', '青岚市霁屿区（未定）', '政府部门'),
    ('鹭篁市市场监督管理局', '鹭篁市（未定）', '鹭篁市（未定）', '政府部门'),
    ('鹭篁市雁笺镇人民政府', '鹭篁市（未定）', '鹭篁市（未定）', '乡镇街道')
) as places (agency, province, place, agency_kind)"""
_YEARS = f"""(select years.* exclude (agency_kind, report_scope), places.*
    from mart_agency_years as years inner join {_PLACES} on agency = agency_name)"""
_COUNTS = ("new_received", "carried_forward", "processed", "granted", "partly_granted", "denied", "unavailable", "not_processed")
_SHARES = {
    "disclosure_share": "disclosed_count / processed_count",
    "denial_share": "denied_count / processed_count",
    "completion_share": "processed_count / accepted_request_count",
    "review_correction_share": "review_corrected_count / review_concluded_count",
    "litigation_correction_share": "litigation_corrected_count / litigation_concluded_count",
}


def _share(name: str) -> str:
    """Over the reports that have the share."""
    part, base = (f"sum({column}) filter (where {name} is not null)" for column in _SHARES[name].split(" / "))
    return f"{part} / nullif({base}, 0) as {name}"


_BY_YEAR = f"""(select report_year, count(*) as report_count,
    {", ".join(f"sum({name}_count) as {name}_count" for name in (*_COUNTS, "other_processed", "review", "litigation"))},
    {", ".join(map(_share, _SHARES))}
    from mart_agency_years group by report_year) as by_year"""
_LATEST = f"(from {_YEARS} where report_year = 2025)"
_ONE = f"(from {_YEARS} where agency like '栖筠市%')"
_ANSWERS = """granted_count as "1 予以公开", partly_granted_count as "2 部分公开", denied_count as "3 不予公开",
    unavailable_count as "4 无法提供", not_processed_count as "5 不予处理", other_processed_count as "6 其他处理\""""
_FLOW = "new_received_count as new_received, processed_count as processed, carried_forward_count as carried_forward"
_RATES = "disclosure_share as disclosure_rate, denial_share as denial_rate, completion_share as completion_rate"
_DECISIONS = """report_year,
    sum(item_count) filter (where row_key = 'licence') as licences,
    sum(item_count) filter (where row_key = 'penalty') as penalties,
    sum(item_count) filter (where row_key = 'enforcement') as enforcements
    from fct_proactive_disclosures where column_key = 'decisions'"""
_APPLICANTS = """case column_key when 'natural_person' then '自然人' when 'commercial_enterprise' then '商业企业'
    when 'research_institution' then '科研机构' when 'social_organization' then '社会公益组织' when 'legal_service' then '法律服务机构'
    when 'other_organization' then '其他组织' end"""
_DENIALS = """case row_key when 'denied_state_secret' then '属于国家秘密' when 'denied_prohibited_by_law' then '其他法律行政法规禁止公开'
    when 'denied_endangers_security' then '危及“三安全一稳定”' when 'denied_third_party_rights' then '保护第三方合法权益'
    when 'denied_internal_affairs' then '属于三类内部事务信息' when 'denied_process_information' then '属于四类过程性信息'
    when 'denied_enforcement_file' then '属于行政执法案卷' when 'denied_administrative_inquiry' then '属于行政查询事项' end"""
_OTHERS = """case row_key when 'unavailable_not_held' then '本机关不掌握相关政府信息'
    when 'unavailable_needs_creation' then '没有现成信息需要另行制作' when 'unavailable_still_unclear' then '补正后申请内容仍不明确'
    when 'not_processed_petition' then '信访举报投诉类申请' when 'not_processed_repeat' then '重复申请'
    when 'not_processed_publication' then '要求提供公开出版物' when 'not_processed_excessive' then '无正当理由大量反复申请'
    when 'not_processed_confirmation' then '要求行政机关确认或重新出具已获取信息' when 'other_processed' then '其他处理（旧表不细分）'
    when 'other_overdue_correction' then '逾期不补正' when 'other_overdue_fee' then '逾期不缴费'
    when 'other_other' then '其他处理的其他情形' end"""
_RESULTS = """sum(case_count) filter (where column_key = 'upheld') as "1 结果维持",
    sum(case_count) filter (where column_key = 'corrected') as "2 结果纠正",
    sum(case_count) filter (where column_key = 'other') as "3 其他结果",
    sum(case_count) filter (where column_key = 'pending') as "4 尚未审结" from fct_disputes"""
_ALL_DENIED = "sum(denied_count) / sum(processed_count)"
_REVIEWED = "sum(review_corrected_count) / nullif(sum(review_concluded_count), 0)"
_SUED = "sum(litigation_corrected_count) / nullif(sum(litigation_concluded_count), 0)"

EXPECTED: dict[str, dict[str, str]] = {
    "year_overview": {
        "reports": f"select report_count as reports from {_BY_YEAR} where report_year = 2025",
        "new_received": f"select new_received_count as new_received from {_BY_YEAR} where report_year = 2025",
        "processed": f"select processed_count as processed from {_BY_YEAR} where report_year = 2025",
        "disclosure_rate": f"select disclosure_share as disclosure_rate from {_BY_YEAR} where report_year = 2025",
        "reviews": f"select review_count as reviews from {_BY_YEAR} where report_year = 2025",
        "litigations": f"select litigation_count as litigations from {_BY_YEAR} where report_year = 2025",
        "flow_by_year": f"select report_year, {_FLOW} from {_BY_YEAR}",
        "answers_by_year": f"select report_year, {_ANSWERS} from {_BY_YEAR}",
        "rates_by_year": f"select report_year, {_RATES} from {_BY_YEAR}",
        "answers": f"from (unpivot (select {_ANSWERS} from {_BY_YEAR} where report_year = 2025) on * into name answer value requests)",
        "applicants": f"""select {_APPLICANTS} as applicant, sum(request_count) as requests from fct_requests
            where row_key = 'new_received' and column_key <> 'total' and report_year = 2025 group by all""",
        "decisions_by_year": f"select {_DECISIONS} group by report_year",
        "remedies_by_year": f"select report_year, review_count as reviews, litigation_count as litigations from {_BY_YEAR}",
        "agencies": f"""select agency, kinds.agency_kind, case report_scope when 'own' then '本机关' else '范围未写明' end as report_scope,
            {_FLOW}, {_RATES}, review_count as reviews, litigation_count as litigations
            from {_LATEST} as kinds inner join (select document_id, report_scope from fct_reports) using (document_id)""",
    },
    "agency_history": {
        "years": f"""select report_year, {_FLOW}, carried_over_count as carried_over, {_RATES}, review_count as reviews,
            litigation_count as litigations, finding_error_count as errors from {_ONE}""",
        "flow": f"select report_year, {_FLOW} from {_ONE}",
        "answers": f"select report_year, {_ANSWERS} from {_ONE}",
        "rates": f"select report_year, {_RATES} from {_ONE}",
        "applicants": f"""pivot (select report_year, {_APPLICANTS} as applicant, request_count from fct_requests
            where row_key = 'new_received' and column_key <> 'total' and agency_id in (select agency_id from {_ONE}))
            on applicant using sum(request_count) group by report_year""",
        "remedies": f"select report_year, {_RESULTS} where agency_id in (select agency_id from {_ONE}) group by report_year",
        "decisions": f"select {_DECISIONS} and agency_id in (select agency_id from {_ONE}) group by report_year",
        "findings": """select report_year, '2 警告' as severity, rule_title_zh as rule_title, message_zh, source as evidence
            from fct_findings where source like '%sushu-county%'""",
    },
    "region_ranking": {
        "provinces": f"select province, sum(new_received_count) as new_received from {_LATEST} group by all",
        "province_rates": f"""select province, sum(granted_count + partly_granted_count) / sum(processed_count) as disclosure_rate
            from {_LATEST} group by all""",
        "places": f"select place, sum(new_received_count) as new_received from {_LATEST} group by all",
        "kinds": f"""select agency_kind, sum(new_received_count) as new_received, sum(granted_count + partly_granted_count) as disclosed
            from {_LATEST} group by all""",
        "provinces_by_year": f"pivot (from {_YEARS}) on province using sum(new_received_count) group by report_year",
        "agencies": f"""select province, place, agency, agency_kind, new_received_count as new_received, processed_count as processed,
            disclosure_share as disclosure_rate, denial_share as denial_rate, review_count as reviews, litigation_count as litigations,
            finding_error_count as errors from {_LATEST}""",
    },
    "refusal_grounds": {
        "processed": f"select sum(processed_count) as processed from {_BY_YEAR}",
        "denied": f"select sum(denied_count) as denied from {_BY_YEAR}",
        "denial_rate": f"select {_ALL_DENIED} as denial_rate from {_BY_YEAR}",
        "unavailable_rate": f"select sum(unavailable_count) / sum(processed_count) as unavailable_rate from {_BY_YEAR}",
        "denial_grounds": f"""select {_DENIALS} as ground, sum(request_count) as requests from fct_requests
            where column_key = 'total' and row_key like 'denied%' group by all""",
        "other_grounds": f"""select {_OTHERS} as ground, sum(request_count) as requests from fct_requests
            where column_key = 'total' and {_OTHERS} is not null group by all""",
        "denial_grounds_by_year": f"""pivot (select report_year, {_DENIALS} as ground, request_count from fct_requests
            where column_key = 'total' and row_key like 'denied%') on ground using sum(request_count) group by report_year""",
        "rates_by_year": f"""select report_year, denial_share as denial_rate, unavailable_count / processed_count as unavailable_rate,
            not_processed_count / processed_count as not_processed_rate from {_BY_YEAR}""",
        "agency_grounds": """select agency_name as agency, sum(request_count) as requests,
            state_secret: sum(request_count) filter (row_key = 'denied_state_secret'),
            prohibited_by_law: sum(request_count) filter (row_key = 'denied_prohibited_by_law'),
            endangers_security: sum(request_count) filter (row_key = 'denied_endangers_security'),
            third_party_rights: sum(request_count) filter (row_key = 'denied_third_party_rights'),
            internal_affairs: sum(request_count) filter (row_key = 'denied_internal_affairs'),
            process_information: sum(request_count) filter (row_key = 'denied_process_information'),
            enforcement_file: sum(request_count) filter (row_key = 'denied_enforcement_file'),
            administrative_inquiry: sum(request_count) filter (row_key = 'denied_administrative_inquiry')
            from fct_requests inner join dim_agencies using (agency_id)
            where column_key = 'total' and row_key like 'denied%' group by agency_name""",
        "agencies": f"""select agency, sum(denied_count) as denied, sum(processed_count) as processed, {_ALL_DENIED} as denial_rate,
            sum(unavailable_count) / sum(processed_count) as unavailable_rate,
            sum(not_processed_count) / sum(processed_count) as not_processed_rate from {_YEARS} group by agency""",
    },
    "remedies": {
        "reviews": f"select sum(review_count) as reviews from {_BY_YEAR}",
        "review_correction_rate": f"select {_REVIEWED} as review_correction_rate from mart_agency_years",
        "litigations": f"select sum(litigation_count) as litigations from {_BY_YEAR}",
        "litigation_correction_rate": f"select {_SUED} as litigation_correction_rate from mart_agency_years",
        "reviews_by_year": f"select report_year, {_RESULTS} where row_key = 'review' group by report_year",
        "litigations_by_year": f"select report_year, {_RESULTS} where row_key <> 'review' group by report_year",
        "correction_rates_by_year": f"""select report_year, review_correction_share as review_correction_rate,
            litigation_correction_share as litigation_correction_rate from {_BY_YEAR}""",
        "ways": f"""select case row_key when 'review' then '1 行政复议' when 'litigation_direct' then '2 未经复议直接起诉'
            else '3 复议后起诉' end as remedy, {_RESULTS} group by row_key""",
        "agencies": f"""select agency, sum(review_count) as reviews, sum(review_concluded_count) as reviews_concluded,
            {_REVIEWED} as review_correction_rate, sum(litigation_count) as litigations,
            sum(litigation_concluded_count) as litigations_concluded, {_SUED} as litigation_correction_rate
            from {_YEARS} group by agency""",
    },
    "data_quality": {
        "inputs": "select sum(input_count) as inputs from mart_years",
        "accepted_rate": "select sum(accepted_report_count) / sum(report_count) as accepted_rate from mart_quality",
        "located_rate": "select sum(located_cell_count) / sum(expected_cell_count) as located_rate from mart_quality",
        "kept_out": "select count(*) as kept_out from fct_quarantined_reports",
        "findings_count": "select count(document_id) as findings from fct_findings",
        "matters": """select (select count(*) from fct_quarantined_reports) + (select count(distinct document_id) from fct_findings
            where severity = 'error' and cause = 'source' and is_published) as matters""",
        "follow_ups": """select '1 报告未能发布' as matter, agency_name as agency, report_year, (select message_zh from fct_findings
            where document_id = kept.document_id) as detail, source as evidence from fct_quarantined_reports as kept
            union all select '2 填报错误待更正', agency_name, report_year,
            string_agg(message_zh, '；' order by concat(source, ':', line), message_zh),
            min(concat(source, ':', line)) from fct_findings inner join dim_agencies using (agency_id)
            where severity = 'error' and cause = 'source' and is_published group by all""",
        "inputs_by_year": """select report_year, sum(accepted_input_count) as "1 完整读出", sum(suspect_input_count) as "2 有缺失或存疑",
            sum(rejected_input_count) as "3 不是年报或读不出" from mart_quality group by report_year""",
        "gates": """pivot (select case scope when 'raw' then '扫描' when 'marts' then '汇总表' when 'drift' then '与上次发布比较'
            else concat(report_year, ' 年度') end as suite, case verdict when 'passed' then '1 通过' when 'failed' then '2 未通过'
            else '4 不适用' end as verdict from fct_gate_results) on verdict using nullif(count(*), 0) group by suite""",
        "rules": "select rule_title_zh as rule_title, count(*) as findings from fct_findings where document_id is not null group by all",
        "findings": """select findings.report_year, coalesce(agencies.agency_name, kept.agency_name) as agency,
            case severity when 'error' then '1 错误' when 'warning' then '2 警告' else '3 提示' end as severity,
            '机关填报' as cause, rule_title_zh as rule_title, message_zh,
            case when line is null then findings.source else concat(findings.source, ':', line) end as evidence
            from fct_findings as findings left join dim_agencies as agencies using (agency_id)
            left join fct_quarantined_reports as kept on findings.document_id = kept.document_id
            where findings.document_id is not null and cause = 'source'""",
        "layouts": """select layout, template, sum(input_count) as inputs, sum(accepted_report_count) / nullif(sum(report_count), 0)
            as accepted_rate, sum(located_cell_count) / nullif(sum(expected_cell_count), 0) as located_rate,
            sum(doubtful_cell_count) as doubtful from mart_quality group by all""",
        "copies": """select report_year, ours.agency_name as agency, case section when 'other' then '六、其他事项'
            else '五、问题及改进' end as section, theirs.agency_name as other_agency,
            other_report_year, similarity from fct_copies inner join dim_agencies as ours using (agency_id)
            inner join dim_agencies as theirs on other_agency_id = theirs.agency_id""",
    },
}
