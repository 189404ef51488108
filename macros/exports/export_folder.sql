{% macro export_folder() -%}
    {#- Where exports go: var export_dir, else `exports` in the folder of the warehouse; those of
        the sample, whose warehouse nobody named, into `outputs` of the project. -#}
    {%- set folder = env_var("BENEFITS_DB_DIR", "") -%}
    {{ return(
        var("export_dir") | string or (folder ~ "/exports" if folder else "outputs")
    ) }}
{%- endmacro %}
