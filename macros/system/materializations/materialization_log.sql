{#- A log: its rows replace those of the same unique_key where it has one, and columns that are new
    are added. What a Python model writes is made from its first rows, and --full-refresh begins it
    anew unless full_refresh is false. What a query writes, which may read the table itself, is made
    from its contract, and kept. With meta.waits_for_change it is left alone while its query and all
    that this reads are as they were when it was written last, the time of the run aside.
    dbt's own incremental can't rest, and would leave what a Python model returned in schema main of
    the file that is published. -#}
{% materialization log, adapter="duckdb", supported_languages=["sql", "python"] %}
    {% set target_relation = this.incorporate(type="table") %}
    {% set batch = this.incorporate(path={"identifier": this.identifier ~ "__batch"}) %}
    {% set state = log_state(sql) %}
    {% if config.meta_get("waits_for_change") and not flags.FULL_REFRESH
        and catalog().comments.get(target_relation | string) == state %}
        {% call noop_statement("main", "UNCHANGED") %} {{ sql }} {% endcall %}
        {{ return({"relations": [target_relation]}) }}
    {% endif %}
    {% do run_query("drop table if exists " ~ batch) %} {# a killed run may have left it #}
    {% if model.language == "python" %}
        {% if should_full_refresh() %}
            {% do run_query("drop table if exists " ~ target_relation) %}
        {% endif %}
        {% call statement("python", language="python") %}
            {{- create_table_as(false, batch, compiled_code, "python") }}
        {% endcall %}
    {% else %}
        {% do run_query(hook_table_ddl(model)) %}
    {% endif %}
    {% call statement("main") %}
        {%- if model.language == "python" %}
        create table if not exists {{ target_relation }} as (from {{ batch }} where false);
        {%- for column in adapter.get_columns_in_relation(batch) %}
        alter table {{ target_relation }}
        add column if not exists {{ adapter.quote(column.name) }} {{ column.data_type }};
        {%- endfor %}
        {%- else %}
        {{ get_assert_columns_equivalent(sql) }}
        create table {{ batch }} as (
            {{ sql }}
        );
        {%- endif %}
        {{ replace_rows(target_relation, batch) }}
        drop table {{ batch }};
    {% endcall %}
    {% if config.meta_get("waits_for_change") and not limits() %}
        {% do write_comment("table", target_relation, state) %}
    {% else %}
        {% do catalog().comments.update({target_relation | string: ""}) %}
    {% endif %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}


{% macro replace_rows(relation, batch) -%}
    {#- The statements that put the rows of a batch into a log. -#}
    {%- set key = config.get("unique_key") -%}
    {%- set columns = [key] if key is string else key -%}
    {%- if key %}
    delete from {{ relation }}
    where ({{ columns | join(", ") }}) in (
        select ({{ columns | join(", ") }}) from {{ batch }}
    );
    {%- endif %}
    insert into {{ relation }} by name (from {{ batch }});
{%- endmacro %}


{% macro log_state(sql) -%}
    {#- What a log is written from: its query but for the time of the run, and its inputs. -#}
    {%- set now = run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") -%}
    {%- set inputs = inputs_of(model) -%}
    {{ return("log " ~ local_md5([sql | replace(now, ""), inputs.rules, inputs.inputs] | join)) }}
{%- endmacro %}
