{% macro check_limits() -%}
    {#- A run that sees a part of its input only never touches a warehouse that a whole build made:
        its few rows would be believed. -#}
    {%- for comment in catalog().comments.values() if limits() and "|" in comment -%}
        {{ exceptions.raise_compiler_error(
            "This run reads a part of its input only (" ~ limits() | join(", ") ~ "), and this "
            ~ "warehouse holds whole tables. Nothing was changed. Leave the flag out, or give such "
            ~ "runs a folder of their own in BENEFITS_DB_DIR."
        ) }}
    {%- endfor -%}
{%- endmacro %}


{% macro limits() -%}
    {#- The flags of this run that let it see a part of its input only, such as --empty. -#}
    {%- set flags_given = [] -%}
    {%- for name in ["empty", "sample", "event_time_start", "event_time_end"]
        if invocation_args_dict.get(name) -%}
        {%- do flags_given.append("--" ~ name | replace("_", "-")) -%}
    {%- endfor -%}
    {{ return(flags_given) }}
{%- endmacro %}
