with

cells as (

    select
        document_id,
        row_key as remedy,
        max(case_count) filter (where column_key = 'upheld') as upheld_count,
        max(case_count) filter (where column_key = 'corrected') as corrected_count,
        max(case_count) filter (where column_key = 'other') as other_count,
        max(case_count) filter (where column_key = 'pending') as pending_count,
        max(case_count) filter (where column_key = 'total') as case_count
    from {{ ref('fct_disputes') }}
    group by document_id, row_key

),

agency_years as (

    select * from {{ ref('mart_agency_years') }}

),

summed as (

    select
        *,
        upheld_count + corrected_count + other_count as concluded_count
    from cells

),

final as (

    select
        agency_years.agency_id,
        agency_years.report_year,
        summed.remedy,
        agency_years.document_id,
        agency_years.region_code,
        agency_years.agency_level,
        agency_years.agency_kind,
        agency_years.report_scope,
        summed.upheld_count,
        summed.corrected_count,
        summed.other_count,
        summed.pending_count,
        summed.case_count,
        summed.concluded_count,
        {{ share_of('summed.corrected_count', 'summed.concluded_count') }} as corrected_share,
        {{ share_of('summed.pending_count', 'summed.case_count') }} as pending_share,
        summed.concluded_count < 30 as is_small_sample
    from summed
    inner join agency_years on summed.document_id = agency_years.document_id

)

select * from final
