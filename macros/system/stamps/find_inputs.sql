{% macro find_inputs(node, found) -%}
    {#- Collects in `found` what a node is built from: feeds, and tables by kind, rendered. Views
        and logs are looked through to their own parents. -#}
    {%- for parent_id in node.depends_on.nodes -%}
        {%- set parent = graph.nodes[parent_id] -%}
        {%- set relation = relation_of_node(parent) -%}
        {%- if parent.name.startswith("land_") -%}
            {%- do found.feeds.append(parent.name[5:]) -%}
        {%- elif parent.config.materialized == "view"
            or (parent.config.full_refresh is sameas false and parent.language == "sql") -%}
            {%- do find_inputs(parent, found) -%}
        {%- elif parent.resource_type == "seed" or parent.config.meta.is_judging -%}
            {%- do found.versioned.append(relation) -%}
        {%- elif parent.name == "landing_ledger" -%}
            {%- do found.counted.append("max(file_id) from " ~ relation) -%}
        {%- elif parent.name == "company_enrichment" -%}
            {%- do found.counted.append("sum(hash(answers)) from " ~ relation ~ " as answers") -%}
        {%- endif -%}
        {%- do found.relations.append(relation) -%}
    {%- endfor -%}
{%- endmacro %}
