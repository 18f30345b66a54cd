with

screened as (

    select * from {{ ref('int_reports_screened') }}

),

final as (

    select
        document_id,
        source,
        agency_id,
        agency_name,
        agency_canonical_name,
        region_code,
        agency_level,
        agency_kind,
        report_scope,
        report_year,
        template,
        layout,
        published_date,
        title,
        written_date,
        index_number,
        document_number,
        site_code,
        coalesce(decision = 'accept', false) as is_let_in
    from screened
    where reasons is null

)

select * from final
