{#- See materialization_table: replaced in one statement, and left alone where it is this view
    already and what it reads has the same columns, which a view remembers. Its comment is "view
    <SQL> <SQL with its places and what it reads>": the tables below go by the first. -#}
{% materialization view, adapter="duckdb" %}
    {% set target_relation = this.incorporate(type="view") %}
    {% set reads = [sql, inputs_of(model).rules] %}
    {% for relation in parents_of(model).tables %}
        {% do reads.append(catalog().comments.get(relation, "").split("|")[0]) %}
    {% endfor %}
    {% set comment = "view " ~ code_of(model, sql) ~ " " ~ local_md5(reads | join) %}
    {% if not flags.FULL_REFRESH and catalog().comments.get(this | string) == comment %}
        {% call noop_statement("main", "UNCHANGED") %} {{ sql }} {% endcall %}
        {{ return({"relations": [target_relation]}) }}
    {% endif %}
    {{ drop_other_type("view") }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% call statement("main") %}
        create or replace view {{ target_relation }} as (
            {{ sql }}
        );
    {% endcall %}
    {% do write_comment("view", target_relation, comment) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}
