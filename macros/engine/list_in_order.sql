{% macro list_in_order(value, place, condition) -%}
    {#- Aggregate: the values of the rows that meet a condition as a list, in the order of place;
        null is the last place. Without such rows DuckDB's is null, Spark's empty. -#}
    {{ return(adapter.dispatch("list_in_order", "benefits_warehouse")(value, place, condition)) }}
{%- endmacro %}


{% macro default__list_in_order(value, place, condition) -%}
    list({{ value }} order by {{ place }}) filter (where {{ condition }})
{%- endmacro %}


{% macro spark__list_in_order(value, place, condition) -%}
    transform(
        array_sort(
            collect_list(
                {'unplaced': {{ place }} is null, 'place': {{ place }}, 'value': {{ value }}}
            ) filter (where {{ condition }})
        ), lambda one: one.value
    )
{%- endmacro %}
