{% macro spark_names() -%}
    {#- Functions that only have another name in Spark, and those that stand in schema `engine`, as
        macro spark_words has it. -#}
    {%- set names = {
        "array_to_string": "array_join",
        "date_add": "add_months",
        "epoch_us": "unix_micros",
        "error": "raise_error",
        "format": "format_string",
        "hash": "xxhash64",
        "len": "cardinality",
        "list": "collect_list",
        "list_contains": "array_contains",
        "list_distinct": "array_distinct",
        "list_filter": "filter",
        "list_sort": "sort_array",
        "list_transform": "transform",
        "row": "struct",
        "starts_with": "startswith",
        "string_split": "split",
        "strlen": "octet_length",
        "to_months": "int",
    } -%}
    {%- set found = [] -%}
    {%- for name, other in names.items() -%}
        {%- do found.append(["\\b" ~ name ~ "\\(", other ~ "("]) -%}
    {%- endfor -%}
    {%- do found.append(
        ["\\b(" ~ spark_functions() | join("|") ~ ")\\(", "engine.\\1("]
    ) -%}
    {{ return(found) }}
{%- endmacro %}
