-- Codes are re-used and regions move, so that every year has its own tree.
with

regions as (

    select * from {{ ref('regions') }}

),

years as (

    select report_year from {{ ref('dim_report_years') }}

),

in_force as (

    select
        regions.*,
        years.report_year
    from regions
    inner join years
        on
            regions.valid_from_year <= years.report_year
            and coalesce(regions.valid_to_year, years.report_year) >= years.report_year

),

final as (

    select
        in_force.region_code,
        in_force.report_year,
        in_force.region_name,
        concat_ws('', grandparents.region_name, parents.region_name, in_force.region_name) as region_full_name,
        in_force.region_level,
        in_force.parent_code,
        coalesce(grandparents.region_code, parents.region_code, in_force.region_code) as province_code,
        coalesce(grandparents.region_name, parents.region_name, in_force.region_name) as province_name,
        case
            when in_force.region_level = 'prefecture' then in_force.region_code
            when parents.region_level = 'prefecture' then parents.region_code
        end as prefecture_code,
        case
            when in_force.region_level = 'prefecture' then in_force.region_name
            when parents.region_level = 'prefecture' then parents.region_name
        end as prefecture_name,
        in_force.valid_from_year,
        in_force.valid_to_year,
        in_force.successor_code,
        in_force.change_kind
    from in_force
    left join in_force as parents
        on
            in_force.parent_code = parents.region_code
            and in_force.report_year = parents.report_year
    left join in_force as grandparents
        on
            parents.parent_code = grandparents.region_code
            and parents.report_year = grandparents.report_year

)

select * from final
