{% macro failing_expressions(model, expression, group_by=none, row_condition=none) %}

{%- set groups = group_by or [] -%}

with judged as (

    select
        {% for column in groups -%} {{ column }} as col_{{ loop.index }}, {% endfor -%}
        {{ expression }} as expression
    from {{ model }}
    {% if row_condition -%} where {{ row_condition }} {%- endif %}
    {% if groups -%} group by {{ groups | join(', ') }} {%- endif %}

)

-- an expression that is null is not false: the row passes
select *
from judged
where not expression

{% endmacro %}
