{% macro summary_changes() -%}
    {#- [line] about what changed in how rows are judged and in what is withheld. -#}
    {%- set versions = ops_relation("rule_versions") -%}
    {%- set history = ops_relation("quarantine_history") -%}
    {%- set query -%}
        select
            'judged anew         all rows, since these changed: '
            || string_agg(name, ', ' order by name)
        from {{ versions }}
        where
            run_id = getvariable('run_id')
            and exists (from {{ versions }} where run_id <> getvariable('run_id'))
        having count(*) > 0
        union all
        select
            rpad('no longer withheld', 20, ' ')
            || string_agg(format('{:,} {}', stays, outcome), ', ' order by outcome)
        from (
            select outcome, count(*) as stays from {{ history }}
            where left_run_id = getvariable('run_id')
            group by outcome
        )
        having count(*) > 0
    {%- endset -%}
    {%- set tables = existing_tables() -%}
    {%- set is_there = versions | string in tables and history | string in tables -%}
    {{ return(run_query(query).rows if is_there else []) }}
{%- endmacro %}
