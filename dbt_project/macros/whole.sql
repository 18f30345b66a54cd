{# A figure as an integer; null where it has a fraction. #}
{% macro whole(figure) -%}
    case when {{ figure }} = trunc({{ figure }}) then cast({{ figure }} as bigint) end
{%- endmacro %}
