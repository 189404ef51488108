"""What may be handed out as counts, and what is kept no longer than it must be."""

from __future__ import annotations

import itertools
import os
import random
import shutil
from collections import defaultdict
from pathlib import Path

import duckdb
import pytest
from conftest import Warehouse
from mart_hashes import mart_hashes

from benefits_warehouse.feeds import load_feeds
from benefits_warehouse.privacy import audit, retention, share, shareable
from benefits_warehouse.privacy.cells import groups_of_years, rest_of
from benefits_warehouse.privacy.counts import Counts

WHY = {"BENEFITS_AUDIT_REASON": "a test", "BENEFITS_AUDIT_USER": "Kim"}
PLAIN = ("--exclude-resource-type", "unit_test", "test")


@pytest.mark.parametrize(("cells", "least"), [(2, 3), (3, 3), (4, 3), (3, 2), (3, 4)])
def test_no_small_count_follows_from_what_is_shown(cells: int, least: int) -> None:
    """All small tables: whoever knows the method, total and shown counts can't tell a small one."""
    shown = defaultdict(list)
    for sizes in itertools.product(range(13), repeat=cells):
        if least <= sum(sizes) <= 12:
            rest = rest_of(sizes, least)
            kept = tuple(None if i in rest or not size else size for i, size in enumerate(sizes))
            assert all(size is None or size >= least for size in kept)
            assert not rest or sum(sizes[place] for place in rest) >= least
            shown[kept, sum(sizes)].append(sizes)
    hidden = 0
    for tables in shown.values():
        for sizes, place in itertools.product(tables, range(cells)):
            if 0 < sizes[place] < least:
                hidden += 1
                assert len({other[place] for other in tables}) > 1, (sizes, place)
    assert hidden > 10


def test_years_are_put_together_until_they_are_many() -> None:
    people = {2018: {1}, 2019: {1, 2}, 2020: {3, 4, 5}, 2021: {1, 2, 3}, 2022: {9}}

    def union(first: int, last: int) -> int:
        return len(set().union(*(people.get(year, set()) for year in range(first, last + 1))))

    sizes = [(year, len(who)) for year, who in people.items()]
    assert groups_of_years(sizes, union, 3) == [(2018, 2020), (2021, 2022)]
    assert groups_of_years(sizes, union, 20) == []


def test_what_is_shared_follows_from_labels() -> None:
    """No column that is labeled personal, and none of a company, is counted by or added up."""
    feeds, named = load_feeds(), {"text": 0, "subject": 0}
    for name, columns in shareable.described().items():
        table = shareable.table_of(name, columns, feeds)
        used = {*table.texts, *table.flags, *table.amounts, table.year}
        labels = {column["name"]: column["config"]["meta"] for column in columns}
        assert used - {None} <= labels.keys()
        assert all(labels[column]["pii"] == "none" for column in used - {None})
        assert not used & {"company_ein", "row_id", "load_id", "person_id", "email_token"}
        named["text"] += len(table.texts)
        named["subject"] += bool(table.subjects)
    assert min(named.values()) > 5
    assert "ann" not in shareable.listed_words()


def made_up(path: Path, seed: int) -> dict[str, list[tuple[object, ...]]]:
    """A published database of account holders and transactions as they may come, and its rows."""
    chosen = random.Random(seed)
    holders = [
        (f"E-{n}", chosen.choice(["active"] * 9 + ["terminated", "Ann Lee"]), year, n % 7 == 0)
        for n in range(60)
        for year in [chosen.choice([None, 1931, 2020, 2020, 2021, 2022])]
    ]
    bought = [
        (f"E-{int(chosen.paretovariate(0.6)) % 60}", chosen.choice(["gym", "food", "Ann's"]), money)
        for money in (chosen.randrange(1, 90) for _ in range(300))
    ]
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create schema marts; create schema ops; create table ops.run_history (run_id varchar);"
            "create table marts.dim_account_holders (employee_id varchar, status varchar, "
            "hire_date date, is_terminated boolean);"
            "create table marts.fct_transactions (employee_id varchar, category varchar, "
            "amount decimal(18, 2), transaction_at timestamp, merchant varchar)"
        )
        connection.executemany(
            "insert into marts.dim_account_holders values (?, ?, make_date(?, 3, 4), ?)", holders
        )
        connection.executemany(
            "insert into marts.fct_transactions "
            "values (?, ?, ?, timestamp '2024-05-06 07:08:09', 'Dr. Ann Lee')",
            bought,
        )
    return {"holders": holders, "bought": bought}


@pytest.mark.parametrize("seed", range(4))
def test_counts_are_those_of_enough_persons(seed: int, tmp_path: Path) -> None:
    """Each count is compared with the rows: how many, of how many persons, and of which."""
    rows = made_up(tmp_path / "analytics.duckdb", seed)
    Counts(tmp_path / "analytics.duckdb", tmp_path / "shared.duckdb", 11).write()
    with duckdb.connect(str(tmp_path / "shared.duckdb"), read_only=True) as connection:
        holders = connection.sql("from dim_account_holders").fetchall()
        bought = connection.sql("from fct_transactions").fetchall()
        columns = connection.sql("describe dim_account_holders").fetchall()
        report = dict(connection.sql("select table_name, outcome from report").fetchall())
    assert [name for name, *_ in columns] == [
        *("first_year", "last_year", "status", "is_terminated", "is_suppressed", "row_count")
    ]
    assert report["ops.*"].startswith("left out")
    assert holders and bought
    for first, last, status, flag, is_rest, count in holders:
        assert count >= 11
        assert not is_rest or (status, flag) == (None, None)
        if not is_rest:
            assert status in ("active", "terminated", "other")
            found = [
                who
                for who, word, year, ended in rows["holders"]
                if (status == "other" if word == "Ann Lee" else word == status)
                and str(ended).lower() == flag
                and (year is None) == (first is None and last is None)
                and (year is None or (first or year) <= int(str(year)) <= (last or int(str(year))))
            ]
            assert len(set(found)) == count
    years = [year for row in holders for year in row[:2]]
    assert 1931 not in years  # one old person: put together with the years after
    for _, _, category, is_rest, count, amount in bought:
        mine = [(who, money) for who, word, money in rows["bought"] if word == category]
        spent: dict[object, int] = defaultdict(int)
        for who, money in mine:
            spent[who] += int(str(money))
        if not is_rest and category != "other":
            assert category in ("gym", "food") and count == len(mine) and len(spent) >= 11
            is_one = 2 * max(spent.values()) > sum(spent.values())
            assert amount == (None if is_one else sum(spent.values()))


@pytest.fixture(scope="module")
def built(seed_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The sample, built; a copy."""
    goal = tmp_path_factory.mktemp("sharing") / "copy"
    return Warehouse(shutil.copytree(seed_warehouse.folder, goal))


def run(warehouse: Warehouse, words: list[str], command: object = share, why: bool = True) -> int:
    """A command of make on a warehouse; what it says is kept."""
    with warehouse.as_process(WHY if why else {}):
        return int(command.main(words))  # type: ignore[attr-defined]


def test_a_file_to_hand_out(built: Warehouse) -> None:
    """Nothing that leads to a person or a company is in it, and nobody else's file is replaced."""
    goal = built.folder / "given" / "counts.duckdb"
    assert run(built, ["safe_harbor", str(goal)]) == 0, built.output
    assert goal.stat().st_mode & 0o777 == 0o644
    assert audit.entries(built.database)[-1]["kind"] == "share"
    with duckdb.connect(str(goal), read_only=True) as connection:
        tables = [
            name
            for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()
        ]
        cells = {
            str(value).lower()
            for name in tables
            if name not in ("report", "shared_as")
            for row in connection.execute(f'from "{name}"').fetchall()
            for value in row
        }
        counts = [
            count
            for name in tables
            if name not in ("report", "shared_as")
            for (count,) in connection.execute(f'select row_count from "{name}"').fetchall()
        ]
    assert len(counts) > 10 and min(counts) >= 11
    personal, texts = 0, goal.read_bytes().decode("latin1").lower()
    for name, columns in shareable.described().items():
        for column in columns:
            if column["config"]["meta"]["pii"] != "none" or column["name"].startswith("company_"):
                if column["name"] in ("company_ein_source",):
                    continue
                for (value,) in built.query(
                    f"select distinct {column['name']}::varchar from marts.{name} where 1 = 1"
                ):
                    personal += 1
                    assert str(value).lower() not in cells or value is None, (name, column["name"])
                    assert value is None or len(value) < 6 or value.lower() not in texts
    assert personal > 500
    before = goal.read_bytes()
    assert run(built, ["safe_harbor", str(goal)]) == 0  # its own file is replaced
    other = built.folder / "other.duckdb"
    other.write_text("mine")
    link = built.folder / "link.duckdb"
    os.symlink(goal, link)
    for words, says in (
        (["safe_harbor", str(other)], "is not a file that make share wrote"),
        (["safe_harbor", str(link)], "is not a file that make share wrote"),
        (["safe_harbour"], "there is safe_harbor"),
        (["safe_harbor", "", "--vars", "{min_cell_size: 1}"], "min_cell_size must be"),
        (["safe_harbor", "", "--vars={min_cell_size: 1}"], "min_cell_size must be"),
        (["safe_harbor", "", "--vars", "11"], "--vars must be names"),
        (["safe_harbor", "", "--force"], "knows no --force"),
    ):
        assert run(built, words) == 2 and says in built.output, words
    erasing = built.database / "restricted" / "forget.json"
    erasing.write_text('{"run_id": "x"}')
    assert run(built, ["safe_harbor"]) == 2 and "make forget" in built.output
    erasing.unlink()
    assert run(built, ["safe_harbor"], why=False) == 2 and "reason" in built.output
    assert other.read_text() == "mine" and len(before) > 0


OLD = "interval 100 day"


@pytest.mark.extended
def test_what_is_old_goes_and_marts_stay(tmp_path: Path, built: Warehouse) -> None:
    """Old logs and closed history go from both files in bytes; marts built anew are as before."""
    warehouse = Warehouse(shutil.copytree(built.folder, tmp_path / "copy", symlinks=True))
    base = warehouse.folder / "warehouse"
    log, kept = warehouse.folder / "logs" / "dbt.log.7", warehouse.folder / "logs" / "dbt.log"
    log.write_text("old")
    os.utime(log, (1, 1))
    disclosed = base / "restricted" / "disclosures" / "2020"
    disclosed.mkdir(parents=True)
    os.utime(disclosed, (1, 1))
    with duckdb.connect(str(base / ".build" / "analytics.duckdb")) as connection:
        connection.execute(
            f"""update ops.run_history set started_at = started_at - {OLD};
            insert into ops.run_history by name
            select 'ancient' as run_id, 0 as run_number, started_at from ops.run_history limit 1;
            insert into ops.node_history by name
            select 'ancient' as run_id, node, 'OLDMESSAGEOFLONGAGO' as message, stamp
            from ops.node_history;
            insert into quality.quarantine_history
            select * replace (
                'OLDKEYOFSOMEBODY' as record_key, timestamp '2020-01-01' as left_at, -1 as row_id
            ) from quality.quarantine_history limit 1"""
        )
        newest = connection.sql("select count(*) from ops.node_history").fetchall()[0][0] // 2
    with duckdb.connect(str(base / "restricted.duckdb")) as connection:
        connection.execute(
            "insert into snapshots.employees_history select * replace ('OLDTITLE' as title, "
            "timestamp '2020-01-01' as dbt_valid_to, 'x' as entity_key) "
            "from snapshots.employees_history limit 1"
        )
    before = mart_hashes(warehouse.database / "analytics.duckdb")
    words = [*warehouse.arguments(variables={"retention_days": 30}), *PLAIN, "--full-refresh"]
    assert run(warehouse, ["", *warehouse.arguments()], retention) == 2
    assert "retention_days is 0" in warehouse.output
    assert run(warehouse, ["yes", *words], retention) == 2
    assert run(warehouse, ["1", *words], retention, why=False) == 2
    assert "reason" in warehouse.output
    assert run(warehouse, ["", *words], retention) == 0, warehouse.output
    said = warehouse.output
    assert f"{newest:,} rows" in said and str(log.name) in said and log.exists()
    assert "Nothing was changed" in said
    assert run(warehouse, ["1", *words], retention) == 0, warehouse.output[-3000:]
    assert not log.exists() and kept.exists() and not disclosed.exists()
    for path in (*base.glob("*.duckdb"), *base.glob(".build/*.duckdb")):
        for word in (b"OLDMESSAGEOFLONGAGO", b"OLDKEYOFSOMEBODY", b"OLDTITLE"):
            assert word not in path.read_bytes(), path
    assert mart_hashes(warehouse.database / "analytics.duckdb") == before
    assert audit.entries(warehouse.database)[-1]["kind"] == "retention"
