{% macro summary_enrichment() -%}
    {#- What enrichment failed of, such as "(timeout 3, http_500 1)"; '' where nothing failed. -#}
    {%- set query -%}
        with

        kinds as (
            select
                error,
                count(*) as domains
            from {{ ops_relation("company_enrichment") }}
            where status = 'failed'
            group by error
        )

        select coalesce('(' || string_agg(error || ' ' || domains, ', ' order by error) || ')', '')
        from kinds
    {%- endset -%}
    {{ return(run_query(query).rows[0][0]) }}
{%- endmacro %}
