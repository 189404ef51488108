{% macro stamp_of(node) -%}
    {#- What a table was, and would now be, built from: {found, version, inputs}, each a string.

        `version` stands for what decides how rows are read and judged: code, settings, engine,
        reference seeds. `inputs` stands for the rows: loads of feeds and what erasure left of them,
        stamps of parent tables (views are looked through), the answers of enrichment. A table keeps
        its stamp as its comment, "version|inputs|…", so that both change in one transaction. Equal
        stamps mean equal tables, since no model asks the clock. -#}
    {%- set parents = {"relations": [], "versioned": [], "feeds": [], "counted": []} -%}
    {%- do find_inputs(node, parents) -%}
    {%- for feed in parents.feeds | unique -%}
        {%- do parents.counted.append(
            "concat(max(load_id), ':', count(*), ':', sum(landed)) from "
            ~ ops_relation("landing_ledger")
            ~ " where concat(source, '__', feed) = '" ~ feed ~ "' and status = 'loaded'"
        ) -%}
    {%- endfor -%}
    {%- set places = ["export_dir", "landing_zone", "change_origin"] -%}
    {%- set settings = {} -%}
    {%- for name, value in invocation_args_dict.get("vars", {}).items() if name not in places -%}
        {%- do settings.update({name: value}) -%}
    {%- endfor -%}
    {%- set query -%}
        with

        tables as (
            select
                '"' || database_name || '"."' || schema_name || '"."' || table_name || '"' as name,
                comment
            from duckdb_tables()
        )

        select
            coalesce(any_value(comment) filter (where name = '{{ relation_of_node(node) }}'), '')
                as found,
            md5(concat_ws(
                ',', getvariable('project_version'), '{{ local_md5(tojson(settings)) }}',
                string_agg(split_part(comment, '|', 1), ',' order by name) filter (
                    where name in ('{{ parents.versioned | unique | join("', '") }}')
                )
            )) as version,
            md5(concat_ws(
                ',',
                string_agg(comment, ',' order by name) filter (
                    where name in ('{{ parents.relations | unique | join("', '") }}')
                )
                {%- for count in parents.counted | unique %}, (select {{ count }}){% endfor %}
            )) as inputs
        from tables
    {%- endset -%}
    {{ return(run_query(query).rows[0]) }}
{%- endmacro %}
