"""The questions that come first, answered and plotted: `make explore` opens this notebook.

It reads the published analytics.duckdb (in BENEFITS_DB_DIR, default `warehouse`) and can't write to
it, and it does not disturb a build. Run all cells again to see what was published since.
The answers are those of the SQL files beside this one. Ask your own questions in a new cell, with
`rows(warehouse, "select … from marts.plan_gaps")`.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="First questions")

with app.setup:
    import datetime as dt
    import decimal
    import os
    import re
    from pathlib import Path
    from typing import Any

    import altair as alt
    import duckdb
    import marimo as mo

    ANALYSES = Path(__file__).resolve().parent
    READ_ONLY = {"enable_external_access": "false", "autoinstall_known_extensions": "false"}
    WIDTH = 650  # pixels of a chart without its labels
    MOST = 30  # lines or companies that a chart shows; the table below it has all
    ORANGE, BLUE, GREY = "#d55e00", "#0072b2", "#7b8794"  # told apart by any colour vision


@app.function
def open_warehouse() -> duckdb.DuckDBPyConnection:
    """A connection to the published database that can read it, and nothing else.

    Raises:
        FileNotFoundError: nothing is published yet.
    """
    folder = ANALYSES.parent / os.environ.get("BENEFITS_DB_DIR", "warehouse")
    path = folder / "analytics.duckdb"
    if not path.exists():
        raise FileNotFoundError(f"There is no {path}: `make build` makes it.")
    return duckdb.connect(str(path), read_only=True, config=READ_ONLY)


@app.function
def rows(warehouse: duckdb.DuckDBPyConnection, sql: str, **parameters: Any) -> list[dict[str, Any]]:
    """Rows of a query with the values of its `$name`s, each as column name to value."""
    result = warehouse.execute(sql, parameters)
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@app.function
def answer(warehouse: duckdb.DuckDBPyConnection, analysis: str) -> list[dict[str, Any]]:
    """Rows of an analysis of this folder, its refs filled in as dbt would do it.

    Args:
        warehouse: see open_warehouse.
        analysis: name of the SQL file, without its ending.
    """
    tables = warehouse.execute("select table_name, schema_name from duckdb_tables()").fetchall()
    schemas = dict(tables)
    sql = (ANALYSES / f"{analysis}.sql").read_text()
    sql = re.sub(r"\{\{ ref\('(\w+)'\) \}\}", lambda ref: f'{schemas[ref[1]]}."{ref[1]}"', sql)
    return rows(warehouse, sql)


@app.function
def question(analysis: str) -> mo.Html:
    """What an analysis asks and how to read it: the comment at its head."""
    head = re.match(r"((?:--.*\n)+)", (ANALYSES / f"{analysis}.sql").read_text())[1]
    asked, reading = re.sub(r"\n?-- ?", " ", head).split("Reading:")
    title, text = asked.removeprefix(" Question:").strip(), reading.strip()
    return mo.md(f"## {title[0].upper()}{title[1:]}\n\n{text[0].upper()}{text[1:]}")


@app.function
def plain(value: Any) -> Any:
    """A value as charts and tables show it."""
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return ", ".join(map(str, value)) if isinstance(value, list) else value


@app.function
def drawn(found: list[dict[str, Any]]) -> alt.InlineData:
    """Rows as data of a chart."""
    return alt.InlineData(
        values=[{name: plain(value) for name, value in row.items()} for row in found]
    )


@app.function
def listed(found: list[dict[str, Any]]) -> mo.Html:
    """Rows as a table, or the word that there are none."""
    if not found:
        return mo.md("*No rows.*")
    return mo.ui.table(
        [{name: plain(value) for name, value in row.items()} for row in found], selection=None
    )


@app.function
def day(name: str, title: str) -> alt.X:
    """A time axis in UTC, so that a day is the same day wherever it is read."""
    axis = alt.Axis(format="%Y-%m", tickCount=8, labelOverlap="greedy")
    return alt.X(f"{name}:T", title=title, scale=alt.Scale(type="utc"), axis=axis)


@app.cell
def _():
    warehouse = open_warehouse()
    runs = rows(
        warehouse,
        "select finished_at, rows_out, rows_quarantined from ops.run_history "
        "where status = 'success' order by started_at desc limit 1",
    )
    mo.md(
        "# First questions\n\n"
        + "".join(
            f"Published by the run of {run['finished_at']:%Y-%m-%d %H:%M} UTC: "
            f"{run['rows_out']} rows valid, {run['rows_quarantined']} withheld."
            for run in runs
        )
    )
    return (warehouse,)


@app.cell
def _(warehouse):
    gaps = answer(warehouse, "open_coverage_gaps_with_claims_at_risk")
    _days = [
        {
            **row,
            "covered": f"{row['company_name']}, {row['plan_type']}",
            "covered_again": row["gap_start"] + dt.timedelta(days=row["gap_length_days"]),
        }
        for row in gaps[:MOST]
    ]
    gaps_chart = (
        alt.Chart(drawn(_days), title="Days without coverage, and the claims in them", width=WIDTH)
        .mark_bar()
        .encode(
            x=day("gap_start", "Day"),
            x2="covered_again:T",
            y=alt.Y("covered:N", title=None),
            color=alt.Color("is_open:N", title="Open", scale=alt.Scale(range=[GREY, ORANGE])),
            tooltip=[
                alt.Tooltip(f"{name}:{kind}")
                for name, kind in {
                    "gap_type": "N",
                    "gap_length_days": "Q",
                    "claims_in_gap": "Q",
                    "claim_cost_in_gap": "Q",
                }.items()
            ],
        )
    )
    mo.vstack(
        [
            question("open_coverage_gaps_with_claims_at_risk"),
            gaps_chart if gaps else "",
            listed(gaps),
        ]
    )
    return gaps, gaps_chart


@app.cell
def _(warehouse):
    spikes = answer(warehouse, "spikes_and_their_drivers")
    _companies = {row["company_ein"]: row["company_name"] for row in spikes[:MOST]}
    # A day ends where the next one begins, or an event of one day would have no width.
    _days = [{**row, "over_on": row["last_flagged_on"] + dt.timedelta(days=1)} for row in spikes]
    costs = rows(
        warehouse,
        "select company_ein, window_end, current_90d_cost from marts.claims_cost_windows "
        "where company_ein in (select unnest($companies)) order by company_ein, window_end",
        companies=list(_companies),
    )
    _curve = (
        alt.Chart(drawn(costs))
        .mark_line(color=BLUE)
        .encode(x=day("window_end", "Day"), y=alt.Y("current_90d_cost:Q", title="US dollars"))
    )
    _events = (
        alt.Chart(drawn(_days))
        .mark_rect(color=ORANGE, opacity=0.35)
        .encode(
            x=day("first_flagged_on", "Day"),
            x2="over_on:T",
            tooltip=["driver:N", "pct_change:Q", "largest_claim_id:N"],
        )
    )
    spikes_chart = alt.vconcat(
        *[
            (
                _events.transform_filter(alt.datum.company_ein == ein)
                + _curve.transform_filter(alt.datum.company_ein == ein)
            ).properties(title=f"{name}: cost of 90 days, spikes shaded", width=WIDTH, height=120)
            for ein, name in _companies.items()
        ]
    )
    mo.vstack(
        [question("spikes_and_their_drivers"), spikes_chart if spikes else "", listed(spikes)]
    )
    return costs, spikes, spikes_chart


@app.cell
def _(warehouse):
    roster = answer(warehouse, "roster_mismatch_with_persons")
    _companies = rows(
        warehouse,
        "unpivot (select company_name, severity, expected, observed from marts.roster_mismatch "
        "order by abs(difference) desc nulls last, company_ein limit $most) "
        "on expected, observed into name counted value persons order by company_name, counted",
        most=MOST,
    )
    roster_chart = (
        alt.Chart(drawn(_companies), title="Persons expected and observed", width=WIDTH)
        .mark_bar()
        .encode(
            x=alt.X("persons:Q", title="Persons"),
            y=alt.Y("company_name:N", title=None),
            yOffset="counted:N",
            color=alt.Color("counted:N", title=None, scale=alt.Scale(range=[GREY, BLUE])),
            tooltip=["company_name:N", "counted:N", "persons:Q", "severity:N"],
        )
    )
    mo.vstack(
        [
            question("roster_mismatch_with_persons"),
            roster_chart if _companies else "",
            listed(roster),
        ]
    )
    return roster, roster_chart


@app.cell
def _(warehouse):
    programs = answer(warehouse, "allowance_use_by_program")
    spending = rows(
        warehouse,
        "select month, benefit_type, sum(allowance) as allowance, sum(spend) as spend, "
        "count(*) filter (where over_allowance) as accounts_over from marts.account_utilization "
        "group by month, benefit_type order by month, benefit_type",
    )
    _by_month = alt.Chart().encode(x=day("month", "Month"))
    spending_chart = (
        alt.layer(
            _by_month.mark_area(color=GREY, opacity=0.3).encode(
                y=alt.Y("allowance:Q", title="US dollars: spend, and allowance in grey")
            ),
            _by_month.mark_line(color=BLUE).encode(
                y="spend:Q", tooltip=["month:T", "spend:Q", "allowance:Q", "accounts_over:Q"]
            ),
        )
        .properties(width=WIDTH, height=100)
        .facet(row=alt.Row("benefit_type:N", title=None), data=drawn(spending))
    )
    mo.vstack(
        [
            question("allowance_use_by_program"),
            spending_chart if spending else "",
            listed(programs),
        ]
    )
    return programs, spending, spending_chart


@app.cell
def _(warehouse):
    quality = answer(warehouse, "quality_by_rule_and_trend")
    reconciliation = rows(warehouse, "from quality.reconciliation order by source, feed")
    _rules = rows(
        warehouse,
        "select feed || ' ' || rule_id as rule, if(tier = 2, 'withheld', 'flagged') as outcome, "
        "rows_failed, pass_rate from quality.dq_scorecard where rows_failed > 0 "
        "order by tier desc, rows_failed desc, rule limit $most",
        most=MOST,
    )
    quality_chart = (
        alt.Chart(drawn(_rules), title="Rows that each rule withholds or flags", width=WIDTH)
        .mark_bar()
        .encode(
            x=alt.X("rows_failed:Q", title="Rows"),
            y=alt.Y("rule:N", title=None, sort=None),
            color=alt.Color("outcome:N", title=None, scale=alt.Scale(range=[GREY, ORANGE])),
            tooltip=["rule:N", "outcome:N", "rows_failed:Q", "pass_rate:Q"],
        )
    )
    mo.vstack(
        [
            question("quality_by_rule_and_trend"),
            quality_chart if _rules else "",
            listed(quality),
            mo.md("Where every landed row went. difference is 0, or the warehouse is broken."),
            listed(reconciliation),
        ]
    )
    return quality, quality_chart, reconciliation


if __name__ == "__main__":
    app.run()
