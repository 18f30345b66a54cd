-- A rule counts once per report, however many cells fail it: an error 3, a warning 1, an info 0. What does not apply
-- counts on neither side.
with

reports as (

    select * from {{ ref('stg_nianbao__reports') }}

),

screened as (

    select
        document_id,
        source,
        reasons
    from {{ ref('int_reports_screened') }}

),

verdicts as (

    select
        document_id,
        rule_id,
        max(case severity when 'error' then 3 when 'warning' then 1 else 0 end) as weight,
        bool_or(verdict = 'failed') as is_failed,
        bool_or(verdict = 'failed' and cause = 'source') as is_slip
    from {{ ref('stg_nianbao__findings') }}
    where document_id is not null and verdict in ('passed', 'failed')
    group by document_id, rule_id

),

scores as (

    select
        document_id,
        count(*) as assessed_rule_count,
        count(*) filter (where is_failed) as failed_rule_count,
        count(*) filter (where is_failed and weight = 3) as failed_error_rule_count,
        count(*) filter (where is_slip) as source_error_rule_count,
        1 - sum(weight) filter (where is_failed) / nullif(sum(weight), 0) as partial_share,
        sum(weight) as assessed_weight
    from verdicts
    group by document_id

),

final as (

    select
        reports.document_id,
        reports.agency_id,
        reports.agency_name,
        reports.report_year,
        screened.source,
        reports.region_code,
        reports.agency_level,
        reports.agency_kind,
        reports.template,
        reports.status,
        reports.issue,
        screened.reasons is null as is_published,
        screened.reasons,
        reports.expected_cell_count,
        reports.located_cell_count,
        reports.doubtful_cell_count,
        {{ share_of('reports.located_cell_count', 'reports.expected_cell_count') }} as cell_share,
        coalesce(scores.assessed_rule_count, 0) as assessed_rule_count,
        coalesce(scores.failed_rule_count, 0) as failed_rule_count,
        coalesce(scores.failed_error_rule_count, 0) as failed_error_rule_count,
        coalesce(scores.source_error_rule_count, 0) as source_error_rule_count,
        case when scores.assessed_weight > 0 then coalesce(scores.partial_share, 1) end as quality_share
    from reports
    inner join screened on reports.document_id = screened.document_id
    left join scores on reports.document_id = scores.document_id

)

select * from final
