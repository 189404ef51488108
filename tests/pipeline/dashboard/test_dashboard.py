"""The dashboard in headless Chromium: marks and numbers equal the tables, and nothing gets out.

Most pages are made from copies of a published warehouse that SQL has changed: emptied, multiplied,
filled with hostile text. No test needs a build beside the one of the seeds.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import http.server
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from browser import Sight, chromium, opened
from conftest import PROJECT, Warehouse
from pages import (
    EARLIER,
    HOSTILE,
    THOUSANDS,
    Make,
    cells,
    drawn,
    hostile_statements,
    maker,
    number,
    query,
)
from playwright.sync_api import Browser

from benefits_warehouse.dashboard.__main__ import main
from benefits_warehouse.dashboard.published import LONGEST_TEXT, NotPublished, Published
from benefits_warehouse.dashboard.scorecard import RULES
from benefits_warehouse.feeds import load_feeds, seed_of

CHARTS = [
    "gaps",
    "spikes",
    "mismatches",
    "differences",
    "spend-1",
    "rules",
    "trend",
]
EMPTY = {
    "gaps": "No company has a coverage gap longer than the threshold.",
    "spikes": "There is no claim yet, so there is no cost to follow.",
    "mismatches": "No company has an expected number to compare with.",
    "differences": "The two systems agree on every person.",
    "spend": "No account has a month to show yet.",
    "rules": "No rule fired: every row passed every rule.",
    "trend": "No run has written a scorecard yet.",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def make(seed_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Make:
    return maker(seed_warehouse, tmp_path_factory)


@pytest.fixture(scope="module")
def seeds_page(make: Make) -> Path:
    return make("seeds", *EARLIER)


def tables_of(page: Path) -> list[str]:
    """Every table of the warehouse that a page was made from."""
    return [
        f"{schema}.{name}"
        for schema, name in query(page, "select schema_name, table_name from duckdb_tables()")
    ]


def marks(sight: Sight, chart: str, name: str) -> int:
    return sight.count(f"#{chart} .{name}_marks > path")


def as_shown(value: Any) -> Any:
    """A value of the warehouse, as exact as the page shows it."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float | Decimal):
        return Decimal(f"{value:.2f}")
    if isinstance(value, dt.date):
        return f"{value:%b} {value.day}, {value.year}"
    return value if len(value) <= LONGEST_TEXT else value[: LONGEST_TEXT - 1] + "…"


def test_each_chart_has_the_marks_of_its_table(browser: Browser, seeds_page: Path) -> None:
    with opened(browser, seeds_page) as sight:
        drawn(sight)
        assert sight.errors == []
        for chart in CHARTS:
            assert sight.count(f"#{chart} svg") == 1, chart

        def counted(sql: str) -> int:
            return query(seeds_page, f"select count(*) from ({sql})")[0][0]

        types = counted("select distinct benefit_type from marts.account_utilization")
        assert sight.count("[id^=spend-].chart") == types > 1
        expected = {
            ("gaps", "gap"): counted("from marts.plan_gaps"),
            ("mismatches", "mismatch"): counted(
                "from marts.roster_mismatch where difference is not null"
            ),
            ("differences", "difference"): counted(
                "select distinct difference_type, side from marts.roster_differences"
            ),
            ("rules", "rule"): min(30, counted("from quality.dq_scorecard where rows_failed > 0")),
            ("trend", "trend"): 2 * 6,
        }
        months = """
            select count(distinct month) from marts.account_utilization
            where month > (select max(month) from marts.account_utilization) - interval 24 month
            group by benefit_type order by sum(spend) desc
        """
        for place, (of_type,) in enumerate(query(seeds_page, months), start=1):
            expected[f"spend-{place}", "spend"] = 2 * of_type
            expected[f"spend-{place}", "allowance"] = of_type
        for (chart, name), count in expected.items():
            assert marks(sight, chart, name) == count > 0, (chart, name)


def test_every_company_shows_its_own_spikes(browser: Browser, seeds_page: Path) -> None:
    sql = """
        with costs as (
            select
                company_ein,
                window_end,
                current_90d_cost as cost,
                if(status = 'insufficient_history', null, prev_90d_cost) as cost_before
            from marts.claims_cost_windows
        ),
        days as (
            select
                company_ein,
                row_number() over by_day = 1
                or lead(window_end) over by_day is null
                or cost <> lag(cost) over by_day
                or cost_before is distinct from lag(cost_before) over by_day as is_change
            from costs
            window by_day as (partition by company_ein order by window_end)
        )
        select
            coalesce(any_value(company_name), company_ein),
            count(*) filter (where is_change),
            (
                select count(*) from marts.claims_cost_spikes as spikes
                where spikes.company_ein = days.company_ein
            )
        from days
        left join marts.dim_companies using (company_ein)
        group by company_ein
    """
    of_company = {name: counts for name, *counts in query(seeds_page, sql)}
    with opened(browser, seeds_page) as sight:
        drawn(sight)
        options = sight.texts("select[data-chart=spikes] option")
        assert len(options) == len(of_company) > 5
        assert sum(spikes for _, spikes in of_company.values()) > 2
        for place, option in enumerate(options):
            sight.page.select_option("select[data-chart=spikes]", index=place)
            points, spikes = of_company[option.rsplit(" (", 1)[0]]
            sight.page.wait_for_function(
                """wanted => Object.entries(wanted).every(([name, count]) =>
                    document.querySelectorAll(`#spikes .${name}_marks > path`).length === count)""",
                arg={"hover": points, "spike": spikes, "peak": spikes},
                timeout=5_000,
            )


NUMBERS = {
    "gaps-table": """
        select company_name, company_ein, plan_type, gap_type, gap_start, gap_end, gap_length_days,
            previous_carrier, next_carrier, claims_in_gap, claim_cost_in_gap
        from marts.plan_gaps""",
    "spikes-table": """
        select company_name, company_ein, first_flagged_on, last_flagged_on, window_end,
            prev_90d_cost, current_90d_cost, pct_change, claims_prev, claims_current,
            frequency_effect, severity_effect, top_claim_share
        from marts.claims_cost_spikes""",
    "mismatches-table": """
        select company_name, company_ein, severity, expected, observed, quarantined, difference,
            pct_diff, direction
        from marts.roster_mismatch""",
    "differences-table": """
        select difference_type, side, count(*) from marts.roster_differences group by all""",
    "spend-table": """
        select coalesce(benefit_type, '(none)'), strftime(month, '%b %Y'), count(*),
            count_if(over_allowance), sum(allowance_per_month), sum(spend),
            sum(if(over_allowance, least(spend, period_spend - allowance), 0)),
            round(sum(spend) * 100 / nullif(sum(allowance_per_month), 0), 1)
        from marts.account_utilization
        where month > (select max(month) from marts.account_utilization) - interval 24 month
        group by benefit_type, month""",
    "rules-table": """
        select source, feed, rule_id, tier, rows_failed, rows_checked, 100 * pass_rate,
            100 * (pass_rate - pass_rate / 2), description
        from quality.dq_scorecard""",
    "trend-table": """
        select strftime(recorded_at, '%b %-d, %Y, %H:%M:%S'), source || '.' || feed,
            sum(value) filter (where measure = 'rows_failed'),
            max(value) filter (where measure = 'rows_checked'),
            100 * sum(value) filter (where measure = 'rows_failed')
                / max(value) filter (where measure = 'rows_checked')
        from quality.quality_trends where kind = 'rule'
        group by run_id, recorded_at, source, feed""",
    "runs-table": """
        select strftime(started_at, '%b %-d, %Y, %H:%M:%S'), command, status, runtime_seconds,
            rows_in, rows_out, rows_quarantined, validation_errors, enriched, enrichment_failed,
            if(is_masked, 'yes', 'no'), versions, run_id
        from ops.run_history""",
}


def test_numbers_equal_sql_over_the_tables(browser: Browser, seeds_page: Path) -> None:
    """Each table of the page against SQL of this test, row by row, whatever the order."""
    with opened(browser, seeds_page) as sight:
        for table, sql in NUMBERS.items():
            wanted = [[as_shown(value) for value in row] for row in query(seeds_page, sql)]
            shown = [
                [
                    number(text) if isinstance(value, Decimal) else None if text == "–" else text
                    for text, value in zip(row, pattern, strict=True)
                ]
                for row in cells(sight, table)
                # A column that is null in the first row may hold a number in another one.
                for pattern in [
                    [
                        next((v for v in column if v is not None), None)
                        for column in zip(*wanted, strict=True)
                    ]
                ]
            ]
            assert wanted, table
            assert sorted(map(repr, shown)) == sorted(map(repr, wanted)), table


def test_overview_equals_sql(browser: Browser, seeds_page: Path) -> None:
    newest = "(select max(month) from marts.account_utilization)"
    today = "(select max(window_end) from marts.claims_cost_windows)"
    figures = {
        "feeds": "select count(*) from marts.findings where kind = 'feed_overdue'",
        "coverage": "select count(*) from marts.plan_gaps"
        f" where gap_end is null or gap_end >= {today}",
        "claims": f"select count(*) from marts.claims_cost_spikes where last_flagged_on >= {today}",
        "roster": "select count(*) from marts.roster_mismatch"
        " where severity in ('High', 'Critical')",
        "spending": "select count(*) from marts.account_utilization"
        f" where over_allowance and month = {newest}",
        "quality": "select count(*) from quality.dq_scorecard where rows_failed > 0",
    }
    with opened(browser, seeds_page) as sight:
        for key, sql in figures.items():
            (shown,) = sight.texts(f'a[href="#{key}"] .figure')
            assert number(shown) == query(seeds_page, sql)[0][0], key
        (as_of,) = query(seeds_page, "select max(window_end) from marts.claims_cost_windows")[0]
        assert sight.texts("#as-of") == [as_shown(as_of)]
        run_id, ended = query(
            seeds_page,
            "select run_id, finished_at from ops.run_history where status = 'success'"
            " order by started_at desc limit 1",
        )[0]
        assert run_id in sight.texts("#run")[0]
        assert sight.texts("#run-ended") == [f"{as_shown(ended)}, {ended:%H:%M} UTC"]
        assert sight.texts("#written")[0].startswith(f"{dt.datetime.now(dt.UTC):%b }")
        assert sight.texts("#masked") == ["masked"]


def widths(sight: Sight, chart: str, name: str) -> list[float]:
    """Widths of bars in pixels, as drawn."""
    return sight.page.eval_on_selector_all(
        f"#{chart} .{name}_marks > path", "paths => paths.map(path => path.getBBox().width)"
    )


def test_bars_are_as_long_as_their_numbers(browser: Browser, seeds_page: Path) -> None:
    with opened(browser, seeds_page) as sight:
        drawn(sight)
        measured = {
            ("rules", "rule"): [
                100 * failed / checked
                for row in cells(sight, "rules-table")
                for failed, checked in [(number(row[4]), number(row[5]))]
                if failed
            ][:RULES],
            ("mismatches", "mismatch"): [
                abs(difference)
                for row in cells(sight, "mismatches-table")
                if (difference := number(row[6])) is not None
            ],
            ("gaps", "gap"): [number(row[6]) for row in cells(sight, "gaps-table")],
        }
        for (chart, name), values in measured.items():
            pixels = widths(sight, chart, name)
            scale = max(pixels) / float(max(values))
            assert pixels == pytest.approx([float(v) * scale for v in values], abs=1.5), chart


def test_a_day_is_the_same_day_in_every_time_zone(browser: Browser, seeds_page: Path) -> None:
    drawings = set()
    for zone in ("UTC", "America/Los_Angeles", "Pacific/Auckland"):
        with opened(browser, seeds_page, timezone_id=zone) as sight:
            drawn(sight)
            drawings.add(
                tuple(
                    sight.page.inner_html(f"#{chart} svg").split("clip", 1)[0]
                    + str(sight.texts(f"#{chart} svg text"))
                    + str(widths(sight, chart, name))
                    for chart, name in (("gaps", "gap"), ("spikes", "spike"), ("spend-1", "spend"))
                )
            )
    assert len(drawings) == 1


def test_charts_are_named_and_their_axes_labelled(browser: Browser, seeds_page: Path) -> None:
    with opened(browser, seeds_page) as sight:
        drawn(sight)
        for chart in CHARTS:
            assert len(sight.texts(f"#{chart} svg .role-axis-title text")) == 2, chart
            alternative = sight.page.locator(f"#{chart} svg [aria-label]").first
            named = sight.page.get_attribute(f"#{chart}", "aria-label") or (
                alternative.get_attribute("aria-label")
            )
            assert named and len(named) > 20, chart
            figure = sight.page.locator(f"figure:has(#{chart})")
            title = figure.get_attribute("aria-labelledby")
            assert sight.texts(f"#{title}")[0], chart
        ids = sight.page.eval_on_selector_all("[id]", "all => all.map(one => one.id)")
        ids = [name for name in ids if not name.startswith(("clip", "gradient"))]
        assert len(ids) == len(set(ids))


def test_empty_tables_give_empty_states(browser: Browser, make: Make, seeds_page: Path) -> None:
    page = make("empty", *(f"delete from {table}" for table in tables_of(seeds_page)))
    with opened(browser, page, width=400) as sight:
        drawn(sight)
        assert sight.count("svg") == 0
        for chart, sentence in EMPTY.items():
            assert sight.texts(f"#{chart}.empty") == [sentence]
        assert sight.texts("#as-of") == ["no claims yet"]
        assert sight.errors == [] and sight.outward() == [] and sight.overflow() <= 0


def test_hostile_text_is_inert(browser: Browser, make: Make, seeds_page: Path) -> None:
    page = make("hostile", *hostile_statements(seeds_page), *EARLIER)
    for width in (1200, 400):
        with opened(browser, page, width=width) as sight:
            drawn(sight)
            assert sight.count("svg") > 5
            # Tooltips are the one place where the library writes values into the page later.
            for mark in ("gap", "mismatch", "rule"):
                # At the left end, where no figure covers it.
                bar = sight.page.locator(f".{mark}_marks > path").first
                bar.hover(force=True, position={"x": 2, "y": 7})
                sight.page.wait_for_selector("#vg-tooltip-element.visible")
                shown = sight.page.inner_text("#vg-tooltip-element")
                assert any(text[:3] in shown for text in HOSTILE), (mark, shown)
                assert sight.count("#vg-tooltip-element :is(script, img, svg, a, b)") == 0
            for place in range(len(sight.texts("select[data-chart] option"))):
                sight.page.select_option("select[data-chart]", index=place)
            assert sight.page.evaluate("window.hacked") is None
            assert sight.count("script") == 5
            assert sight.count("img, iframe, object, main a[href^=javascript], [onload]") == 0
            shown = " ".join(sight.texts("#gaps-table td, #rules-table td"))
            for text in HOSTILE[:4]:
                assert text in shown
            assert all(len(text) <= LONGEST_TEXT for text in sight.texts("#gaps-table td"))
            assert sight.errors == [] and sight.outward() == [] and sight.overflow() <= 0


def test_page_asks_for_nothing_and_could_not(browser: Browser, seeds_page: Path) -> None:
    """No request is made, and the page's own policy refuses one that some script would make."""
    asked: list[str] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    with (
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server,
        opened(browser, seeds_page) as sight,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        drawn(sight)
        assert sight.errors == []
        assert sight.requests == [seeds_page.resolve().as_uri()]
        tried = sight.page.evaluate(
            """async address => {
                document.body.append(Object.assign(new Image(), {src: address + "image"}));
                const script = document.createElement("script");
                script.textContent = "window.hacked = 1";
                document.body.append(script);
                return fetch(address + "fetch").then(() => "answered", () => "refused");
            }""",
            address,
        )
        sight.page.wait_for_timeout(300)
        server.shutdown()
        assert tried == "refused" and asked == []
        assert sight.page.evaluate("window.hacked") is None


@pytest.mark.parametrize(
    "width", [1200, 400, *(pytest.param(n, marks=pytest.mark.extended) for n in (768, 320))]
)
def test_page_fits_its_window(browser: Browser, seeds_page: Path, width: int) -> None:
    """And charts follow when the window changes: labels are cut, never the plot."""
    with opened(browser, seeds_page, width=1600 if width == 400 else width) as sight:
        drawn(sight)
        sight.page.set_viewport_size({"width": width, "height": 900})
        sight.page.wait_for_timeout(400)
        drawn(sight)
        assert sight.overflow() <= 0
        for chart in CHARTS:
            place = sight.page.locator(f"#{chart}").bounding_box()
            picture = sight.page.locator(f"#{chart} svg").bounding_box()
            assert place and picture
            assert picture["width"] <= place["width"] + 1 <= width + 1, chart
            plot = sight.page.locator(f"#{chart} svg .background").first.bounding_box()
            assert plot and plot["width"] > 0.35 * place["width"], chart
        sight.page.locator("summary").first.click()
        assert sight.overflow() <= 0


@pytest.mark.extended
def test_thousands_of_companies(browser: Browser, make: Make) -> None:
    """The top ones by a rule that the page states; a file that opens at once; nothing silent."""
    page = make("thousands", *THOUSANDS)
    assert page.stat().st_size < 15e6
    with opened(browser, page, width=400) as sight:
        drawn(sight)
        assert sight.errors == [] and sight.overflow() <= 0
        gaps = query(page, "select count(*) from marts.plan_gaps")[0][0]
        (left_out,) = sight.texts("#coverage .left-out")
        lines = len({tuple(row[:3]) for row in cells(sight, "gaps-table")})
        assert lines == 40 and marks(sight, "gaps", "gap") == len(cells(sight, "gaps-table"))
        assert f"{len(cells(sight, 'gaps-table'))} of {gaps:,} gaps" in left_out
        assert "Misdated" not in " ".join(sight.texts("#gaps svg text"))
        assert len(sight.texts("select[data-chart] option")) == 40
        companies = query(
            page, "select count(distinct company_ein) from marts.claims_cost_windows"
        )[0][0]
        assert f"40 of {companies:,} companies" in sight.texts("#claims .left-out")[0]
        listed = query(page, "select count(*) from marts.roster_mismatch")[0][0]
        assert f"40 of {listed:,} companies" in sight.texts("#roster .left-out")[0]
        runs = query(page, "select count(*) from ops.run_history")[0][0]
        assert f"30 of {runs:,} runs" in sight.texts("#feeds .left-out")[0]
        longest = query(
            page,
            "select max(gap_length_days) from marts.plan_gaps where plan_type <> 'Misdated'",
        )[0][0]
        assert max(number(row[6]) for row in cells(sight, "gaps-table")) == longest


def test_clear_data_are_announced(browser: Browser, make: Make) -> None:
    """The tables say it, whatever the newest run was."""
    page = make("clear", "comment on table marts.dim_employees is 'code|rules|in|masked=false'")
    assert page.stat().st_mode & 0o777 == 0o600
    with opened(browser, page) as sight:
        assert sight.texts("#masked") == ["NOT MASKED: for those who may see it"]


def test_no_clear_value_of_a_person_is_on_the_page(seeds_page: Path) -> None:
    """Evidence has keys and masked values, as the published file has, and no name and address."""
    text = seeds_page.read_text().lower()
    names, addresses = set(), set()
    for name, feed in load_feeds().items():
        with (
            PROJECT / "seeds" / name.split(".")[0] / f"{seed_of(name, feed)}.csv"
        ).open() as lines:
            for row in csv.DictReader(lines):
                first_last = " ".join(filter(None, (row.get("first_name"), row.get("last_name"))))
                names |= {first_last.strip().lower(), (row.get("full_name") or "").strip().lower()}
                addresses.add((row.get("email") or "").strip().lower())
    clear = {name for name in names if " " in name} | {one for one in addresses if "@" in one}
    assert len(clear) > 300
    assert [value for value in clear if value in text] == []


def test_warehouse_is_only_read(seeds_page: Path, tmp_path: Path) -> None:
    database = seeds_page.with_name("analytics.duckdb")
    before = hashlib.sha256(database.read_bytes()).hexdigest()
    assert main(["--database", str(database), "--output", str(tmp_path / "a" / "page.html")]) == 0
    assert hashlib.sha256(database.read_bytes()).hexdigest() == before
    published = Published(database)
    for statement in (
        "delete from marts.plan_gaps",
        "select * from read_csv('/etc/passwd')",
        f"attach '{tmp_path}/other.duckdb'",
        f"copy marts.plan_gaps to '{tmp_path}/gaps.csv'",
        "set enable_external_access = true",
    ):
        with pytest.raises((duckdb.Error, NotPublished)):
            published.rows(statement)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["page.html"]


def test_what_is_missing_is_named(
    make: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No page, exit code 2 and one sentence; a page that is there stays."""
    output = tmp_path / "page.html"
    output.write_text("the page of yesterday")
    absent = tmp_path / "analytics.duckdb"
    assert main(["--database", str(absent), "--output", str(output)]) == 2
    assert f"There is no {absent}" in capsys.readouterr().err
    absent.write_bytes(b"no database")
    assert main(["--database", str(absent), "--output", str(output)]) == 2
    assert "can't be opened" in capsys.readouterr().err
    absent.unlink()
    with duckdb.connect(str(absent)) as connection:
        connection.execute("create schema marts")
    assert main(["--database", str(absent), "--output", str(output)]) == 2
    assert "A whole `dbt build` makes all relations." in capsys.readouterr().err
    assert output.read_text() == "the page of yesterday"
