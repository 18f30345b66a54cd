with

groups as (

    select * from {{ ref('int_request_groups_summed') }}

),

received as (

    select
        document_id,
        column_key,
        whole_value
    from {{ ref('int_cells_published') }}
    where table_key = 'requests' and row_key = 'new_received'

),

outcomes as (

    select
        document_id,
        max(request_count) filter (where request_group = 'new_received') as new_received_count,
        max(request_count) filter (where request_group = 'carried_over') as carried_over_count,
        max(request_count) filter (where request_group = 'total_processed') as processed_count,
        max(request_count) filter (where request_group = 'carried_forward') as carried_forward_count,
        max(request_count) filter (where request_group = 'granted') as granted_count,
        max(request_count) filter (where request_group = 'partly_granted') as partly_granted_count,
        max(request_count) filter (where request_group = 'denied') as denied_count,
        max(request_count) filter (where request_group = 'unavailable') as unavailable_count,
        max(request_count) filter (where request_group = 'not_processed') as not_processed_count,
        max(request_count) filter (where request_group = 'other_processed') as other_processed_count
    from groups
    group by document_id

),

-- 自然人 against the five kinds of 法人或其他组织, which must all have a figure.
applicants as (

    select
        document_id,
        max(whole_value) filter (where column_key = 'natural_person') as natural_person_count,
        max(whole_value) filter (where column_key = 'commercial_enterprise')
        + max(whole_value) filter (where column_key = 'research_institution')
        + max(whole_value) filter (where column_key = 'social_organization')
        + max(whole_value) filter (where column_key = 'legal_service')
        + max(whole_value) filter (where column_key = 'other_organization') as organization_count
    from received
    group by document_id

),

final as (

    select
        outcomes.*,
        applicants.natural_person_count,
        applicants.organization_count
    from outcomes
    left join applicants on outcomes.document_id = applicants.document_id

)

select * from final
