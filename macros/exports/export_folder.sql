{% macro export_folder() -%}
    {#- Where exports go (var export_dir), relative to the project folder. -#}
    {{ return(var("export_dir") | string) }}
{%- endmacro %}
