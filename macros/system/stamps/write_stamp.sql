{% macro write_stamp(relation, stamp) -%}
    {#- Notes on a table what it was built from, see stamp_of; in the transaction of its rows. A
        table from limited input (--empty, --sample) gets no stamp. Where the table was made under
        another code or other rules, free blocks of the file may hold what is not to be shown any
        more: it is rewritten before it is published. -#}
    {%- set parts = [stamp.text, masking()] -%}
    {%- set before = catalog().comments.get(relation | string) -%}
    {%- if before is not none and relation.database == target.database
        and before.split("|")[:2] != stamp.text.split("|")[:2] -%}
        {%- do run_query("select ask_for_rewrite()") -%}
    {%- endif -%}
    {%- if config.meta_get("is_known_by_rows") -%}
        {%- set rows = run_query("select sum(hash(one)) from " ~ relation ~ " as one").rows -%}
        {%- do parts.append("rows=" ~ rows[0][0]) -%}
    {%- endif -%}
    {%- if model.config.materialized == "judged" -%}
        {%- set newest = run_query("select max(judged_in) from " ~ relation).rows[0][0] or 0 -%}
        {%- set link = newest ~ ":" ~ invocation_id[:8] -%}
        {%- set chain = chain_of(model) if stamp.is_increment else [] -%}
        {%- do parts.append("chain=" ~ (chain + [link])[-100:] | join(",")) -%}
    {%- endif -%}
    {%- do parts.extend(stamp.heads) -%}
    {%- if not limits() -%}
        {%- do write_comment("table", relation, parts | join("|")) -%}
    {%- endif -%}
{%- endmacro %}


{% macro write_comment(kind, relation, comment) -%}
    {#- Writes the comment of a table or view, in the transaction that is open, and remembers it for
        the nodes below, which are not built where that transaction fails. -#}
    {%- do run_query("comment on " ~ kind ~ " " ~ relation ~ " is '" ~ comment ~ "'") -%}
    {%- do catalog().comments.update({relation | string: comment}) -%}
{%- endmacro %}


{% macro masking() -%}
    {#- How this run writes personal data, as a part of a stamp. -#}
    {{ return("masked=" ~ var("pii_masking_enabled") | string | lower) }}
{%- endmacro %}
