"""Guarantee 3: increments in any split and order = one delivery of everything = a full refresh.

Random delivery histories run side by side, in key ranges of the same few builds. A chain of
increments is compared with its own full refresh, column by column, and with a warehouse that saw
everything in one build, audit columns aside. INCREMENT_HISTORIES, INCREMENT_BUILDS and
INCREMENT_SEED choose other data; `make extended` has a build more, and runs of single models before
it, and with -m soak there are more histories and builds, and runs of random models in between.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any

import duckdb
import pytest
from conftest import Warehouse, copy_project
from mart_hashes import AUDIT_COLUMNS, LOGS, mart_hashes
from reference.generate_histories import (
    FIRST_FREE,
    MOST_DROPS,
    SNAPSHOTS,
    Drafter,
    Drop,
    History,
    Row,
    generate,
    snapshots_of,
    spread,
    stamp,
)
from reference.judge import ACCOUNTS, CLAIMS, EMPLOYEES, HOLDERS, PLANS, TRANSACTIONS

SEED = int(os.environ.get("INCREMENT_SEED", "20241231"))
HISTORIES = int(os.environ.get("INCREMENT_HISTORIES", "20"))
BUILDS = int(os.environ.get("INCREMENT_BUILDS", "2"))
EXTENDED = (HISTORIES, 3)
SOAK = (240, 6)
SHOWN = 4

SCHEMAS = ("marts", "quality")
# Where a row came from, and rates of the newest load.
OF_THE_SPLIT = AUDIT_COLUMNS | {"row_id", "source_file", "source_row", "detected_at"}
OF_THE_SPLIT |= {"newest_unparseable_rate"}
HISTORY = re.compile(r"\bh(\d{4})|\b\d0-000(\d{4})\b")
# Ids of histories whose drops come in any order. SPEC 5 flags duplicate_key when versions share a
# file, so it follows the split; all else must not.
FREE_ID = r"\bh[5-9]\d{3}|\b\d0-000[5-9]\d{3}\b"
JUDGED = {CLAIMS: "int_claims_judged", TRANSACTIONS: "int_transactions_judged"}
SNAPSHOT_FEEDS = (EMPLOYEES, PLANS, HOLDERS, ACCOUNTS)
FULLY_JUDGED = JUDGED[CLAIMS]  # refreshed by itself before the third build
SELECTED = [  # what runs of some models only are drawn from
    *JUDGED.values(),
    *("landing_ledger", "int_plans_judged", "int_plans_islands", "int_as_of_dates"),
    *("int_account_holders_judged", "int_benefit_accounts_judged", "validation_errors"),
    *("quarantine_claims", "quarantine_transactions", "fct_claims", "fct_transactions"),
]
# Rules that look at parents and siblings: they come and go while the row itself stays.
OF_OTHERS = {
    *("no_coverage_on_service_date", "terminated_employee"),
    *("invalid_employee_id", "invalid_benefit_account_id", "cross_employee_account_usage"),
    *("category_mismatch", "over_monthly_allowance", "suspected_duplicate", "before_hire_date"),
}
# Rules of two senders, of fillers and of optional columns, which the histories do not draw: they
# are compared with the judge in test_quality_judge, and come one by one in test_meanings.
NOT_DRAWN = [
    *("id_of_two_senders", "implausible_date", "claim_not_paid", "paid_before_service", "refund"),
    *("not_settled", "not_a_purchase", "foreign_currency", "departed_employee"),
]
PEPPER, ONE_PEPPER = "DBT_ENV_SECRET_PII_PEPPER", "one pepper for all variants"
# What no rule, reference, var or pepper of the test below decides.
UNTOUCHED = {
    "marts.calendar_days",
    "marts.dim_benefit_programs",
    "marts.fct_plan_coverage",
    "marts.roster_differences",
}


# Deliveries


def deliver(warehouse: Warehouse, feed: str, name: str, drops: list[Drop], rng: Random) -> None:
    """One delivery of drops: a file, packed or not, or two parts."""
    halves = [drops[0::2], drops[1::2]] if rng.random() < 0.3 and len(drops) > 1 else [drops]
    for part, half in enumerate(halves):
        rows = [row for drop in half for row in drop]
        rng.shuffle(rows)
        file = f"{name}/{part}.csv" if len(halves) > 1 else f"{name}.csv"
        if rows:
            path = warehouse.deliver(feed, file, rows)
            if rng.random() < 0.2:
                path.with_suffix(".csv.gz").write_bytes(gzip.compress(path.read_bytes()))
                path.unlink()


@dataclass
class Deliveries:
    """All histories over the builds of a chain: which deliveries each build sees first."""

    histories: list[History]
    builds: int
    rng: Random

    def __post_init__(self) -> None:
        self.each = max(2, MOST_DROPS // self.builds)  # deliveries of a feed in a build
        count = self.each * self.builds
        self.drops = {feed: spread(self.histories, feed, count, self.rng) for feed in JUDGED}
        # Files arrive in any order; their names say which they are in. The oldest comes with the
        # first build and the newest with the last, since quiet histories have them there.
        last = self.builds - 1
        self.places = {
            feed: [0, *self.rng.sample(range(1, count - 1), count - 2), count - 1]
            for feed in JUDGED
        }
        self.seen_at = {
            feed: [0, *(self.rng.randrange(last + 1) for _ in range(SNAPSHOTS - 2)), last]
            for feed in SNAPSHOT_FEEDS
        }

    def bring(self, warehouse: Warehouse, build: int) -> None:
        """Deliver what this build sees first; names say the order."""
        for feed, deliveries in self.drops.items():
            for place in self.places[feed][self.each * build : self.each * (build + 1)]:
                deliver(warehouse, feed, f"{place:02}", deliveries[place], self.rng)
            folder = warehouse.zone / feed.replace(".", "/")
            again = sorted(path for path in folder.iterdir() if path.is_file())
            if build and again:  # a file that is there already, under another name
                file = self.rng.choice(again)
                shutil.copy(file, folder / f"again_{build}_{file.name}")
        for feed, seen_at in self.seen_at.items():
            for step, rows in enumerate(snapshots_of(self.histories, feed)):
                if seen_at[step] == build:
                    warehouse.deliver(feed, f"{step}.csv", rows)


def bring_everything(warehouse: Warehouse, histories: list[History], rng: Random) -> None:
    """All deliveries at once; some of the free histories are one file of each feed."""
    for feed in JUDGED:
        for place, drops in enumerate(spread(histories, feed, 9, rng, singles=True)):
            if place < 9:
                deliver(warehouse, feed, f"{place}", drops, rng)
            else:
                warehouse.deliver(feed, "single.csv", [row for drop in drops for row in drop])
    for feed in SNAPSHOT_FEEDS:
        for step, rows in enumerate(snapshots_of(histories, feed)):
            warehouse.deliver(feed, f"{step}.csv", rows)


def write_references(project: Path, histories: list[History]) -> None:
    """Every second history's first company is known, and its domain leads there."""
    seeds = project / "seeds/reference"
    known = [history.number for history in histories if history.number // 2 % 2]
    with (seeds / "companies.csv").open("a") as companies:
        companies.writelines(f"10-{number:07},Company h{number:04},2\n" for number in known)
    with (seeds / "company_lookup.csv").open("a") as lookup:
        lookup.writelines(f"h{number:04}.example,10-{number:07}\n" for number in known[:8])


# Comparing


def columns_of(connection: duckdb.DuckDBPyConnection, catalog: str) -> dict[str, list[str]]:
    """The columns of each compared relation of an attached database."""
    found: dict[str, list[str]] = {}
    for relation, column in connection.execute(
        "select schema_name || '.' || table_name, column_name from duckdb_columns() "
        "where database_name = ? and list_contains(?, schema_name) order by column_index",
        [catalog, list(SCHEMAS)],
    ).fetchall():
        if relation not in LOGS:
            found.setdefault(relation, []).append(column)
    return found


def differences(first: Path, second: Path, is_same_landing: bool = False) -> list[str]:
    """What one database says and the other does not, relation by relation.

    Args:
        first: analytics.duckdb.
        second: another one.
        is_same_landing: the landed rows are the same, so lineage must be, too.
    """
    told: list[str] = []
    with duckdb.connect() as connection:
        connection.execute(f"attach '{first}' as first (read_only)")
        connection.execute(f"attach '{second}' as second (read_only)")
        relations = columns_of(connection, "first")
        assert relations and relations == columns_of(connection, "second")
        for relation, columns in relations.items():
            aside = {"enriched_at"} if is_same_landing else OF_THE_SPLIT
            names = [column for column in columns if column not in aside]
            picked = {name: f'"{name}"' for name in names}
            is_free = f"regexp_matches(one::varchar, '{FREE_ID}')"
            kept = "true"
            if not is_same_landing:
                if "dq_flags" in picked:
                    flags = "list_filter(dq_flags, lambda flag: flag <> 'duplicate_key')"
                    picked["dq_flags"] = f"case when {is_free} then {flags} else dq_flags end"
                if "error_reason" in picked:
                    kept = f"not (error_reason = 'duplicate_key' and {is_free})"
                if relation == "quality.dq_scorecard":
                    kept = "rule_id <> 'duplicate_key'"
            sides = {
                side: f"select {', '.join(picked.values())} from {side}.{relation} as one "
                f"where {kept}"
                for side in ("first", "second")
            }
            rows = []
            for one, other in (("first", "second"), ("second", "first")):
                found = connection.execute(f"{sides[one]} except all {sides[other]}").fetchall()
                rows += [(one, *row) for row in found]
            if rows:
                histories = Counter(
                    "".join(found) for row in rows for found in set(HISTORY.findall(str(row)))
                )
                told.append(
                    f"{relation}: {len(rows)} rows, of histories {histories.most_common(9)}\n"
                    f"  {['in', *names]}\n"
                    + "\n".join(f"  {row}" for row in sorted(rows, key=str)[:SHOWN])
                )
    return told


def assert_same(first: Path, second: Path, is_same_landing: bool = False) -> None:
    told = differences(first, second, is_same_landing)
    if told:
        pytest.fail(f"seed {SEED}, {len(told)} relations\n" + "\n".join(told), pytrace=False)


# Runs


def published(warehouse: Warehouse, name: str) -> Path:
    """A copy of the published database as it is now."""
    return Path(shutil.copy(warehouse.database / "analytics.duckdb", warehouse.folder / name))


Judged = dict[int, tuple[int, int, frozenset[str]]]  # row_id: content, judged_in, rules


def judged_rows(warehouse: Warehouse, feed: str) -> Judged:
    """The judged rows of a feed. A copy is read, since dbt in this process holds the file."""
    for name in ("restricted.duckdb", "restricted.duckdb.wal"):
        (warehouse.folder / name).unlink(missing_ok=True)
        if (warehouse.database / name).exists():
            shutil.copy(warehouse.database / name, warehouse.folder / name)
    with duckdb.connect(str(warehouse.folder / "restricted.duckdb")) as connection:
        rows = connection.execute(
            "select row_id, hash(one), judged_in, judged.dq_flags || judged.all_reasons "
            f"from (select * exclude (judged_in) from intermediate.{JUDGED[feed]}) as one "
            f"inner join intermediate.{JUDGED[feed]} as judged using (row_id)"
        ).fetchall()
    return {row_id: (content, number, frozenset(fired)) for row_id, content, number, fired in rows}


def run(warehouse: Warehouse, *arguments: str) -> None:
    """`dbt run` of some models; must succeed."""
    result = warehouse.dbt("run", *arguments)
    assert result.success, warehouse.output[-4000:]


def build(warehouse: Warehouse, *arguments: str, variables: dict[str, Any] | None = None) -> Any:
    """`dbt build`: no test fails, nothing is lost."""
    result = warehouse.build(*arguments, vars=variables)
    tests = [node for node in result.result if node.node.resource_type == "test"]
    assert {node.status for node in tests} <= {"pass", "warn"} and len(tests) > 5
    assert not warehouse.query("from quality.reconciliation where difference <> 0")
    return result


def statuses(result: Any) -> dict[str, str]:
    """What became of each table of a run that is built from others, logs of runs aside."""
    return {
        node.node.name: node.adapter_response.get("_message") or node.message
        for node in result.result
        if node.node.resource_type == "model"
        and node.node.config.materialized in ("table", "judged", "after_judged")
        and node.node.config.get("full_refresh") is not False
        and node.node.language == "sql"
    }


@dataclass
class Chain:
    """A warehouse built by increments, one built at once, and what was seen on the way."""

    increments: Warehouse
    once: Warehouse
    histories: list[History]
    is_soak: bool
    judged: list[dict[str, Judged]] = field(default_factory=list)
    idle: dict[str, str] = field(default_factory=dict)
    copies: dict[str, Path] = field(default_factory=dict)

    def keep(self, name: str) -> None:
        """Keep a copy of what is published, and the judged rows."""
        self.copies[name] = published(self.increments, f"{name}.duckdb")
        self.remember()

    def remember(self) -> None:
        """Keep the judged rows."""
        self.judged.append({feed: judged_rows(self.increments, feed) for feed in JUDGED})


def disturb(warehouse: Warehouse, number: int, rng: Random, is_soak: bool) -> None:
    """Runs of some models only: what a killed run, or a person, leaves behind."""
    if number == 1:  # landed and judged, and nothing below
        run(warehouse, "--select", "landing_ledger", *JUDGED.values())
    elif number == 2:
        before = mart_hashes(warehouse.database / "analytics.duckdb")
        run(warehouse, "--select", "fct_claims")  # takes nothing that is not judged
        assert mart_hashes(warehouse.database / "analytics.duckdb") == before
        run(warehouse, "--full-refresh", "--select", FULLY_JUDGED)
        if is_soak:
            run(warehouse, "--full-refresh", "--select", "fct_transactions")
    elif number and is_soak:
        run(warehouse, "--select", *rng.sample(SELECTED, rng.randrange(1, 8)))
        run(warehouse, "--select", *rng.sample(SELECTED, rng.randrange(1, 8)))


@pytest.fixture(
    scope="module",
    params=[
        (HISTORIES, BUILDS),
        pytest.param(EXTENDED, marks=pytest.mark.extended),
        pytest.param(SOAK, marks=pytest.mark.soak),
    ],
    ids="{0[0]}_histories_{0[1]}_builds".format,
)
def chain(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Chain:
    """Increments, a build with nothing new, a full refresh; and one build of everything."""

    count, builds = request.param
    folder = tmp_path_factory.mktemp("increments")
    histories = generate(count, SEED)
    project = copy_project(folder / "project")
    write_references(project, histories)
    warehouse, once = (Warehouse(folder / name, project) for name in ("increments", "once"))
    made = Chain(warehouse, once, histories, request.param == SOAK)
    rng = Random(SEED)
    deliveries = Deliveries(histories, builds, rng)
    started = perf_counter(), process_time()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PEPPER, ONE_PEPPER)
        for number in range(builds):
            deliveries.bring(warehouse, number)
            disturb(warehouse, number, rng, made.is_soak)
            if number:  # a row may be judged otherwise by a part, and as before by the whole
                made.remember()
            build(warehouse)
            made.keep(f"increments_{number}")
        made.idle = statuses(build(warehouse))
        made.keep("idle")
        build(warehouse, "--full-refresh")
        made.copies["refreshed"] = published(warehouse, "refreshed.duckdb")
        bring_everything(once, histories, rng)
        build(once)
        made.copies["once"] = published(once, "once.duckdb")
        spent = perf_counter() - started[0], process_time() - started[1]
        print(f"\n{count} histories, seed {SEED}: {spent[0]:.0f} s, {spent[1]:.0f} s of a core")
    return made


def test_full_refresh_says_the_same(chain: Chain) -> None:
    """The same landed rows: every column, lineage too."""
    assert_same(chain.copies["idle"], chain.copies["refreshed"], is_same_landing=True)


def test_one_delivery_says_the_same(chain: Chain) -> None:
    """Another split, another order where last_updated decides, one build."""
    assert_same(chain.copies["idle"], chain.copies["once"])


def test_histories_are_rich(chain: Chain) -> None:
    """Every rule fires, and those that look at others come and go on rows that stay."""
    with duckdb.connect(str(chain.copies["refreshed"]), read_only=True) as connection:
        rules = connection.execute(
            "select feed || '.' || rule_id, rows_failed from quality.dq_scorecard "
            "where feed in ('claims', 'transactions') and rule_id not like 'future_%' "
            "and not list_contains(?, rule_id)",
            [NOT_DRAWN],
        ).fetchall()
    assert not [rule for rule, failed in rules if not failed]
    moved: Counter[str] = Counter()
    for before, after in zip(chain.judged, chain.judged[1:], strict=False):
        for feed in JUDGED:
            for row_id in before[feed].keys() & after[feed].keys():
                was, now = before[feed][row_id][2], after[feed][row_id][2]
                moved.update((now - was) | (was - now if now else set()))
    print(f"\nrules that came or went on rows that stayed: {moved}")
    assert not OF_OTHERS - moved.keys()


def test_quiet_rows_are_judged_by_what_changed_beside_them(chain: Chain) -> None:
    """No version of these rows comes after the first build; a sibling, a parent or a plan goes."""
    found = {}
    for name in ("increments_0", "idle"):
        with duckdb.connect(str(chain.copies[name]), read_only=True) as connection:
            found[name] = connection.execute(
                "select record_key, error_reason from quality.validation_errors "
                "where regexp_matches(record_key, '^h9[0-9]*[tc]') "
                "and error_reason <> 'unknown_company' order by all"
            ).fetchall()
    assert found == {
        "increments_0": [
            ("h9001t2", "over_monthly_allowance"),
            ("h9001t2", "suspected_duplicate"),
        ],
        "idle": [
            ("h9002t1", "invalid_benefit_account_id"),
            ("h9002t1", "invalid_employee_id"),
            ("h9002t2", "invalid_benefit_account_id"),
            ("h9003c1", "no_coverage_on_service_date"),
        ],
    }


def test_only_changes_are_judged_anew(chain: Chain) -> None:
    """What is new or judged otherwise has a new judged_in; what nothing touched keeps its own."""
    for feed in JUDGED:
        for number, before in enumerate(chain.judged[:-1]):
            after = chain.judged[number + 1][feed]
            assert before[feed].keys() <= after.keys()
            if number == 2 and JUDGED[feed] == FULLY_JUDGED:  # refreshed after the second build
                continue
            last = max(judged_in for _, judged_in, _ in before[feed].values())
            kept = 0
            for row_id, (content, judged_in, _) in after.items():
                known = before[feed].get(row_id)
                if known is not None and known[1] == judged_in:
                    kept += 1
                    assert known[0] == content, row_id
                else:
                    assert judged_in > last, row_id
            assert kept, (feed, number)
        assert len({judged_in for _, judged_in, _ in chain.judged[-1][feed].values()}) > 1


def test_nothing_new_changes_nothing(chain: Chain) -> None:
    """No table is written, no content moves."""
    assert_same(chain.copies["idle"], [*chain.copies.values()][-4], is_same_landing=True)
    assert len(chain.idle) > 30
    assert not {name for name, status in chain.idle.items() if "UNCHANGED" not in status}


def test_every_run_is_on_record_as_a_success(chain: Chain) -> None:
    """Also the one that had nothing to write but its record."""
    with duckdb.connect(str(chain.copies["refreshed"]), read_only=True) as connection:
        records = connection.execute("select distinct status from ops.run_history").fetchall()
    assert records == [("success",)]


# Changes of what decides, in the middle of a chain


def restate(chain: Chain) -> None:
    """Other contents for many keys, under the names that the newest files have in both."""
    rng = Random(SEED)
    for feed, key in ((CLAIMS, "claim_id"), (TRANSACTIONS, "transaction_id")):
        newest: dict[str, Row] = {}
        for history in chain.histories:
            drafter = Drafter(rng, history.number)
            for drops in history.drops[feed]:
                row = drops[-1][-1]
                if row[key].startswith("h") and rng.random() < 0.3:
                    newest[row[key]] = drafter.change(feed, row) | {"last_updated": stamp(9999)}
        for warehouse in (chain.increments, chain.once):
            warehouse.deliver(feed, "zz.csv", [*newest.values()])


def change_rules(project: Path) -> None:
    """A flag withholds from now on, and a reason only flags."""
    file = project / "seeds/reference/dq_rules.csv"
    text = file.read_text()
    for rule, tier, other in (
        ("reversal,benefits_admin,claims", 1, 2),
        ("cross_employee_account_usage,spend_accounts,transactions", 2, 1),
    ):
        assert f"{rule},{tier}" in text
        text = text.replace(f"{rule},{tier}", f"{rule},{other}")
    file.write_text(text)


def change_references(project: Path) -> None:
    """More categories are valid, and a company is known."""
    with (project / "seeds/reference/category_benefit_mappings.csv").open("a") as mappings:
        mappings.write("meals,boats\nmeals,gym\n")
    with (project / "seeds/reference/companies.csv").open("a") as companies:
        companies.write(f"20-{FIRST_FREE:07},Newly known,3\n")


@pytest.mark.soak
def test_other_rules_references_vars_and_pepper(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever changes between two increments, the tables are those of a build from scratch."""
    project, variables = chain.increments.project, {}
    changes: dict[str, Callable[[], Any]] = {
        "rules": lambda: change_rules(project),
        "vars": lambda: variables.update(plan_gap_min_days=20, as_of_date="2024-10-31"),
        "references": lambda: change_references(project),
        "pepper": lambda: monkeypatch.setenv(PEPPER, "another pepper"),
    }
    monkeypatch.setenv(PEPPER, ONE_PEPPER)
    before = mart_hashes(chain.increments.database / "analytics.duckdb")
    restate(chain)
    told = ""
    for step in [[name] for name in changes] if chain.is_soak else [[*changes]]:
        for name in step:
            changes[name]()
        build(chain.increments, variables=variables)
        told += "".join(re.findall("judged again.*", chain.increments.output))
        if chain.is_soak:
            build(chain.once, "--full-refresh", variables=variables)
            assert_same(published(chain.increments, "now"), published(chain.once, "now"))
    for name in ("claims reversal", "cross_employee_account_usage", "mappings", "companies"):
        assert name in told
    changed = published(chain.increments, "changed.duckdb")
    after = mart_hashes(changed)
    assert {name for name in before if before[name] == after[name]} <= UNTOUCHED
    build(chain.increments, "--full-refresh", variables=variables)
    assert_same(changed, chain.increments.database / "analytics.duckdb", is_same_landing=True)
