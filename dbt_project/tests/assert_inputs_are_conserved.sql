-- Every input is counted once in mart_quality: inputs = accepted + suspect + rejected.
with

staged as (

    select count(*) as input_count from {{ ref('stg_nianbao__outcomes') }}

),

counted as (

    select
        coalesce(sum(input_count), 0) as input_count,
        coalesce(sum(accepted_input_count + suspect_input_count + rejected_input_count), 0) as outcome_count
    from {{ ref('mart_quality') }}

)

select
    staged.input_count as staged_count,
    counted.input_count,
    counted.outcome_count
from staged
cross join counted
where
    staged.input_count <> counted.input_count
    or staged.input_count <> counted.outcome_count
