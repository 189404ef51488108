{#- A log that a Python model writes: its rows replace those of the same unique_key where it has
    one, and columns that are new are added. --full-refresh begins it anew unless full_refresh is
    false. dbt's own incremental would leave what the model returned in schema main of the file that
    is published. -#}
{% materialization log, adapter="duckdb", supported_languages=["python"] %}
    {% set target_relation = this.incorporate(type="table") %}
    {% set batch = this.incorporate(path={"identifier": this.identifier ~ "__batch"}) %}
    {% do run_query("drop table if exists " ~ batch) %} {# a killed run may have left it #}
    {% if should_full_refresh() %}
        {% do run_query("drop table if exists " ~ target_relation) %}
    {% endif %}
    {% call statement("python", language="python") %}
        {{- create_table_as(false, batch, compiled_code, "python") }}
    {% endcall %}
    {% call statement("main") %}
        create table if not exists {{ target_relation }} as (from {{ batch }} where false);
        {%- for column in adapter.get_columns_in_relation(batch) %}
        alter table {{ target_relation }}
        add column if not exists {{ adapter.quote(column.name) }} {{ column.data_type }};
        {%- endfor %}
        {%- if config.get("unique_key") %}
        delete from {{ target_relation }}
        where {{ config.get("unique_key") }} in (
            select {{ config.get("unique_key") }} from {{ batch }}
        );
        {%- endif %}
        insert into {{ target_relation }} by name (from {{ batch }});
        drop table {{ batch }};
    {% endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {% do catalog().comments.update({target_relation | string: ""}) %}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}
