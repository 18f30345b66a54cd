with

staged as (

    select * from {{ source('staging', 'outcomes') }}

),

final as (

    select
        cast(source as varchar) as source,
        cast(document_id as varchar) as document_id,
        cast(report_year as integer) as report_year,
        cast(status as varchar) as status,
        cast(issue as varchar) as issue,
        cast(detail as varchar) as detail
    from staged

)

select * from final
