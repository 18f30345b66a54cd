-- What only one form asks stays null for reports on the other.
select
    document_id,
    template
from {{ ref('mart_agency_years') }}
where
    (
        template = '2019'
        and (
            fee_10k_yuan is not null
            or regulation_in_force_count is not null
            or normative_document_in_force_count is not null
        )
    )
    or (
        template = '2021'
        and (
            regulation_disclosed_total_count is not null
            or normative_document_disclosed_total_count is not null
        )
    )
