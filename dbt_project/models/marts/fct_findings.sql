with

findings as (

    select * from {{ ref('stg_nianbao__findings') }}
    where verdict = 'failed'

),

rules as (

    select * from {{ ref('dim_rules') }}

),

published as (

    select * from {{ ref('int_reports_published') }}

),

accepted as (

    select
        document_id,
        rule_id
    from {{ ref('int_decisions_applied') }}
    where subject = 'rule'

),

-- A subject normally fails a rule once; the number keeps the key unique when it does so twice.
numbered as (

    select
        *,
        concat_ws(
            '/', rule_id, coalesce(cast(report_year as varchar), 'unknown'), coalesce(document_id, 'partition'),
            coalesce(table_key, ''), coalesce(row_key, ''), coalesce(column_key, '')
        ) as subject,
        row_number() over (
            partition by rule_id, report_year, document_id, table_key, row_key, column_key
            order by source, line, raw, lhs, rhs, agency_id, message_en, message_zh, evidence_cells
        ) as subject_number
    from findings

),

final as (

    select
        md5(numbered.subject || '#' || numbered.subject_number) as finding_id,
        numbered.rule_id,
        rules.title_zh as rule_title_zh,
        rules.title_en as rule_title_en,
        numbered.rule_version,
        numbered.severity,
        numbered.cause,
        numbered.document_id,
        numbered.source,
        numbered.line,
        numbered.agency_id,
        numbered.report_year,
        numbered.table_key,
        numbered.row_key,
        numbered.column_key,
        numbered.raw,
        numbered.lhs,
        numbered.rhs,
        numbered.residual,
        numbered.message_zh,
        numbered.message_en,
        numbered.evidence_cells,
        published.document_id is not null as is_published,
        accepted.document_id is not null as is_accepted
    from numbered
    left join rules on numbered.rule_id = rules.rule_id
    left join published on numbered.document_id = published.document_id
    left join accepted
        on
            numbered.document_id = accepted.document_id
            and numbered.rule_id = accepted.rule_id

)

select * from final
