with

judged as (

    select * from {{ source('corpus', 'decisions') }}

),

final as (

    select
        cast(decision_id as varchar) as decision_id,
        cast(file as varchar) as file,
        cast(line as integer) as line,
        cast(document_id as varchar) as document_id,
        cast(source as varchar) as source,
        cast(report_year as integer) as report_year,
        cast("table" as varchar) as table_key,
        cast("row" as varchar) as row_key,
        cast("column" as varchar) as column_key,
        cast(rule_id as varchar) as rule_id,
        cast(decision as varchar) as decision,
        try_cast(decided_value as decimal(20, 6)) as decided_value,
        cast(printed as varchar) as printed,
        cast(reason as varchar) as reason,
        cast(decided_by as varchar) as decided_by,
        cast(decided_on as date) as decided_on,
        cast(status as varchar) as status,
        cast(detail_zh as varchar) as detail_zh,
        cast(detail_en as varchar) as detail_en
    from judged

)

select * from final
