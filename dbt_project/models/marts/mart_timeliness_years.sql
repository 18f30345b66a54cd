with

timeliness as (

    select * from {{ ref('mart_timeliness') }}

),

final as (

    select
        concat_ws(
            '/', report_year, coalesce(agency_level, 'unknown'), coalesce(agency_kind, 'unknown')
        ) as timeliness_year_id,
        report_year,
        agency_level,
        agency_kind,
        count(*) as report_count,
        count(days_late) as judged_report_count,
        count(*) filter (where timeliness = 'on_time') as on_time_report_count,
        count(*) filter (where timeliness = 'on_time') / nullif(count(days_late), 0) as on_time_share,
        cast(median(days_late) as double) as median_days_late,
        max(days_late) as most_days_late
    from timeliness
    group by report_year, agency_level, agency_kind

)

select * from final
