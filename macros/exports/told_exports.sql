{% macro told_exports() -%}
    {#- Query of the line of the summary about an export that leaves something out. -#}
    {%- set most = var("export_max_rows") | int -%}
    select format(
        '                       validation_errors.csv has {:,} of {:,} rows: the withheld ones '
        || 'first, then the newest (var export_max_rows); validation_errors.parquet has all',
        {{ most }}, count(*)
    )
    from {{ relation_of("validation_errors") }}
    having count(*) > {{ most }}
{%- endmacro %}
