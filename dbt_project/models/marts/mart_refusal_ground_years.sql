-- A region's total holds what its agencies report as well: sums are of one scope and level. A report of which one
-- ground has no figure counts for none.
with

grounds as (

    select * from {{ ref('mart_refusal_grounds') }}
    where denied_count is not null

),

final as (

    select
        concat_ws(
            '/', report_year, coalesce(report_scope, 'unknown'), coalesce(agency_level, 'unknown'), ground
        ) as refusal_ground_year_id,
        report_year,
        report_scope,
        agency_level,
        ground,
        max(ground_label) as ground_label,
        count(*) as report_count,
        count(*) filter (where request_count > 0) as using_report_count,
        cast(sum(request_count) as bigint) as request_count,
        cast(sum(denied_count) as bigint) as denied_count,
        {{ share_of('sum(request_count)', 'sum(denied_count)') }} as denied_share
    from grounds
    group by report_year, report_scope, agency_level, ground

)

select * from final
