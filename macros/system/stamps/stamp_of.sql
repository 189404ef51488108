{% macro stamp_of(node, sql=none) -%}
    {#-
    What a table would now be built from, as `text`: code|rules|inputs, and whether it is that
    already (is_unchanged) or can take in what is new (is_increment).

    `code` stands for the node itself, see code_of. `rules` stands for what touches every row: the
    SQL of the views that it looks through, as they are in the database, and the content of seeds.
    `inputs` stands for the rows: the ledger of its feeds, stamps of parent tables, answers of
    enrichment. Equal stamps mean equal tables, since no model asks the clock. A table keeps its
    stamp as its comment, with more behind it, written in the transaction of its rows.

    `chain` of a judged table names its increments, as `number:run`. A table below it keeps the
    last one that it took in (`seen`; `heads` are the last ones now), and takes in more only where
    the chain still has that one: after a backup was put back it may not have it.
    -#}
    {%- set written = last_stamps().get(node.unique_id, "") if node.resource_type == "test"
        else catalog().comments.get(relation_of(node) | string, "") -%}
    {%- set parts = written.split("|") -%}
    {%- set now, more = inputs_of(node), {} -%}
    {%- for part in parts[3:] -%}
        {%- do more.update({part.split("=")[0]: part.split("=")[1].split(",")}) -%}
    {%- endfor -%}
    {%- set lost, heads = [], [] -%}
    {%- for parent in judged_above(node) -%}
        {%- set taken = more.get(parent.name, ["-"])[0] -%}
        {%- do lost.append(taken) if taken not in chain_of(parent) -%}
        {%- do heads.append(parent.name ~ "=" ~ chain_of(parent) | last) -%}
    {%- endfor -%}
    {#- What a published table saw of its parents is in the other file. -#}
    {%- for parent in node.config.meta.parents or {} if node.database == target.database -%}
        {%- set seen = catalog().comments.get(seen_copy(node, parent)) -%}
        {%- do lost.append(parent) if seen != parts[:3] | join("|") -%}
    {%- endfor -%}
    {%- set code = code_of(node, sql) -%}
    {%- set is_writing = flags.WHICH in ["build", "run", "retry", "snapshot"] -%}
    {%- set is_kept = is_writing and not flags.FULL_REFRESH -%}
    {{ return({
        "text": [code, now.rules, now.inputs] | join("|"),
        "heads": heads,
        "seen": more,
        "is_unchanged": is_kept and parts[:3] == [code, now.rules, now.inputs],
        "is_increment": is_kept and parts[:2] == [code, now.rules] and not lost,
    }) }}
{%- endmacro %}


{% macro code_of(node, sql=none) -%}
    {#- The digest of what a node itself says: its SQL as in a full build, its contract, how it is
        written, and the engine, which knows the key of the person tokens. Where the warehouse is
        does not count. The full form of a model that is built in increments is rendered here, once
        a run: see is_increment. -#}
    {%- set known = catalog() -%}
    {%- if node.unique_id not in known.codes -%}
        {%- set text = [sql] -%}
        {%- if sql is none -%}
            {%- do model.update({"is_whole": true}) -%}
            {%- do text.append(render(model.raw_code)) -%}
            {%- do model.update({"is_whole": false}) -%}
            {%- do known.wholes.update({node.unique_id: text | last}) -%}
        {%- endif -%}
        {%- set folder = env_var("BENEFITS_DB_DIR", "warehouse") ~ "/restricted" -%}
        {%- set columns = [] -%}
        {%- for column in node.columns.values() if node.config.contract.enforced -%}
            {%- do columns.append([column.name, column.data_type, column.constraints | string]) -%}
        {%- endfor -%}
        {%- do known.codes.update({node.unique_id: local_md5([
            known.engine, (text | last).replace(folder, "restricted"), columns,
            masking() if node.database == target.database, node.config.severity,
            node.config.warn_if, node.config.error_if, node.config.fail_calc,
            node.config.materialized, node.config.unique_key, node.config.meta.parents,
            node.config.meta.replaced, node.config.meta.counted, node.config.meta.part,
        ] | string)}) -%}
    {%- endif -%}
    {{ return(known.codes[node.unique_id]) }}
{%- endmacro %}


{% macro inputs_of(node) -%}
    {#- What a node would now be built from, as two digests {rules, inputs}; see stamp_of. -#}
    {%- set comments, parents = catalog().comments, parents_of(node) -%}
    {%- set rules, inputs = [], [] -%}
    {#- A seed's comment is "seed <content> <content without texts>", a view's "view <SQL>". -#}
    {%- set place = 2 if node.config.meta.reads_texts is sameas false else 1 -%}
    {%- for relation in parents.rules -%}
        {%- set words = (comments.get(relation) or "- - -").split(" ") -%}
        {%- do rules.append(words[place] if words[0] == "seed" else words[1]) -%}
    {%- endfor -%}
    {%- for relation in parents.tables -%}
        {#- With meta.is_known_by_rows, a table is what its rows are, whatever made them. -#}
        {%- set parts = comments.get(relation, "").split("|") -%}
        {%- set is_by_rows = parts[4:] and parts[4].startswith("rows=") -%}
        {%- do inputs.append(parts[4] if is_by_rows else parts[:3] | join("|")) -%}
        {#- A test of what was written since looks at all of a table that was built whole. -#}
        {%- do rules.append(parts[:2] | join("|")) if node.resource_type == "test" -%}
    {%- endfor -%}
    {%- if parents.feeds or parents.ledger -%}
        {%- set landed = content_of(
            relation_of("landing_ledger") | string,
            "if(status = 'loaded', concat(source, '__', feed), 'other')",
        ) -%}
        {%- set files = content_of(landing_files() | string, "concat(source, '__', feed)") -%}
        {%- for states in [landed, files] -%}
            {%- for feed, state in states.items() if parents.ledger or feed in parents.feeds -%}
                {%- do inputs.append(feed ~ state) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {%- for relation in parents.ledger if relation.endswith('"landing_seen"') -%}
        {%- do inputs.append(content_of(relation).values() | join) -%}
    {%- endfor -%}
    {%- for relation in parents.enrichment -%}
        {%- do inputs.append(content_of(relation).values() | join) -%}
    {%- endfor -%}
    {{ return({
        "rules": local_md5(rules | join(",")),
        "inputs": local_md5(inputs | sort | join(",")),
    }) }}
{%- endmacro %}
