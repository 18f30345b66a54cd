-- Each indicator of each report with its status, the years before and its peers.
with

-- Of reports of several scopes the narrowest stands for its agency.
main_reports as (

    select document_id from {{ ref('int_reports_published') }}
    where is_main

),

computed as (

    select indicators_computed.*
    from {{ ref('int_indicators_computed') }} as indicators_computed
    inner join main_reports on indicators_computed.document_id = main_reports.document_id

),

indicators as (

    select
        indicator_id,
        kind,
        small_sample_size
    from {{ ref('dim_indicators') }}

),

-- Peers: same level, kind, province, scope and year. Whoever lacks one of them has none.
reports as (

    select
        document_id,
        dense_rank() over (
            order by report_year, left(region_code, 2), agency_level, agency_kind, report_scope
        ) as peer_group
    from {{ ref('int_reports_published') }}
    where
        is_main
        and region_code is not null
        and agency_level is not null
        and agency_kind is not null
        and report_scope is not null

),

judged as (

    select
        computed.*,
        indicators.kind,
        reports.peer_group,
        case
            when not computed.is_on_form then 'not_in_template'
            when computed.numerator is null then 'missing_cells'
            when indicators.kind in ('count', 'money') then 'value'
            when computed.denominator is null then 'missing_cells'
            when computed.numerator < 0 or computed.denominator < 0 then 'contradictory'
            when indicators.kind = 'share' and computed.numerator > computed.denominator then 'contradictory'
            when computed.denominator = 0 then 'zero_denominator'
            else 'value'
        end as status,
        case
            when indicators.small_sample_size is not null then computed.sample_size < indicators.small_sample_size
        end as is_small_sample
    from computed
    inner join indicators on computed.indicator_id = indicators.indicator_id
    left join reports on computed.document_id = reports.document_id

),

ranked as (

    select
        document_id,
        indicator_id,
        count(*) over peers as peer_count,
        percent_rank() over (peers order by indicator_value) as peer_percentile
    from judged
    where indicator_value is not null and peer_group is not null
    window peers as (partition by indicator_id, peer_group)

),

final as (

    select
        judged.agency_id,
        judged.report_year,
        judged.indicator_id,
        judged.document_id,
        judged.numerator,
        judged.denominator,
        judged.indicator_value,
        judged.status,
        judged.is_small_sample,
        judged.previous_value,
        judged.indicator_value - judged.previous_value as change,
        case
            when judged.kind in ('count', 'money') and judged.previous_value > 0
                then judged.indicator_value / judged.previous_value - 1
        end as change_ratio,
        case
            when judged.kind in ('count', 'money') and judged.indicator_value > 0 and judged.third_value > 0
                then pow(judged.indicator_value / judged.third_value, 1.0 / 3) - 1
        end as three_year_growth_ratio,
        ranked.peer_count,
        case when ranked.peer_count >= 5 then ranked.peer_percentile end as peer_percentile
    from judged
    left join ranked
        on
            judged.document_id = ranked.document_id
            and judged.indicator_id = ranked.indicator_id

)

select * from final
