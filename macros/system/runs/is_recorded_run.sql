{% macro is_recorded_run() -%}
    {#- The commands that write to the warehouse have a run record; test, docs, compile and show
        have none. -#}
    {{ return(flags.WHICH in ["build", "run", "seed", "snapshot", "retry"]) }}
{%- endmacro %}
