with

reports as (

    select * from {{ ref('int_reports_published') }}
    where is_main

),

final as (

    select
        agency_id,
        report_year,
        agency_name,
        agency_canonical_name,
        document_id
    from reports

)

select * from final
