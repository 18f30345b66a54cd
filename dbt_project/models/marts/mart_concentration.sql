-- I-26. Only reports of agencies on themselves: a total of the region would count them twice.
with

agency_years as (

    select
        report_year,
        region_code,
        agency_id,
        new_received_count
    from {{ ref('mart_agency_years') }}
    where report_scope = 'own' and region_code is not null and new_received_count is not null

),

ranked as (

    select
        *,
        row_number() over (
            partition by report_year, region_code
            order by new_received_count desc, agency_id asc
        ) as place
    from agency_years

),

summed as (

    select
        report_year,
        region_code,
        count(*) as agency_count,
        cast(sum(new_received_count) as bigint) as new_received_count,
        cast(sum(new_received_count) filter (where place <= 10) as bigint) as top_ten_count
    from ranked
    group by report_year, region_code

),

final as (

    select
        report_year,
        region_code,
        agency_count,
        new_received_count,
        top_ten_count,
        case when agency_count > 10 then top_ten_count / nullif(new_received_count, 0) end as top_ten_share
    from summed

)

select * from final
