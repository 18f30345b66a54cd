-- How well the inputs of each year were read.
select
    report_year,
    layout,
    template,
    input_count,
    accepted_input_count,
    suspect_input_count,
    rejected_input_count,
    report_count,
    accepted_report_count,
    suspect_report_count,
    quarantined_report_count,
    expected_cell_count,
    located_cell_count,
    doubtful_cell_count
from mart_quality
