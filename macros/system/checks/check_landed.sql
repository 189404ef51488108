{% macro check_landed() -%}
    {#- Stops a run before anything changes where a landed file that the ledger names is lost or
        damaged (python/benefits_warehouse/landing/intact.py): what it held would be gone from the
        marts without a word. A snapshot's rows are in the file of its first part. -#}
    {%- set ledger = relation_of("landing_ledger") -%}
    {%- if ledger | string in catalog().comments -%}
        {%- set query -%}
            with

            loaded as (
                select * from {{ ledger }} where status = 'loaded'
            ),

            landed as (
                select format('{}/{}/{}-{}.parquet', source, feed, load_id, file_id) as path
                from loaded
                qualify mode = 'delta' or file_id = min(file_id) over (partition by load_id)
                union all
                select format('rejected_lines/{}-{}.parquet', load_id, file_id)
                from loaded
                where rejected > 0
            )

            select unnest(damaged_files(list(path order by path))) from landed
        {%- endset -%}
        {%- set problems = run_query(query).columns[0].values() -%}
        {%- if problems -%}
            {{ exceptions.raise_compiler_error(
                (problems | length) ~ " landed files are not what was landed: "
                ~ problems[:5] | join(", ") ~ ". Nothing was changed. Put the folder restricted/ "
                ~ "and the file restricted.duckdb back from one backup, or load the landing zone "
                ~ "into an empty folder (BENEFITS_DB_DIR)."
            ) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
