{% macro restricted_folder() -%}
    {#- The folder of what is restricted, as the engine sees it: that of the warehouse; of Spark
        BENEFITS_SPARK_RESTRICTED where that is set, such as s3a://bucket/restricted. -#}
    {%- set here = env_var("BENEFITS_DB_DIR", "warehouse") ~ "/restricted" -%}
    {{ return(
        env_var("BENEFITS_SPARK_RESTRICTED", here) if target.type == "spark" else here
    ) }}
{%- endmacro %}
