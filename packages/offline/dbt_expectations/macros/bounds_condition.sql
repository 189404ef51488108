{% macro bounds_condition(expression, min_value=none, max_value=none, strictly=false) %}

{%- if min_value is none and max_value is none -%}
    {%- do exceptions.raise_compiler_error("a test of bounds needs min_value, max_value or both") -%}
{%- endif -%}

{%- set bounds = [] -%}
{%- if min_value is not none -%}
    {%- do bounds.append(expression ~ (' > ' if strictly else ' >= ') ~ min_value) -%}
{%- endif -%}
{%- if max_value is not none -%}
    {%- do bounds.append(expression ~ (' < ' if strictly else ' <= ') ~ max_value) -%}
{%- endif -%}

({{ bounds | join(' and ') }})

{%- endmacro %}
