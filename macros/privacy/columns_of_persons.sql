{% macro columns_of_persons(rows) -%}
    {#- Names of the columns of a table in which the restricted file's persons are: a word of a
        name, an address, notes, what is written like an address or a number of a person, or the
        secret of the tokens. Their values decide, whatever a column is called and whatever it is
        put into: texts in lists and structs are looked at one by one. -#}
    {%- set columns = run_query(
        "select column_name from duckdb_columns() where table_name = '" ~ rows ~ "'"
        ~ " and not regexp_full_match(data_type, '(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|BOOLEAN|DATE"
        ~ "|DOUBLE|FLOAT|DECIMAL.*|TIME.*|INTERVAL)')"
    ).columns[0].values() -%}
    {%- if not columns -%} {{ return([]) }} {%- endif -%}
    {%- set secret = "coalesce(getvariable('pii_pepper'), repeat('-', 16))" -%}
    {%- set query -%}
        with

        texts as (
            {{ texts_of_cells(rows, columns) }}
        ),

        words as (
            select distinct
                name,
                unnest(
                    string_split_regex(lower(text), '[^\p{L}\p{N}@._-]+')
                    || string_split_regex(lower(text), '[^\p{L}]+')
                ) as word
            from texts
        ),

        persons as (
            {{ texts_of_persons() }}
        ),

        personal_words as (
            select distinct unnest(
                string_split_regex(lower(text), '[^\p{L}\p{N}@._-]+')
                || string_split_regex(lower(text), '[^\p{L}]+')
            ) as word
            from persons
            where kind <> 'hidden'
        )

        select name from words
        where
            length(word) > 2
            and regexp_matches(word, '\p{L}')
            and word in (select personal_words.word from personal_words)
        union
        select name from texts
        where
            {{ holds_personal_data("text") }}
            or lower(text) in (
                select lower(left(right(to_json(persons.text), -1), -1)) from persons
            )
            or contains(text, {{ secret }})
            or (length(text) > 7 and contains({{ secret }}, text))
    {%- endset -%}
    {{ return(run_query(query).columns[0].values() | list) }}
{%- endmacro %}
