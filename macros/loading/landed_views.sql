{% macro landed_views(ledger) -%}
    {#- The statements that make the views of landed rows, which others read as dbt sources: what
        the ledger does last. Their comments are as those of models that are views, so that tables
        follow them. -#}
    {%- set folder = env_var("BENEFITS_DB_DIR", "warehouse") ~ "/restricted" -%}
    {%- for name in ["landing_files", "landing_seen"] if execute -%}
        {%- set table = ledger.incorporate(path={"identifier": name}) -%}
        {%- do catalog().comments.update({table | string: ""}) -%}
    {%- endfor -%}
    {%- for feed in feeds().values() if execute %}
    {%- set view = ledger.incorporate(path={"identifier": feed.landed}, type="view") -%}
    {%- set query = landed_rows(feed, ledger, folder) -%}
    {%- set comment = "view " ~ local_md5(query.replace(folder, "restricted")) -%}
    {%- do catalog().comments.update({view | string: comment}) %}
    create or replace view {{ view }} as (
        {{ query }}
    );
    comment on view {{ view }} is '{{ comment }}';
    {%- endfor %}
{%- endmacro %}
