with

staged as (

    select * from {{ source('corpus', 'gate_results') }}

),

final as (

    select
        cast(run_id as varchar) as run_id,
        cast(judged_at as timestamp) as judged_at,
        cast(scope as varchar) as scope,
        cast(suite as varchar) as suite,
        cast(rule_id as varchar) as rule_id,
        cast(rule_version as integer) as rule_version,
        cast(severity as varchar) as severity,
        cast(report_year as integer) as report_year,
        cast(verdict as varchar) as verdict,
        cast(is_blocking as boolean) as is_blocking,
        cast(is_accepted as boolean) as is_accepted,
        cast(observed_count as bigint) as observed_count,
        cast(threshold_count as bigint) as threshold_count,
        cast(evaluated_count as bigint) as evaluated_count,
        cast(reason as varchar) as reason,
        cast(example_source as varchar) as example_source,
        cast(example_line as integer) as example_line,
        cast(example_zh as varchar) as example_zh,
        cast(example_en as varchar) as example_en
    from staged

)

select * from final
