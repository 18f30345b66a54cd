with

cells as (

    select
        document_id,
        row_key,
        column_key,
        whole_value
    from {{ ref('int_cells_published') }}
    where table_key = 'disputes'

),

by_row as (

    select
        document_id,
        row_key,
        max(whole_value) filter (where column_key = 'corrected') as corrected_count,
        max(whole_value) filter (where column_key = 'total') as total_count,
        max(whole_value) filter (where column_key = 'upheld')
        + max(whole_value) filter (where column_key = 'corrected')
        + max(whole_value) filter (where column_key = 'other') as concluded_count
    from cells
    group by document_id, row_key

),

final as (

    select
        document_id,
        max(total_count) filter (where row_key = 'review') as review_count,
        max(corrected_count) filter (where row_key = 'review') as review_corrected_count,
        max(concluded_count) filter (where row_key = 'review') as review_concluded_count,
        max(total_count) filter (where row_key = 'litigation_direct')
        + max(total_count) filter (where row_key = 'litigation_after_review') as litigation_count,
        max(corrected_count) filter (where row_key = 'litigation_direct')
        + max(corrected_count) filter (where row_key = 'litigation_after_review') as litigation_corrected_count,
        max(concluded_count) filter (where row_key = 'litigation_direct')
        + max(concluded_count) filter (where row_key = 'litigation_after_review') as litigation_concluded_count
    from by_row
    group by document_id

)

select * from final
