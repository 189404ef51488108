{% macro check_senders() -%}
    {#- A wrong line of the seeds sender_settings and delivery_decisions stops the run before
        anything changes, with its place and the remedy (python/benefits_warehouse/senders.py). -#}
    {%- set names = "'" ~ feeds().keys() | join("', '") ~ "'" -%}
    {%- set snapshots = [] -%}
    {%- for name, feed in feeds().items() if feed.mode == "snapshot" -%}
        {%- do snapshots.append("'" ~ name ~ "'") -%}
    {%- endfor -%}
    {%- set query = "select sender_problems([" ~ names ~ "], [" ~ snapshots | join(", ") ~ "])" -%}
    {%- set told = run_query(query).rows[0][0] -%}
    {%- if told -%}
        {{ exceptions.raise_compiler_error("Nothing was changed. Fix the seeds: " ~ told) }}
    {%- endif -%}
{%- endmacro %}
