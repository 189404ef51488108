{% macro list_of_distinct(value, condition="true") -%}
    {#- Aggregate: the distinct values of the rows that meet a condition as a sorted list, null
        without such rows. A null among them is in DuckDB's list only: what joins it leaves it out.
        -#}
    {{ return(adapter.dispatch("list_of_distinct", "benefits_warehouse")(value, condition)) }}
{%- endmacro %}


{% macro default__list_of_distinct(value, condition="true") -%}
    list_sort(list(distinct {{ value }})
    {{- " filter (where " ~ condition ~ ")" if condition != "true" }})
{%- endmacro %}


{% macro spark__list_of_distinct(value, condition="true") -%}
    if(
        count(*) filter (where {{ condition }}) > 0,
        sort_array(collect_set({{ value }}) filter (where {{ condition }})), null
    )
{%- endmacro %}
