{#
    A quotient that may exceed 1. Null without a base, without a figure for either term, and when a printed figure is below 0.
#}
{% macro ratio_of(part, whole) -%}
    case when {{ part }} >= 0 and {{ whole }} >= 0 then {{ part }} / nullif({{ whole }}, 0) end
{%- endmacro %}
