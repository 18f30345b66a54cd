{{ config(materialized='view') }}

-- The cells of the four fact tables under the keys of staging, for the tests that compare the two.
with

requests as (

    select
        document_id,
        'requests' as table_key,
        row_key,
        column_key,
        printed_value,
        raw,
        line,
        is_printed,
        is_decided,
        request_count is not null as is_counted
    from {{ ref('fct_requests') }}

),

disputes as (

    select
        document_id,
        'disputes' as table_key,
        row_key,
        column_key,
        printed_value,
        raw,
        line,
        is_printed,
        is_decided,
        case_count is not null as is_counted
    from {{ ref('fct_disputes') }}

),

disclosures as (

    select
        document_id,
        'proactive' as table_key,
        row_key,
        column_key,
        printed_value,
        raw,
        line,
        is_printed,
        is_decided,
        value is not null as is_counted
    from {{ ref('fct_proactive_disclosures') }}

),

statistics as (

    select
        document_id,
        'statistics' as table_key,
        indicator as row_key,
        column_key,
        printed_value,
        raw,
        line,
        is_printed,
        is_decided,
        value is not null as is_counted
    from {{ ref('fct_statistics') }}

),

final as (

    select * from requests
    union all
    select * from disputes
    union all
    select * from disclosures
    union all
    select * from statistics

)

select * from final
