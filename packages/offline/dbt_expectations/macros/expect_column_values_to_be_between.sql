{% test expect_column_values_to_be_between(
    model, column_name, min_value=none, max_value=none, row_condition=none, strictly=false
) %}

{%- if min_value is none and max_value is none -%}
    {%- do exceptions.raise_compiler_error("a test of bounds needs min_value, max_value or both") -%}
{%- endif -%}

{%- set bounds = [] -%}
{%- if min_value is not none -%}
    {%- do bounds.append(column_name ~ (" > " if strictly else " >= ") ~ min_value) -%}
{%- endif -%}
{%- if max_value is not none -%}
    {%- do bounds.append(column_name ~ (" < " if strictly else " <= ") ~ max_value) -%}
{%- endif -%}

with judged as (

    select {{ bounds | join(" and ") }} as expression
    from {{ model }}
    {% if row_condition -%} where {{ row_condition }} {%- endif %}

)

-- a condition that is null is not false: the row passes
select *
from judged
where not expression

{% endtest %}
