{% macro note_texts_named() -%}
    {#- Free blocks of the published file may hold in clear what an earlier run published: where a
        text that it loaded, or a header in schema_drift as it is until this run comes there, names
        somebody by now, the file is to be rewritten, see ask_for_rewrite. -#}
    {%- set drift = relation_of("schema_drift") -%}
    {%- set newly_named -%}
        with
        headers as (
            {% if drift | string in catalog().comments -%}
            select distinct column_name as text from {{ drift }}
            {%- else -%}
            select null::varchar as text
            where false
            {%- endif %}
        ),

        {{ texts_naming("headers", relation_of("int_persons_named")) }},

        texts as (
            select named.text
            from {{ this }} as named
            inner join {{ relation_of("int_texts_listed") }} as listed
                on named.text = listed.text
            anti join texts_named_before as before
                on named.text = before.text
            where listed.load_id not in (
                select ledger.load_id from {{ relation_of("landing_ledger") }} as ledger
                where ledger.run_id = getvariable('run_id') and ledger.load_id is not null
            )
        )

        select (select count(*) from texts) + (select count(*) from naming_texts)
    {%- endset -%}
    {%- do run_query("select ask_for_rewrite()") if run_query(newly_named).rows[0][0] -%}
    drop table texts_named_before
{%- endmacro %}
