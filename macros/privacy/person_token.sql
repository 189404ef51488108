{% macro person_token(column) -%}
    {#- A keyed token that joins one person across tables and says nothing without the pepper,
        which is a session variable and never SQL text. Without a pepper the query fails: no token
        is better than a guessable one. (Inside coalesce(…) || … the engine drops error(…), since
        an unset variable has no type.) -#}
    case
        when getvariable('pii_pepper') is null
            then error('no pepper: tokens can not be made')
        when {{ column }} is not null
            then sha256(getvariable('pii_pepper') || chr(31) || {{ column }})
    end
{%- endmacro %}
