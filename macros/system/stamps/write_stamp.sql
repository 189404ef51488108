{% macro write_stamp(relation, stamp) -%}
    {#- The statement that notes on a table what it was built from, see stamp_of. -#}
    {%- set parts = [stamp["version"], stamp["inputs"]] -%}
    {%- for parent in increments_above(model) -%}
        {%- set query = "select coalesce(max(judged_in), 0) from " ~ relation_of_node(parent) -%}
        {%- do parts.append(parent.name ~ "=" ~ run_query(query).rows[0][0]) -%}
    {%- endfor -%}
    comment on table {{ relation }} is '{{ parts | join("|") }}';
{%- endmacro %}
