{% macro note_texts_named() -%}
    {#- Free blocks of the published file may hold in clear what an earlier run published: where a
        text that it loaded names somebody by now, the file is to be rewritten, see ask_for_rewrite.
        -#}
    {%- set newly_named -%}
        select count(*)
        from {{ this }} as named
        inner join {{ relation_of("int_texts_listed") }} as listed
            on named.text = listed.text
        anti join texts_named_before as before
            on named.text = before.text
        where listed.load_id not in (
            select ledger.load_id from {{ relation_of("landing_ledger") }} as ledger
            where ledger.run_id = getvariable('run_id') and ledger.load_id is not null
        )
    {%- endset -%}
    {%- do run_query("select ask_for_rewrite()") if run_query(newly_named).rows[0][0] -%}
    drop table texts_named_before
{%- endmacro %}
