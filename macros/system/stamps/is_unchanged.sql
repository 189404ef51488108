{% macro is_unchanged(stamp) -%}
    {#- True where a table is what it would become, so that it can be left alone. -#}
    {{ return(
        not flags.FULL_REFRESH
        and stamp["found"].split("|")[:2] == [stamp["version"], stamp["inputs"]]
    ) }}
{%- endmacro %}
