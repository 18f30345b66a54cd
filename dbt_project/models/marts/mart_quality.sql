-- Every input, every report and every failed finding is counted in exactly one row: what belongs to no report, or to a
-- report without tables, stands under layout and template 'none'; what belongs to no year has a null report year.
with

outcomes as (

    select * from {{ ref('stg_nianbao__outcomes') }}

),

reports as (

    select
        *,
        coalesce(layout, 'none') as layout_key,
        coalesce(template, 'none') as template_key
    from {{ ref('stg_nianbao__reports') }}

),

quarantined as (

    select * from {{ ref('int_reports_quarantined') }}

),

findings as (

    select * from {{ ref('stg_nianbao__findings') }}
    where verdict = 'failed'

),

counted_inputs as (

    select
        outcomes.report_year,
        coalesce(reports.layout_key, 'none') as layout,
        coalesce(reports.template_key, 'none') as template,
        1 as input_count,
        cast(outcomes.status = 'accepted' as integer) as accepted_input_count,
        cast(outcomes.status = 'suspect' as integer) as suspect_input_count,
        cast(outcomes.status = 'rejected' as integer) as rejected_input_count
    from outcomes
    left join reports on outcomes.document_id = reports.document_id

),

counted_reports as (

    select
        reports.report_year,
        reports.layout_key as layout,
        reports.template_key as template,
        1 as report_count,
        cast(reports.status = 'accepted' as integer) as accepted_report_count,
        cast(reports.status = 'suspect' as integer) as suspect_report_count,
        cast(
            reports.status = 'accepted' and quarantined.document_id is not null as integer
        ) as quarantined_report_count,
        reports.expected_cell_count,
        reports.located_cell_count,
        reports.doubtful_cell_count
    from reports
    left join quarantined on reports.document_id = quarantined.document_id

),

counted_findings as (

    select
        findings.report_year,
        coalesce(reports.layout_key, 'none') as layout,
        coalesce(reports.template_key, 'none') as template,
        cast(findings.severity = 'error' as integer) as error_finding_count,
        cast(findings.severity = 'warning' as integer) as warning_finding_count,
        cast(findings.severity = 'info' as integer) as info_finding_count
    from findings
    left join reports on findings.document_id = reports.document_id

),

counted as (

    select * from counted_inputs
    union all by name
    select * from counted_reports
    union all by name
    select * from counted_findings

),

final as (

    select
        concat_ws('/', coalesce(cast(report_year as varchar), 'unknown'), layout, template) as quality_id,
        report_year,
        layout,
        template,
        cast(coalesce(sum(input_count), 0) as bigint) as input_count,
        cast(coalesce(sum(accepted_input_count), 0) as bigint) as accepted_input_count,
        cast(coalesce(sum(suspect_input_count), 0) as bigint) as suspect_input_count,
        cast(coalesce(sum(rejected_input_count), 0) as bigint) as rejected_input_count,
        cast(coalesce(sum(report_count), 0) as bigint) as report_count,
        cast(coalesce(sum(accepted_report_count), 0) as bigint) as accepted_report_count,
        cast(coalesce(sum(suspect_report_count), 0) as bigint) as suspect_report_count,
        cast(coalesce(sum(quarantined_report_count), 0) as bigint) as quarantined_report_count,
        cast(sum(expected_cell_count) as bigint) as expected_cell_count,
        cast(sum(located_cell_count) as bigint) as located_cell_count,
        cast(sum(doubtful_cell_count) as bigint) as doubtful_cell_count,
        cast(coalesce(sum(error_finding_count), 0) as bigint) as error_finding_count,
        cast(coalesce(sum(warning_finding_count), 0) as bigint) as warning_finding_count,
        cast(coalesce(sum(info_finding_count), 0) as bigint) as info_finding_count,
        sum(accepted_report_count) / nullif(sum(report_count), 0) as acceptance_share
    from counted
    group by report_year, layout, template

)

select * from final
