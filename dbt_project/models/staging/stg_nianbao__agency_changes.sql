with

staged as (

    select * from {{ source('corpus', 'agency_changes') }}

),

final as (

    select
        cast(predecessor_id as varchar) as predecessor_id,
        cast(successor_id as varchar) as successor_id,
        cast(first_report_year as integer) as first_report_year,
        cast(change_kind as varchar) as change_kind,
        cast(predecessor_name as varchar) as predecessor_name,
        cast(successor_name as varchar) as successor_name,
        cast(source as varchar) as source
    from staged

)

select * from final
