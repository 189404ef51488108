{% macro known_findings(written, persons) -%}
    {#- The CTEs that end in `known`: findings as they were written, and whether their texts can be
        kept (is_kept). What a run without masking said is not kept by one that masks, nor are texts
        of which it is known by now that they name somebody; the name of the company does not count.
        -#}
    {%- set texts = ["subject", "summary", "evidence_filter"] -%}
    {%- set kept = {} -%}
    {%- set is_kept = "written.is_masked and naming_texts.text is null"
        if var("pii_masking_enabled") else "true" -%}
    {%- for name in texts -%}
        {%- do kept.update({name: "if(" ~ is_kept ~ ", written." ~ name ~ ", null)"}) -%}
    {%- endfor -%}
    said as (
        select
            finding_id,
            replace(
                concat_ws('|', {{ texts | join(", ") }}), coalesce(company_name, '****'), '****'
            ) as text
        from {{ written }}
    ),

    texts_said as (
        select distinct text from said
    ),

    {{ texts_naming("texts_said", persons) }},

    known as (
        select
            {{ star_with("written.*", kept) }},
            {{ is_kept }} as is_kept
        from {{ written }} as written
        inner join said
            on written.finding_id = said.finding_id
        left join naming_texts
            on said.text = naming_texts.text
    )
{%- endmacro %}
