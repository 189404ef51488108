{% macro parents_of(node) -%}
    {#- What a node is built from: {feeds, rules, tables, ledger, enrichment}. `rules` are views and
        seeds, whose change touches every row; `tables` are tables with a stamp. Views, ephemeral
        models and logs are looked through to their own parents. A parent of a kind that is not
        known stops the run, since a stamp that passes it over would call a stale table up to
        date. -#}
    {%- set known = catalog().parents -%}
    {%- if node.unique_id not in known -%}
        {%- set found = {"feeds": [], "rules": [], "tables": [], "ledger": [], "enrichment": []} -%}
        {%- for parent_id in node.depends_on.nodes -%}
            {%- set parent = graph.nodes.get(parent_id) or graph.sources.get(parent_id) -%}
            {%- set relation = relation_of(parent) | string -%}
            {%- set kind = parent.config.materialized -%}
            {%- set is_log = kind in ["hook_table", "log"]
                or (kind == "incremental" and parent.config.full_refresh is sameas false) -%}
            {%- if parent.name.startswith("land_") -%}
                {%- do found.feeds.append(parent.name[5:]) -%}
                {%- do found.rules.append(relation) -%}
            {%- elif parent.name in [
                "landing_ledger", "landing_files", "landing_states", "landing_seen"
            ] -%}
                {#- Staging names it for the order only: it reads what was landed of one feed. -#}
                {%- do found.ledger.append(relation) if node.config.materialized != "view" -%}
            {%- elif parent.name == "company_enrichment" -%}
                {%- do found.enrichment.append(relation) -%}
            {%- elif kind in ["view", "seed"] -%}
                {%- do found.rules.append(relation) -%}
            {%- elif kind in ["table", "judged", "after_judged", "snapshot"] -%}
                {%- do found.tables.append(relation) -%}
            {%- elif not is_log and kind != "ephemeral" -%}
                {{ exceptions.raise_compiler_error(
                    node.name ~ " reads " ~ parent.name ~ ", which is materialized as " ~ kind
                    ~ ": add that kind to the macro parents_of, so that stamps follow it."
                ) }}
            {%- endif -%}
            {%- if kind in ["view", "ephemeral"] or is_log -%}
                {%- for name, relations in parents_of(parent).items() -%}
                    {%- do found[name].extend(relations) -%}
                {%- endfor -%}
            {%- endif -%}
        {%- endfor -%}
        {%- for name in found -%}
            {%- do found.update({name: found[name] | unique | sort}) -%}
        {%- endfor -%}
        {%- do known.update({node.unique_id: found}) -%}
    {%- endif -%}
    {{ return(known[node.unique_id]) }}
{%- endmacro %}


{% macro judged_above(node) -%}
    {#- The judged tables among a node's parents, as nodes. -#}
    {%- set found = [] -%}
    {%- for parent_id in node.depends_on.nodes if parent_id in graph.nodes
        and graph.nodes[parent_id].config.materialized == "judged" -%}
        {%- do found.append(graph.nodes[parent_id]) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{% macro chain_of(node) -%}
    {#- The increments of a judged table since it was built whole, as ["number:run"], newest last;
        none where it has no stamp. -#}
    {%- set comment = catalog().comments.get(relation_of(node) | string, "") -%}
    {{ return(comment.split("|chain=")[1].split(",") if "|chain=" in comment else []) }}
{%- endmacro %}


{% macro seen_copy(node, parent) -%}
    {#- The relation that keeps what a parent of an increment's table held when it was used; of a
        published table, too, it is restricted. -#}
    {%- set place = relation_of("int_claims_judged").without_identifier() -%}
    {{ return('%s."%s__%s"' % (place, node.alias, parent)) }}
{%- endmacro %}
