{% macro spark_calls(code, quoted) -%}
    {#- The SQL of macro spark_spelling with the calls that Spark writes otherwise: what stands
        before and behind their arguments, and the regular expressions among these. Returns SQL and
        quoted texts.
        code: SQL in which the place of each quoted text stands for it. -#}
    {%- set calls = spark_call_forms() -%}
    {%- set casts = {"timestamp": "engine.moment(", "time": "engine.time_of_day("} -%}
    {%- set open, written, texts = [], [""], quoted | list -%}
    {%- for part in modules.re.split("(\\b\\w+\\(|[()]|\x1f\\d+\x1f)", code) -%}
        {%- set call = open[-1] if open else {} -%}
        {%- if part.endswith("(") -%}
            {%- do open.append({"name": part[:-1], "texts": 0, "place": written | length}) -%}
            {%- do written.append(calls.get(part[:-1], [part])[0]) -%}
        {%- elif part == ")" -%}
            {%- set type = written[-1].split(" as ")[-1] -%}
            {%- if call.name == "try_cast" and type in casts -%}
                {%- do written.append(written.pop()[:-(type | length + 4)]) -%}
                {%- do written.insert(call.place, casts[type]) -%}
                {%- do written.pop(call.place + 1) -%}
            {%- elif call.texts == 2 and call.name == "regexp_replace" -%}
                {%- set instead = texts.pop() -%}
                {%- do texts.extend(spark_first(texts.pop(), instead)) -%}
            {%- elif call.texts == 1 and "extract" in call.name -%}
                {%- do written.append(", 0") -%}
            {%- endif -%}
            {%- do written.append(calls.get(call.name, ["", ")"])[1]) -%}
            {%- do open.pop() -%}
        {%- elif part.startswith("\x1f") and call.name in ["format_string", "getvariable"] -%}
            {%- set text = texts[part[1:-1] | int] -%}
            {%- do written.append("\x1f" ~ texts | length ~ "\x1f") -%}
            {%- do texts.append(spark_variable(text) or text | replace("{}", "%s")) -%}
        {%- elif part.startswith("\x1f") and call.name in calls and "regex" in call.name
            and written[-1].rstrip().endswith(",") -%}
            {%- set text = texts[part[1:-1] | int] -%}
            {%- if call.texts == 0 -%}
                {%- set text = spark_pattern(text, call.name == "regexp_full_match") -%}
            {%- else -%}
                {%- set text = text | replace("$", "\\\\$") -%}
                {%- set text = modules.re.sub("\\\\\\\\([0-9])", "$\\1", text) -%}
            {%- endif -%}
            {%- if call.texts == 2 -%} {#- 'g': Spark replaces all, always -#}
                {%- do written.append(written.pop().rstrip()[:-1]) -%}
            {%- else -%}
                {%- do written.append("\x1f" ~ texts | length ~ "\x1f") -%}
                {%- do texts.append(text) -%}
            {%- endif -%}
            {%- do call.update({"texts": call.texts + 1}) -%}
        {%- else -%}
            {%- set is_last = call.texts == 1 and "extract" in call.name and "," in part -%}
            {%- do call.update({"texts": 9}) if is_last -%}
            {%- do written.append(part) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return([written | join, texts]) }}
{%- endmacro %}
