{% test expression_is_true(model, expression, column_name=none) %}

{%- set condition = expression if column_name is none else column_name ~ ' ' ~ expression -%}

-- an expression that is null is not false, so that the row passes; whole rows only where they are to be stored
select {{ '*' if should_store_failures() else '1' }}
from {{ model }}
where not ({{ condition }})

{% endtest %}
