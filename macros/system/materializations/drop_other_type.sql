{% macro drop_other_type(wanted) %}
    {#- `create or replace` can't turn a view into a table: drop what is there under another type.
        -#}
    {% set existing_relation = load_cached_relation(this) %}
    {% if existing_relation is not none and existing_relation.type != wanted %}
        {{ drop_relation_if_exists(existing_relation) }}
    {% endif %}
{% endmacro %}
