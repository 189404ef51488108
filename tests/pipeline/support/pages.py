"""Dashboards of copies of the seeds' warehouse that SQL has changed, and how a test reads them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from browser import Sight
from conftest import Warehouse

from benefits_warehouse.dashboard.__main__ import main

Rows = list[tuple[Any, ...]]
Make = Callable[..., Path]

# A run before this one, with more errors, one that failed, and one that was interrupted.
EARLIER = [
    """insert into quality.quality_trends
    select 'earlier', recorded_at - interval 1 day, * exclude (run_id, recorded_at)
    replace (case measure when 'pass_rate' then value / 2 else value * 2 end as value)
    from quality.quality_trends""",
    """insert into ops.run_history by name
    select * replace (
        'failed-run' as run_id, started_at - interval 1 day as started_at,
        finished_at - interval 1 day as finished_at, 'failed' as status
    ) from ops.run_history limit 1""",
    """insert into ops.run_history by name
    select * replace (
        'interrupted-run' as run_id, started_at - interval 2 day as started_at,
        null as finished_at, 'interrupted' as status, null as runtime_seconds
    ) from ops.run_history where status = 'success'""",
]
# What people and systems write into names, and attackers into what they control.
HOSTILE = [
    "<script>window.hacked = 1</script>",
    "</script><script>window.hacked = 1</script>",
    "<img src=x onerror='window.hacked = 1'>",
    "<!--<script>",
    "{{ 7 * 7 }} ${7 * 7} {% raw %}",
    "\"'><svg onload=window.hacked=1>",
    "<a href='javascript:window.hacked=1'>click</a> &lt;b&gt;",
    "]]>\u2028\u202ename\x07\x1b " + "very long " * 400,
]

THOUSANDS = [
    # 5,000 companies: names repeat, so that EINs have to tell them apart.
    """create table company_numbers as
    select number, format('{:02d}-{:07d}', number % 100, number) as new_ein,
        'Company ' || (number % 2500) as new_name
    from range(5000) as numbers(number)""",
    """insert into marts.dim_companies by name
    select companies.* replace (new_ein as company_ein, new_name as company_name)
    from company_numbers, (from marts.dim_companies limit 1) as companies""",
    """insert into marts.plan_gaps by name
    select gaps.* replace (
        new_ein as company_ein, new_name as company_name,
        gap_length_days + number % 7 as gap_length_days
    )
    from company_numbers, (from marts.plan_gaps where gap_type = 'trailing' limit 1) as gaps""",
    """insert into marts.plan_gaps by name
    select * replace ('Misdated' as plan_type, date '1902-01-01' as gap_start,
        date '1999-12-31' as gap_end, 35794 as gap_length_days, 'internal' as gap_type)
    from marts.plan_gaps limit 1""",
    """insert into marts.roster_mismatch by name
    select mismatch.* replace (new_ein as company_ein, new_name as company_name)
    from company_numbers, (from marts.roster_mismatch limit 1) as mismatch""",
    """insert into marts.claims_cost_spikes by name
    select spikes.* replace (new_ein as company_ein, new_name as company_name)
    from company_numbers, (from marts.claims_cost_spikes limit 1) as spikes""",
    """insert into marts.claims_cost_windows by name
    select windows.* replace (
        new_ein as company_ein, number + epoch(window_end)::bigint % 9973 as current_90d_cost
    )
    from company_numbers, (
        from marts.claims_cost_windows
        where company_ein = (select min(company_ein) from marts.claims_cost_windows)
    ) as windows""",
    """insert into ops.run_history by name
    select history.* replace (
        'run-' || number as run_id, started_at - to_hours(number::integer) as started_at
    )
    from company_numbers, (from ops.run_history limit 1) as history""",
]


def maker(warehouse: Warehouse, folders: pytest.TempPathFactory) -> Make:
    """A function that changes a copy of a warehouse by SQL and writes its dashboard."""

    def written(name: str, *statements: str) -> Path:
        folder = folders.mktemp(name)
        database = folder / "analytics.duckdb"
        shutil.copy(warehouse.database / "analytics.duckdb", database)
        with duckdb.connect(str(database)) as connection:
            for statement in statements:
                connection.execute(statement)
        output = folder / "dashboard.html"
        assert main(["--database", str(database), "--output", str(output)]) == 0
        return output

    return written


def query(page: Path, sql: str) -> Rows:
    """Rows of the warehouse that a page was made from."""
    with duckdb.connect(str(page.with_name("analytics.duckdb")), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def drawn(sight: Sight) -> Sight:
    """Wait until every chart has been drawn."""
    sight.page.wait_for_selector("html[data-drawn=yes]", timeout=60_000)
    return sight


def cells(sight: Sight, table: str) -> list[list[str]]:
    """Texts of a table's body."""
    return sight.page.eval_on_selector_all(
        f"#{table} > tbody > tr",
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))",
    )


def number(text: str) -> Decimal | None:
    """What a cell shows, read back as people would, to two decimals."""
    plain = text.replace(",", "").replace("−", "-").replace("+", "").replace("$", "")
    return None if text == "–" else Decimal(f"{Decimal(plain):.2f}")


def hostile_statements(page: Path) -> list[str]:
    """SQL that puts hostile text into every text column of every published table."""
    columns = query(
        page,
        """select schema_name || '.' || table_name, list(column_name)
        from duckdb_columns()
        where data_type = 'VARCHAR' and schema_name in ('marts', 'quality', 'ops')
            and column_name not in (
                'company_ein', 'severity', 'status', 'kind', 'measure', 'gap_type', 'command',
                'source', 'feed', 'run_id', 'direction', 'finding_id', 'evidence_relation'
            )
        group by all""",
    )
    literals = ", ".join("'" + text.replace("'", "''") + "'" for text in HOSTILE)
    hostile = [
        f"update {table} set "
        + ", ".join(
            f'"{name}" = [{literals}][1 + (rowid + {place}) % {len(HOSTILE)}]'
            for place, name in enumerate(names)
        )
        for table, names in columns
    ]
    # A condition that can't be run shows no rows; one that can shows hostile ones.
    return [*hostile, "update marts.findings set evidence_filter = 'true' where rowid % 2 = 0"]
