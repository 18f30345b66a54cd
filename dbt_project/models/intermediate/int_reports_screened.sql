with

reports as (

    select * from {{ ref('stg_nianbao__reports') }}

),

outcomes as (

    select * from {{ ref('stg_nianbao__outcomes') }}

),

findings as (

    select * from {{ ref('stg_nianbao__findings') }}

),

rules as (

    select * from {{ ref('rules') }}

),

decisions as (

    select * from {{ ref('int_decisions_applied') }}
    where subject <> 'cell'

),

decided_reports as (

    select
        document_id,
        decision
    from decisions
    where subject = 'report'

),

sightings as (

    select
        document_id,
        min(source) as source,
        count(*) as sighting_count
    from outcomes
    where document_id is not null
    group by document_id

),

rule_reasons as (

    select
        findings.document_id,
        string_agg(distinct 'rule:' || findings.rule_id, ', ' order by 'rule:' || findings.rule_id) as reasons
    from findings
    inner join rules on findings.rule_id = rules.rule_id
    left join decisions
        on
            findings.document_id = decisions.document_id
            and findings.rule_id = decisions.rule_id
    where
        findings.verdict = 'failed'
        and findings.document_id is not null
        and rules.on_failure = 'quarantine'
        and decisions.document_id is null
    group by findings.document_id

),

final as (

    select
        reports.document_id,
        reports.report_year,
        reports.agency_id,
        reports.agency_name,
        reports.agency_canonical_name,
        reports.region_code,
        reports.agency_level,
        reports.agency_kind,
        reports.report_scope,
        reports.template,
        reports.layout,
        reports.status,
        reports.issue,
        reports.published_date,
        reports.title,
        reports.written_date,
        reports.index_number,
        reports.document_number,
        reports.site_code,
        sightings.source,
        coalesce(sightings.sighting_count, 0) as sighting_count,
        decided_reports.decision,
        case
            when decided_reports.decision = 'exclude' then 'decision:exclude'
            when
                decided_reports.decision is null
                or decided_reports.decision <> 'accept'
                or reports.agency_id is null
                or reports.report_year is null
                then nullif(
                    concat_ws(
                        ', ',
                        case
                            when reports.status <> 'accepted' then reports.status || coalesce(':' || reports.issue, '')
                        end,
                        case when reports.agency_id is null then 'no_agency' end,
                        case when reports.report_year is null then 'no_report_year' end,
                        rule_reasons.reasons
                    ),
                    ''
                )
        end as reasons
    from reports
    left join sightings on reports.document_id = sightings.document_id
    left join rule_reasons on reports.document_id = rule_reasons.document_id
    left join decided_reports on reports.document_id = decided_reports.document_id

)

select * from final
