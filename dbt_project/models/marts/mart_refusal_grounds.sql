with

cells as (

    select
        document_id,
        row_key,
        request_count
    from {{ ref('fct_requests') }}
    where column_key = 'total' and starts_with(row_key, 'denied_')

),

agency_years as (

    select * from {{ ref('mart_agency_years') }}

),

labels as (

    select distinct
        template,
        row_key,
        row_label
    from {{ ref('dim_template_cells') }}
    where table_key = 'requests'

),

final as (

    select
        agency_years.agency_id,
        agency_years.report_year,
        cells.row_key as ground,
        labels.row_label as ground_label,
        agency_years.document_id,
        agency_years.region_code,
        agency_years.agency_level,
        agency_years.agency_kind,
        agency_years.report_scope,
        cells.request_count,
        agency_years.denied_count,
        {{ share_of('cells.request_count', 'agency_years.denied_count') }} as denied_share,
        agency_years.denied_count < 30 as is_small_sample
    from cells
    inner join agency_years on cells.document_id = agency_years.document_id
    left join labels
        on
            agency_years.template = labels.template
            and cells.row_key = labels.row_key

)

select * from final
