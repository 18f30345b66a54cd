{# Models of `materialized='incremental'` hold rows of the report year of one partition each, made from that partition alone. A
   build that begins with the tables of the last one makes again those of the partitions that changed since, as the
   orchestrator lists them beside the snapshot. Without the list, everything. #}

{% macro in_changed_partitions(column) -%}
    {%- if is_incremental() -%}
        {%- set folder = env_var('NIANBAO_STAGING', 'target/staging') | replace("'", "''") -%}
        {%- set file = folder ~ '/changed_partitions.parquet' -%}
        {%- if run_query("select file from glob('" ~ file ~ "')") | length == 0 -%}
            true
        {%- else -%}
            {%- set changed = run_query("select partition_key from read_parquet('" ~ file ~ "') order by all").columns[0].values() -%}
            coalesce({{ column }} in ('{{ changed | join("', '") }}'), false)
        {%- endif -%}
    {%- else -%}
        true
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
