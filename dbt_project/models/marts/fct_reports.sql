with

reports as (

    select * from {{ ref('int_reports_published') }}

),

final as (

    select
        document_id,
        source,
        report_year,
        agency_id,
        agency_name,
        agency_canonical_name,
        region_code,
        agency_level,
        agency_kind,
        report_scope,
        title,
        published_date,
        written_date,
        index_number,
        document_number,
        site_code,
        template,
        layout
    from reports

)

select * from final
