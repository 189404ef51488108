{% macro is_public(query) -%}
    {#- Whether a query reads nothing but published tables, which may be shown as they are: the
        plan of the engine tells, behind views too. Variables are not in it: one is the key of the
        tokens. -#}
    {%- set plan = run_query("explain (format json) " ~ query).columns[1].values() | join -%}
    {%- set read = modules.re.findall('"(?:Table|Function)": "([^"]+)"', plan) -%}
    {%- set private = [] -%}
    {%- for name in read if not name.startswith(target.database ~ ".") -%}
        {%- do private.append(name) -%}
    {%- endfor -%}
    {{ return(read and not private and "getvariable" not in query | lower) }}
{%- endmacro %}
