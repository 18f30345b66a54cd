{#
    The figure of a region, year and scope: the sum of the agencies' own reports, but of a level or a whole region only what one
    report prints. A sum of which one part is not known is not known.
#}
{% macro sum_of_scope(figure) -%}
    case
        when (report_scope = 'own' or count(*) = 1) and count({{ figure }}) = count(*)
            then cast(sum({{ figure }}) as bigint)
    end
{%- endmacro %}
