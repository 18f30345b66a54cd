-- What the gates said the last time that they judged each suite.
with

latest as (

    select
        suite,
        max(judged_at) as judged_at
    from fct_gate_results
    group by suite

)

select
    case
        when results.scope = 'raw' then '扫描'
        when results.scope = 'staging' then concat(coalesce(cast(results.report_year as varchar), '不明'), ' 年度')
        when results.scope = 'marts' then '汇总表'
        else '与上次发布比较'
    end as suite,
    results.judged_at,
    results.report_year,
    case results.verdict
        when 'passed' then '1 通过'
        when 'failed' then '2 未通过'
        when 'errored' then '3 未能运行'
        else '4 不适用'
    end as verdict,
    results.rule_id
from fct_gate_results as results
inner join latest on results.suite = latest.suite and results.judged_at = latest.judged_at
