-- Every input of the latest scan in one of three states.
with

counts as (

    -- Only these columns: a column of mart_quality with the name of the new one would hide it.
    select
        report_year,
        accepted_input_count,
        suspect_input_count,
        rejected_input_count
    from mart_quality

)

select
    report_year,
    status,
    input_count
from counts
unpivot (
    input_count
    for status in (
        accepted_input_count as '1 完整读出',
        suspect_input_count as '2 有缺失或存疑',
        rejected_input_count as '3 不是年报或读不出'
    )
)
