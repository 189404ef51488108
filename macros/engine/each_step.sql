{% macro each_step(first, last, step) -%}
    {#- A row for each day, month or number from one to another, none where the last one is before
        the first: an expression of a select list. step: day, month or 1. -#}
    {{ return(adapter.dispatch("each_step", "benefits_warehouse")(first, last, step)) }}
{%- endmacro %}


{% macro default__each_step(first, last, step) -%}
    {%- if step == 1 -%}
        unnest(generate_series({{ first }}, {{ last }}))
    {%- else -%}
        unnest(generate_series({{ first }}, {{ last }}, interval 1 {{ step }}))::date
    {%- endif -%}
{%- endmacro %}


{% macro spark__each_step(first, last, step) -%}
    {%- set by = step if step == 1 else "interval 1 " ~ step -%}
    explode(
        case when {{ first }} <= {{ last }} then sequence({{ first }}, {{ last }}, {{ by }}) end
    )
{%- endmacro %}
