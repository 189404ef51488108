{% macro known_findings(written, named) -%}
    {#- The CTEs that end in `known`: findings as they were written, and whether their texts can be
        kept (is_kept). What a run without masking said is not kept by one that masks, nor are texts
        of which it is known by now that they name somebody. -#}
    {%- set texts = ["subject", "summary", "evidence_filter"] -%}
    {%- set is_kept = "written.is_masked and naming.finding_id is null"
        if var("pii_masking_enabled") else "true" -%}
    -- What an address or a number was masked in may have been written as well.
    named as (
        select text from {{ named }}
        where shown is distinct from text
        union
        select {{ mask_text("text") }} as text from {{ named }}
        where shown is distinct from text
    ),

    naming as (
        select distinct written.finding_id
        from {{ written }} as written
        inner join named
            on
                contains(concat_ws('|', {{ texts | join(", ") }}), named.text)
                or contains(written.evidence_filter, replace(named.text, '''', ''''''))
    ),

    known as (
        select
            written.* replace (
                {%- for name in texts %}
                if({{ is_kept }}, written.{{ name }}, null) as {{ name }}{{ "," if not loop.last }}
                {%- endfor %}
            ),
            {{ is_kept }} as is_kept
        from {{ written }} as written
        left join naming
            on written.finding_id = naming.finding_id
    )
{%- endmacro %}
