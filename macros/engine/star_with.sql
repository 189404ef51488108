{% macro star_with(star, columns, without=[]) -%}
    {#- All columns of a star, some of them replaced, some left out. Their order is the engine's:
        name them where it matters.
        columns: {column: SQL}. -#}
    {{ return(adapter.dispatch("star_with", "benefits_warehouse")(star, columns, without)) }}
{%- endmacro %}


{% macro default__star_with(star, columns, without=[]) -%}
    {{ star }}{{ " exclude (" ~ without | join(", ") ~ ")" if without }} replace (
        {%- for column, value in columns.items() %}
        {{ value }} as {{ column }}{{ "," if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}


{% macro spark__star_with(star, columns, without=[]) -%}
    {{ star }} except ({{ (without + columns.keys() | list) | join(", ") }})
    {%- for column, value in columns.items() %},
    {{ value }} as {{ column }}
    {%- endfor %}
{%- endmacro %}
