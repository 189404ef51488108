"""The dashboard: one HTML file with the findings, which opens from disk without a network.

`make dashboard` writes it from analytics.duckdb. `findings` holds what needs attention, the list
and its evidence, `companies` what the page of a company shows; findings.js searches the list and
opens both. One module an analysis holds its question (SQL), its charts and its words: feeds,
coverage, claims, roster, spending, scorecard. `page` puts them into the template,
`published` is the only way to the data.

Why Altair (Vega-Lite): charts are short declarations that are checked against a schema; its
JavaScript (under 1 MB, inlined by vl-convert) draws SVG, whose marks a screen reader can name and a
test can count, shows values as text and never as markup, and runs without `eval`, so that the
page's content policy can forbid all other scripts and any network. Looked at as well: dbt-charts (a
few weeks old, beta, some forty packages, replaces internals of dbt-duckdb), Plotly (4.5 MB of
JavaScript, reads labels as HTML), Bokeh (draws on a canvas: no marks to read or to count), Panel
(needs a server for what is interactive), Evidence (needs Node).
"""
