{% macro is_in_judged_files(name, condition) -%}
    {#- In an increment below a judged table that looks up what was delivered: true for the landed
        rows of the files of what it judged since, by their numbers, so that no other file is read,
        and none of them is taken for the smaller side of a join. In a full build all rows are.
        Of more files than at_most the list would cost more than it saves: then all are read, too.
        condition: of the judged rows that are looked up, with the alias judged. -#}
    {%- set at_most = 100 -%}
    {%- if is_increment() -%}
        {%- set query -%}
            select string_agg(distinct file_id::varchar, ', '), count(distinct file_id)
            from {{ ref(name) }} as judged
            where {{ is_judged_since(name) }} and {{ condition }}
        {%- endset -%}
        {%- set files, number = run_query(query).rows[0] -%}
        {{ "true" if number > at_most else "landed.file_id in (" ~ (files or "null") ~ ")" }}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
