-- An accepted or suspect input has a report of that status; a rejected input has none; a report has an input.
select
    outcomes.source,
    coalesce(outcomes.document_id, reports.document_id) as document_id,
    outcomes.status as outcome_status,
    reports.status as report_status
from {{ ref('stg_nianbao__outcomes') }} as outcomes
full outer join {{ ref('stg_nianbao__reports') }} as reports on outcomes.document_id = reports.document_id
where outcomes.status is null or outcomes.status <> coalesce(reports.status, 'rejected')
