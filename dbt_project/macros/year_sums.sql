{#
    The aggregates of mart_years and mart_year_scopes over the figures of reports. A blank adds nothing; an overall share is taken over
    the reports that have that share.
#}
{% macro year_sums() -%}
    {%- set counts = [
        'new_received_count', 'carried_over_count', 'processed_count', 'carried_forward_count', 'granted_count',
        'partly_granted_count', 'denied_count', 'unavailable_count', 'not_processed_count', 'other_processed_count',
        'review_count', 'litigation_count'
    ] -%}
    {%- for count in counts %}
        cast(sum({{ count }}) as bigint) as {{ count }},
    {%- endfor %}
    {%- set shares = [
        ('disclosure_share', 'disclosed_count', 'processed_count'),
        ('denial_share', 'denied_count', 'processed_count'),
        ('completion_share', 'processed_count', 'accepted_request_count'),
        ('review_correction_share', 'review_corrected_count', 'review_concluded_count'),
        ('litigation_correction_share', 'litigation_corrected_count', 'litigation_concluded_count')
    ] -%}
    {%- for share, part, whole in shares %}
        sum({{ part }}) filter (where {{ share }} is not null)
        / nullif(sum({{ whole }}) filter (where {{ share }} is not null), 0) as {{ share }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
