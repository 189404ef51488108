{% macro person_token(column) -%}
    {#- A keyed token that joins one person across tables and says nothing without the pepper,
        which is a session variable and never SQL text. Without a pepper the query fails: no token
        is better than a guessable one. -#}
    case
        when {{ column }} is not null
            then sha256(
                coalesce(getvariable('pii_pepper'), error('no pepper: tokens can not be made'))
                || chr(31) || {{ column }}
            )
    end
{%- endmacro %}
