{% macro personal_columns(node) -%}
    {#- Names of columns that identify people in what a node shows: of a model, snapshot or seed its
        own, of a test, an analysis or a query typed in those of all that it reads. Labels decide
        (meta.pii: direct; var feeds, pii of a seed). So do texts that may hold personal data where
        they are not masked yet (free_text). None where masking is switched off. -#}
    {%- set is_built = node.resource_type in ["model", "snapshot", "seed"] -%}
    {%- set shown = [node] if is_built else [] -%}
    {%- set names = [] -%}
    {%- for id in node.get("depends_on", {}).get("nodes", []) if not is_built -%}
        {%- set one = graph.nodes.get(id) or graph.sources.get(id) -%}
        {%- do shown.append(one) if one -%}
    {%- endfor -%}
    {%- for one in shown if var("pii_masking_enabled") -%}
        {%- for column in one.columns.values()
            if column.get("config", {}).get("meta", {}).get("pii") == "direct" -%}
            {%- do names.append(column.name) -%}
        {%- endfor -%}
        {%- for feed in feeds().values() -%}
            {%- do names.extend(feed.pii) if feed.seed == one.name -%}
            {%- do names.extend(feed.free_text) if one.database == "restricted" -%}
        {%- endfor -%}
    {%- endfor -%}
    {#- What dbt's own tests call the values of the column that they test. -#}
    {%- if node.get("column_name") in names -%}
        {%- do names.extend(["unique_field", "value_field", "from_field"]) -%}
    {%- endif -%}
    {{ return(names | unique | list) }}
{%- endmacro %}
