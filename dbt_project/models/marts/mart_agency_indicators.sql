-- Each indicator of each report with its status, the years before and its peers.
with

computed as (

    select * from {{ ref('int_indicators_computed') }}

),

indicators as (

    select
        indicator_id,
        kind,
        small_sample_size,
        string_split(comparable_templates, ',') as comparable_templates
    from {{ ref('dim_indicators') }}

),

reports as (

    select
        document_id,
        left(region_code, 2) as province_code,
        agency_level,
        agency_kind,
        report_scope
    from {{ ref('int_reports_published') }}

),

judged as (

    select
        computed.*,
        indicators.kind,
        indicators.small_sample_size,
        indicators.comparable_templates,
        reports.province_code,
        reports.agency_level,
        reports.agency_kind,
        reports.report_scope,
        case
            when not computed.is_on_form then 'not_in_template'
            when computed.numerator is null then 'missing_cells'
            when indicators.kind in ('count', 'money') then 'value'
            when computed.denominator is null then 'missing_cells'
            when computed.numerator < 0 or computed.denominator < 0 then 'contradictory'
            when indicators.kind = 'share' and computed.numerator > computed.denominator then 'contradictory'
            when computed.denominator = 0 then 'zero_denominator'
            else 'value'
        end as status
    from computed
    inner join indicators on computed.indicator_id = indicators.indicator_id
    inner join reports on computed.document_id = reports.document_id

),

valued as (

    select
        *,
        case
            when status <> 'value' then null
            when kind in ('count', 'money') then numerator
            else numerator / denominator
        end as indicator_value,
        case when small_sample_size is not null then sample_size < small_sample_size end as is_small_sample
    from judged

),

-- A series runs on where both reports have one scope and use one form, or forms that are comparable for the indicator.
chained as (

    select
        valued.*,
        before.indicator_value as previous_value,
        third.indicator_value as third_value
    from valued
    left join valued as before
        on
            valued.agency_id = before.agency_id
            and valued.indicator_id = before.indicator_id
            and valued.report_year = before.report_year + 1
            and valued.report_scope is not distinct from before.report_scope
            and (
                valued.template = before.template
                or (
                    list_contains(valued.comparable_templates, valued.template)
                    and list_contains(valued.comparable_templates, before.template)
                )
            )
    left join valued as third
        on
            valued.agency_id = third.agency_id
            and valued.indicator_id = third.indicator_id
            and valued.report_year = third.report_year + 3
            and valued.report_scope is not distinct from third.report_scope
            and (
                valued.template = third.template
                or (
                    list_contains(valued.comparable_templates, valued.template)
                    and list_contains(valued.comparable_templates, third.template)
                )
            )

),

-- Peers: same level, kind, province, scope and year. Whoever lacks one of them, or the value, has no peers.
ranked as (

    select
        document_id,
        indicator_id,
        count(*) over peers as peer_count,
        percent_rank() over (peers order by indicator_value) as peer_percentile
    from valued
    where
        indicator_value is not null
        and province_code is not null
        and agency_level is not null
        and agency_kind is not null
        and report_scope is not null
    window
        peers as (
            partition by indicator_id, report_year, province_code, agency_level, agency_kind, report_scope
        )

),

final as (

    select
        chained.agency_id,
        chained.report_year,
        chained.indicator_id,
        chained.document_id,
        chained.numerator,
        chained.denominator,
        chained.indicator_value,
        chained.status,
        chained.is_small_sample,
        chained.previous_value,
        chained.indicator_value - chained.previous_value as change,
        case
            when chained.kind in ('count', 'money') and chained.previous_value > 0
                then chained.indicator_value / chained.previous_value - 1
        end as change_ratio,
        case
            when chained.kind in ('count', 'money') and chained.indicator_value > 0 and chained.third_value > 0
                then pow(chained.indicator_value / chained.third_value, 1.0 / 3) - 1
        end as three_year_growth_ratio,
        ranked.peer_count,
        case when ranked.peer_count >= 5 then ranked.peer_percentile end as peer_percentile
    from chained
    left join ranked
        on
            chained.document_id = ranked.document_id
            and chained.indicator_id = ranked.indicator_id

)

select * from final
