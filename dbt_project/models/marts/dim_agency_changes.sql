with

changes as (

    select * from {{ ref('stg_nianbao__agency_changes') }}

),

final as (

    select
        predecessor_id,
        successor_id,
        first_report_year,
        change_kind,
        predecessor_name,
        successor_name,
        source
    from changes

)

select * from final
