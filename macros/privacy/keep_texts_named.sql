{% macro keep_texts_named() -%}
    {#- Keeps which texts int_texts_named has before this run, for note_texts_named. -#}
    create or replace temp table texts_named_before as
    {% if this | string in catalog().comments -%}
    select text from {{ this }}
    {%- else -%}
    select null::varchar as text
    where false
    {%- endif %}
{%- endmacro %}
