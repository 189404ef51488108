{% test unique_combination_of_columns(model, combination_of_columns, quote_columns=false) %}

{%- set key_columns = [] -%}
{%- for column in combination_of_columns -%}
    {%- do key_columns.append(adapter.quote(column) if quote_columns else column) -%}
{%- endfor -%}
{%- set key = key_columns | join(', ') -%}

-- grouping, unlike a comparison, holds nulls for equal: two rows with the same null in their key fail
select {{ key }}
from {{ model }}
group by {{ key }}
having count(*) > 1

{% endtest %}
