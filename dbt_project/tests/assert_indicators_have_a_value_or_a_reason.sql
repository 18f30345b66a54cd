-- A status other than value goes with a null, and value never does.
select
    document_id,
    indicator_id,
    status,
    indicator_value
from {{ ref('mart_agency_indicators') }}
where (status = 'value') <> (indicator_value is not null)
