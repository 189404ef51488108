{% macro rows_to_judge(feed_name, staged, groups=[], keep_conflicts=false) -%}
{#-
    The CTEs that end in `to_judge`: the rows that this run has to judge, with is_current as macro
    versions says. In a full build, and of a snapshot feed, these are all; in an increment the
    entities that
    - have rows in new loads,
    - hang on a parent that changed (config `parents`: model to {own expression: column there}, or
      to 'free_text', each text of the feed that is not about people, as column text there),
    - share a group with one of these (groups: lists of expressions),
    and whatever shares a group with those, so that every group is whole. Only the first two and
    their siblings are is_wanted: of the others, who are there to be counted, groups are in part.
    New rows are read as often as they are asked for, as in a full build: to hold millions of them
    would cost more, and undo the dictionaries that cleaning lives on.
    What is in quarantine is judged anew by these, too: a verdict looks at nothing but the row, its
    parents and its groups, and other rules, references or vars are another version. What is known
    already is read from the table itself, so the cost follows the delta.
-#}
{%- if not is_increment() or feed_of(feed_name).mode == "snapshot" -%}
{{ versions(feed_name, staged, keep_conflicts) }},

to_judge as (
    select
        *,
        true as is_wanted
    from versioned
)
{%- else -%}
{%- set parents = config.meta_get("parents") or {} -%}
{%- set watermark = run_query("select coalesce(max(load_id), 0) from " ~ this).rows[0][0] -%}
{%- set columns = adapter.get_columns_in_relation(staged) | map(attribute="name") | list -%}
{%- set key, texts = entity_key(feed_name), [] -%}
{%- for column in feed_of(feed_name).free_text -%}
    {%- do texts.append({column: "text"}) -%}
{%- endfor -%}
fresh as not materialized (
    select * from {{ staged }}
    where load_id > {{ watermark }}
),

{% for parent in parents -%}
changed_{{ loop.index }} as (
    {{ differing_rows(parent) }}
),

{% endfor -%}
touched_0 as materialized (
    select entity_key from fresh
    {%- for several in parents.values() %}
    {%- set index = loop.index %}
    {%- for joined in (texts if several == "free_text" else [several]) %}
    union all
    select {{ key }} from {{ this }}
    where ({{ joined.keys() | join(", ") }}) in (
        select ({{ joined.values() | join(", ") }}) from changed_{{ index }}
    )
    {%- endfor %}
    {%- endfor %}
),

{% for expressions in groups -%}
fresh_group_{{ loop.index }} as materialized (
    select distinct ({{ expressions | join(", ") }}) as members
    from fresh
),

{% endfor -%}
{% for level in range(2 if groups else 0) -%}
touched_{{ level + 1 }} as materialized (
    select distinct entity_key from (
        select entity_key from touched_{{ level }}
        {%- for expressions in groups %}
        union all
        select {{ key }} as entity_key from {{ this }}
        where ({{ expressions | join(", ") }}) in (
            select members from fresh_group_{{ loop.index }}
            union all
            select ({{ expressions | join(", ") }}) from {{ this }}
            where {{ key }} in (select entity_key from touched_{{ level }})
        )
        {%- endfor %}
    )
),

{% endfor -%}
known as materialized (
    select
        {{ columns | reject("equalto", "entity_key") | join(", ") }},
        {{ key }} as entity_key
    from {{ this }}
    where {{ key }} in (select entity_key from touched_{{ 2 if groups else 0 }})
),

batch as not materialized (
    select * from fresh
    union all by name
    select * from known
),

{{ versions(feed_name, "batch", keep_conflicts) }},

to_judge as (
    select
        *,
        {% if groups -%}
        entity_key in (select entity_key from touched_1) as is_wanted
        {%- else -%}
        true as is_wanted
        {%- endif %}
    from versioned
)
{%- endif -%}
{%- endmacro %}
