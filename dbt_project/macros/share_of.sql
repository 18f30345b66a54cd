{#
    A share, 0–1. Null without a base, without a figure for either term, and when the printed figures contradict each other
    (a part larger than its whole): such a quotient is no share.
#}
{% macro share_of(part, whole) -%}
    case when {{ part }} between 0 and {{ whole }} then {{ part }} / nullif({{ whole }}, 0) end
{%- endmacro %}
