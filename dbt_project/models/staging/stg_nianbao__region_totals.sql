with

staged as (

    select * from {{ source('corpus', 'region_totals') }}

),

final as (

    select
        cast(document_id as varchar) as document_id,
        cast(report_year as integer) as report_year,
        cast(agency_id as varchar) as agency_id,
        cast(report_scope as varchar) as report_scope,
        cast("table" as varchar) as table_key,
        cast("row" as varchar) as row_key,
        cast("column" as varchar) as column_key,
        {{ whole('reported_value') }} as reported_count,
        cast(raw as varchar) as raw,
        cast(line as integer) as line,
        {{ whole('own_office_value') }} as own_office_count,
        {{ whole('children_value') }} as children_count,
        {{ whole('largest_child_value') }} as largest_child_count,
        cast(largest_child_name as varchar) as largest_child_name,
        cast(children_expected as integer) as children_expected,
        cast(children_present as integer) as children_present,
        cast(children_counted as integer) as children_counted,
        cast(missing_children as varchar) as missing_children,
        cast(unread_children as varchar) as unread_children,
        cast(status as varchar) as status,
        cast(reason as varchar) as reason
    from staged

)

select * from final
