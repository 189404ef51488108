{% macro product_so_far(factor, order) -%}
    {#- The product of a column up to a row, that row included. order: of the rows, SQL. -#}
    {{ return(adapter.dispatch("product_so_far", "benefits_warehouse")(factor, order)) }}
{%- endmacro %}


{% macro default__product_so_far(factor, order) -%}
    product({{ factor }}) over (
            order by {{ order }} rows between unbounded preceding and current row
        )
{%- endmacro %}


{% macro spark__product_so_far(factor, order) -%}
    aggregate(
        collect_list({{ factor }}) over (
            order by {{ order }} rows between unbounded preceding and current row
        ), 1::double, (product, one) -> product * one
    )
{%- endmacro %}
