{# Models of `materialized='incremental'` hold rows of the report year of one partition each, made from that partition
   alone. A build that begins with the tables of the last one makes again those of the partitions that changed since, as
   the orchestrator lists them beside the snapshot; without the list, everything. The tests that say
   `__changed_partitions__` look at these partitions only: the others passed them in the build that made them. #}

{# Names of the partitions; none: all of them. #}
{% macro list_changed_partitions() -%}
    {%- set folder = env_var('NIANBAO_STAGING', 'target/staging') | replace("'", "''") -%}
    {%- set file = folder ~ '/changed_partitions.parquet' -%}
    {%- if not execute or run_query("select file from glob('" ~ file ~ "')") | length == 0 -%}
        {{ return(none) }}
    {%- endif -%}
    {{ return(run_query("select partition_key from read_parquet('" ~ file ~ "') order by all").columns[0].values()) }}
{%- endmacro %}

{% macro in_changed_partitions(column) -%}
    {%- set changed = list_changed_partitions() if is_incremental() else none -%}
    {%- if changed is none -%}
        true
    {%- else -%}
        coalesce({{ column }} in ('{{ changed | join("', '") }}'), false)
    {%- endif -%}
{%- endmacro %}

{% macro clear_changed_partitions() -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where {{ in_changed_partitions('cast(report_year as varchar)') }}
    {%- endif -%}
{%- endmacro %}

{# The partition of a staging table's row. Constants compared with it leave the files of other partitions unread. #}
{% macro partition_of_file() -%}
    regexp_extract(filename, 'report_year=([a-z0-9]+)[.]parquet$', 1)
{%- endmacro %}

{# dbt's own macro, with a placeholder as its documentation shows. #}
{% macro get_where_subquery(relation) -%}
    {%- set where = config.get('where') or '' -%}
    {%- if '__changed_partitions__' in where -%}
        {%- set changed = list_changed_partitions() -%}
        {%- if changed is none -%}
            {%- set where = '' -%}
        {%- else -%}
            {%- set where = where | replace('__changed_partitions__', "('" ~ changed | join("', '") ~ "')") -%}
        {%- endif -%}
    {%- endif -%}
    {%- if where -%}
        (select * from {{ relation }} where {{ where }}) as dbt_subquery
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}
