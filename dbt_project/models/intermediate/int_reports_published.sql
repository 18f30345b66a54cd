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
        report_year,
        template,
        layout,
        published_date
    from screened
    where reasons is null

)

select * from final
