with

quarantined as (

    select * from {{ ref('int_reports_quarantined') }}

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
        status,
        issue,
        reasons
    from quarantined

)

select * from final
