with

results as (

    select * from {{ ref('stg_nianbao__gate_results') }}

),

final as (

    select
        run_id,
        judged_at,
        scope,
        suite,
        rule_id,
        rule_version,
        severity,
        report_year,
        verdict,
        is_blocking,
        is_accepted,
        observed_count,
        threshold_count,
        evaluated_count,
        reason,
        example_source,
        example_line,
        example_zh,
        example_en
    from results

)

select * from final
