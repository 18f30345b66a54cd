-- Every failed finding is counted once in mart_quality.
with

counted as (

    select coalesce(sum(error_finding_count + warning_finding_count + info_finding_count), 0) as finding_count
    from {{ ref('mart_quality') }}

),

listed as (

    select count(*) as finding_count from {{ ref('fct_findings') }}

)

select
    counted.finding_count,
    listed.finding_count as listed_count
from counted
cross join listed
where counted.finding_count <> listed.finding_count
