"""One person is forgotten everywhere, and stays forgotten; nobody else is touched.

CANARY stands in every column of every row of the person, in notes of others and in broken lines.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest
from conftest import PROJECT, Warehouse
from processes import server
from reference.cleaning import clean_email, clean_name, clean_text
from traces import traces

from benefits_warehouse.landing import loader
from benefits_warehouse.landing.contract import Feed
from benefits_warehouse.privacy import erasure, forget
from benefits_warehouse.privacy.cleaning import cleaned
from benefits_warehouse.privacy.finding import Finder
from benefits_warehouse.privacy.forgotten import KINDS, tidy, token
from benefits_warehouse.privacy.landed import LandedRows
from benefits_warehouse.runtime import to_spark

CANARY = "Zyqvander"
PERSON = f"P-{CANARY}"
HOLDER = f"E-{CANARY}"
EMAIL = f"ann.{CANARY.lower()}@acme.com"
WHO = f"email: {EMAIL}\n"
PEPPER = "one pepper for this warehouse"
FEEDS = {
    "benefits_admin.employees",
    "spend_accounts.employees",
    "spend_accounts.benefit_accounts",
    "spend_accounts.transactions",
}
Row = dict[str, str]


def person(number: str, name: str, email: str, **cells: str) -> Row:
    return {
        "person_id": number,
        "full_name": name,
        "title": "Clerk",
        "email": email,
        "company_ein": "11-1111111",
        "start_date": "2020-01-01",
        "notes": "",
        "last_updated": "2024-01-01",
    } | cells


def holder(number: str, name: str, email: str, **cells: str) -> Row:
    return {
        "employee_id": number,
        "first_name": name.split()[0],
        "last_name": name.split()[1],
        "email": email,
        "hire_date": "2020-01-01",
        "status": "active",
        "termination_date": "",
        "last_updated": "2024-01-01",
    } | cells


def account(number: str, owner: str, **cells: str) -> Row:
    return {
        "benefit_account_id": number,
        "employee_id": owner,
        "benefit_type": "wellness",
        "program_name": "Sport",
        "monthly_allowance": "100",
        "current_balance": "50",
        "last_updated": "2024-01-01",
    } | cells


def transaction(number: str, owner: str, account_id: str, day: int = 1, **cells: str) -> Row:
    return {
        "transaction_id": number,
        "employee_id": owner,
        "benefit_account_id": account_id,
        "merchant": "Gym",
        "amount": "10.00",
        "timestamp": f"2024-05-{day:02}T10:00:00Z",
        "category": "gym",
        "last_updated": "2024-06-01",
    } | cells


OTHERS = [person(f"P{n}", f"Bob Nr{n}", f"p{n}@acme.com") for n in range(6)]
OTHER_HOLDERS = [holder(f"E{n}", f"Bob Nr{n}", f"p{n}@acme.com") for n in range(6)]
OTHER_ACCOUNTS = [account(f"A{n}", f"E{n}") for n in range(6)]
OTHER_TRANSACTIONS = [transaction(f"T{n}", f"E{n}", f"A{n}", n + 1) for n in range(6)]


def marked(row: Row, *columns: str) -> Row:
    """The row with the canary in further columns."""
    return row | {column: f"{CANARY} {row[column]}".strip() for column in columns}


ANN = marked(person(PERSON, f"Ann {CANARY}", EMAIL), "title", "notes")
DELIVERIES: list[tuple[str, str, list[Row]]] = [
    (
        "benefits_admin.employees",
        "1.csv",
        [OTHERS[0] | {"notes": f"reports to Ann {CANARY}"}, OTHERS[1], ANN, *OTHERS[2:]],
    ),
    # A second state, withheld; an address in other letters; without an id; another stays as it was.
    (
        "benefits_admin.employees",
        "2.csv",
        [
            *(OTHERS[0] | {"notes": f"reports to Ann {CANARY}"}, *OTHERS[1:]),
            ANN | {"start_date": f"soon {CANARY}", "email": f" {EMAIL.upper()}"},
            ANN | {"person_id": "", "title": f"No id {CANARY}"},
        ],
    ),
    (
        "spend_accounts.employees",
        "1.csv",
        [*OTHER_HOLDERS, holder(HOLDER, f"Ann {CANARY}", EMAIL, status=CANARY)],
    ),
    (
        "spend_accounts.benefit_accounts",
        "1.csv",
        [*OTHER_ACCOUNTS, marked(account(f"A-{CANARY}", HOLDER), "program_name", "benefit_type")],
    ),
    (
        "spend_accounts.transactions",
        "1.csv",
        [
            OTHER_TRANSACTIONS[0],
            marked(transaction(f"T1-{CANARY}", HOLDER, f"A-{CANARY}"), "merchant", "category"),
            *OTHER_TRANSACTIONS[1:3],
            # Withheld: no amount; another's account; an account of the person by nobody.
            marked(transaction(f"T2-{CANARY}", HOLDER, f"A-{CANARY}"), "amount", "timestamp"),
            transaction(f"T3-{CANARY}", HOLDER, "A1"),
            transaction(f"T4-{CANARY}", "", f"A-{CANARY}"),
            *OTHER_TRANSACTIONS[3:],
        ],
    ),
]


class Forgetting:
    """A warehouse with one pepper, dbt commands and erasures on it, and what the last one said."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.warehouse = warehouse
        self.environment = {"DBT_ENV_SECRET_PII_PEPPER": PEPPER}

    @property
    def output(self) -> str:
        return self.warehouse.output

    def deliver(self) -> None:
        for feed, name, rows in DELIVERIES:
            path = self.warehouse.deliver(feed, name, rows)
            if feed.endswith("transactions"):
                with path.open("a") as file:
                    file.write(f"broken,{HOLDER},{CANARY} shop\nbroken,other\n")

    def dbt(self, *arguments: str) -> bool:
        """Run dbt; whether it succeeded."""
        return self.warehouse.dbt(*arguments, environment=self.environment).success

    def build(self, *arguments: str) -> None:
        assert self.dbt("build", *arguments), self.output[-4000:]

    def forget(self, lines: str = WHO) -> int:
        """`make forget` with these lines; its exit code."""
        self.warehouse.take_parsed()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdin", io.StringIO(lines))
            with self.warehouse.as_process(self.environment):
                return forget.main(self.warehouse.arguments())

    def forget_beside(self, lines: str) -> int:
        """The same in a process of its own, as make starts it."""
        run = subprocess.run(
            [
                sys.executable,
                "-m",
                "benefits_warehouse.privacy.forget",
                *self.warehouse.arguments(),
            ],
            cwd=self.warehouse.folder,
            env={
                **os.environ,
                **self.warehouse.environment(),
                **self.environment,
                "PYTHONPATH": str(PROJECT / "python"),
            },
            input=lines,
            capture_output=True,
            text=True,
            timeout=600,
        )
        self.warehouse.output = run.stdout + run.stderr
        return run.returncode


def others(warehouse: Warehouse) -> dict[str, list[Any]]:
    """What is published about everybody else, and what nobody should lose."""
    queries = {
        "persons": "select * from marts.dim_employees where person_id <> $1",
        "holders": "select * from marts.dim_account_holders where employee_id <> $2",
        "transactions": "select * from marts.fct_transactions where employee_id <> $2",
        "use": "select * from marts.account_utilization where benefit_account_id <> $3",
    }
    values = {"1": PERSON, "2": HOLDER, "3": f"A-{CANARY}"}
    with warehouse.connect() as connection:
        return {
            name: connection.execute(
                f"{sql} order by all", {n: v for n, v in values.items() if f"${n}" in sql}
            ).fetchall()
            for name, sql in queries.items()
        }


def counts(warehouse: Warehouse) -> dict[str, dict[str, int]]:
    return {
        f"{row['source']}.{row['feed']}": {k: v for k, v in row.items() if isinstance(v, int)}
        for row in warehouse.rows("quality.reconciliation")
    }


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a warehouse that knows the person in every feed that names persons."""
    forgetting = Forgetting(Warehouse(tmp_path_factory.mktemp("built")))
    forgetting.deliver()
    forgetting.build()
    return forgetting.warehouse.folder


@pytest.fixture
def known(built: Path, tmp_path: Path) -> Forgetting:
    """A copy of that warehouse, to forget the person in."""
    return Forgetting(Warehouse(shutil.copytree(built, tmp_path / "known")))


@pytest.mark.extended
def test_person_is_forgotten_and_stays_forgotten(
    known: Forgetting, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = known.warehouse
    everybody_else, before = others(warehouse), counts(warehouse)
    assert len(everybody_else["persons"]) == len(everybody_else["transactions"]) == 6
    for folder in to_spark.FOLDERS:
        place = warehouse.database / folder / "some.db"
        place.mkdir(parents=True)
        (place / "part-0.bin").write_text(CANARY)
    held = traces(warehouse, CANARY)
    assert {f"warehouse/{folder}/some.db/part-0.bin" for folder in to_spark.FOLDERS} <= held
    # The search finds what is there: bytes, and cells of compressed files and of both databases.
    assert {"outputs/quarantine_transactions.csv", "warehouse/analytics.duckdb"} <= held
    for place in ("int_employees_judged", "employees_history", "quarantine_history", "transact"):
        assert any(place in name for name in held), place

    # A build that fails leaves the plan; nobody else may run, and running again ends it.
    with monkeypatch.context() as patch:
        patch.delattr(loader, "load_feeds")
        assert known.forget() == 2
    assert "run this again" in known.output and CANARY.lower() not in known.output.lower()
    assert not known.dbt("build")
    assert "run `make forget` again" in known.output
    assert known.forget("") == 0, known.output[-4000:]
    assert CANARY.lower() not in known.output.lower()
    for feed, name, _ in DELIVERIES:
        assert f"{feed} {name}" in known.output.split("still hold the person")[1]

    assert traces(warehouse, CANARY) == set()
    assert others(warehouse) == everybody_else
    after = counts(warehouse)
    assert {row["difference"] for row in after.values()} == {0}
    assert not (warehouse.database / "restricted" / "forget.json").exists()
    erased = {feed: row["rows_erased"] for feed, row in after.items() if feed in FEEDS}
    assert erased == {
        "benefits_admin.employees": 3,
        "spend_accounts.employees": 1,
        "spend_accounts.benefit_accounts": 1,
        "spend_accounts.transactions": 4,
    }
    for feed in FEEDS:
        assert after[feed]["rows_landed"] == before[feed]["rows_landed"]
        assert after[feed]["rows_deleted"] == after[feed]["rows_erased"]
        assert after[feed]["lines_rejected"] == before[feed]["lines_rejected"]
    records = warehouse.query(
        """select source || '.' || feed, rows_erased, lines_erased, history_erased, command
        from ops.erasures inner join ops.run_history using (run_id) order by all"""
    )
    assert records == [
        ("benefits_admin.employees", 3, 0, 2, "forget"),
        ("spend_accounts.benefit_accounts", 1, 0, 0, "forget"),
        ("spend_accounts.employees", 1, 0, 0, "forget"),
        ("spend_accounts.transactions", 4, 1, 0, "forget"),
    ]
    # What was withheld is on record without its key.
    assert warehouse.query(
        "select outcome, record_key, count(*) from quality.quarantine_history group by all"
    ) == [("erased", None, 5)]

    # The old files once more, new files that name the person, and a build of everything.
    for feed, name, rows in DELIVERIES:
        warehouse.deliver(feed, f"again-{name}", rows)
    warehouse.deliver(
        "benefits_admin.employees", "new.csv", [*OTHERS, ANN | {"person_id": "P-new"}]
    )
    warehouse.deliver(
        "spend_accounts.transactions",
        "new.csv",
        [transaction("T9", HOLDER, "A-x", merchant=CANARY), transaction("T8", "E1", "A1", 9)],
    )
    known.build("--full-refresh")
    assert traces(warehouse, CANARY) == traces(warehouse, PEPPER) == set()
    assert {row["difference"] for row in counts(warehouse).values()} == {0}
    assert warehouse.query(
        "select count(*) from marts.dim_employees union all "
        "select count(*) from marts.dim_account_holders union all "
        "select count(*) from marts.fct_transactions"
    ) == [(6,), (6,), (7,)]
    told = dict(
        warehouse.query(
            "select feed || ' ' || file, reason from ops.loaded_files where reason is not null"
        )
    )
    assert "1 rows are of forgotten persons" in told["transactions new.csv"]
    assert "1 rows are of forgotten persons" in told["employees new.csv"]


def left_behind(folder: Path) -> dict[str, Any]:
    """What an erasure leaves, ids and times aside: landed files, the list, tables, counts."""
    found: dict[str, Any] = {"list": (folder / "restricted" / "forgotten").read_text()}
    with duckdb.connect() as connection:
        for path in sorted((folder / "restricted" / "landing").rglob("*")):
            if path.is_file():
                name = str(path.relative_to(folder))
                found[name] = connection.execute(f"from read_parquet('{path}')").fetchall()
        for name in ("restricted.duckdb", ".build/analytics.duckdb"):
            connection.execute(f"attach '{folder / name}' as found (read_only)")
            found[name] = connection.execute(
                "select schema_name, table_name, comment, estimated_size from duckdb_tables() "
                "where database_name = 'found' order by all"
            ).fetchall()
            relation, times = (
                ("landing.landing_ledger", "loaded_at")
                if name.startswith("restricted")
                else ("ops.erasures", "erased_at")
            )
            found[relation] = connection.execute(
                f"select * exclude (run_id, {times}) from found.{relation} order by all"
            ).fetchall()
            connection.execute("detach found")
    return found


def erase(folder: str, step: int) -> None:
    """Erase, without the build; the process is killed before its step-th rename."""
    replace, renames = os.replace, []

    def dying(source: Path, goal: Path) -> None:
        renames.append(goal)
        if len(renames) == step:
            os._exit(9)
        replace(source, goal)

    os.replace = dying  # type: ignore[assignment]
    os.environ.update(BENEFITS_DB_DIR=folder, DBT_ENV_SECRET_PII_PEPPER=PEPPER)
    listed = SimpleNamespace(success=True, result=["int_employees_judged", "dim_employees"])
    erasure.run_dbt = lambda words: listed  # type: ignore[assignment]
    one = erasure.Erasure(Path(folder))
    plan = one.resume() or one.make_plan(*forget.read_request(WHO.splitlines()), [])
    one.erase_landed(plan)
    one.databases.erase(plan)
    os._exit(0)  # as a kill right before the build would


@pytest.mark.soak
@pytest.mark.parametrize("stride", [5, pytest.param(1, marks=pytest.mark.soak)])
def test_kill_at_any_rename_is_made_good_by_running_again(
    built: Path, tmp_path: Path, stride: int
) -> None:
    def erased(name: str, *steps: int) -> tuple[list[int], dict[str, Any]]:
        folder = shutil.copytree(built / "warehouse", tmp_path / name)
        codes = []
        for step in steps:
            process = server.Process(target=erase, args=(str(folder), step))
            process.start()
            process.join(120)
            codes.append(process.exitcode)
        return codes, left_behind(folder) if codes[-1] == 0 else {}

    codes, wanted = erased("whole", 0)
    assert codes == [0]
    renames = 1
    while (result := erased(f"killed-{renames}", renames, 0))[0] == [9, 0]:
        assert result[1] == wanted, f"killed before rename {renames}"
        shutil.rmtree(tmp_path / f"killed-{renames}")
        renames += stride
    assert result[0] == [0, 0]
    # The plan twice, the list, five landed files, broken lines, notes, two databases.
    assert renames > 11


def test_what_can_not_be_meant_changes_nothing(known: Forgetting) -> None:
    folder = known.warehouse.database

    def digest() -> dict[str, bytes]:
        return {
            str(path): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file() and path.name != "run.lock"
        }

    before = digest()
    for lines, told in {
        "": "Nobody is named",
        "name: Ann\n": "Name a person by lines",
        "email: N/A\n": "Name a person by lines",
        "email: nobody@acme.com\n": "Nobody with these identifiers",
    }.items():
        assert (known.forget if lines else known.forget_beside)(lines) == 2
        assert told in known.output and "nobody@acme.com" not in known.output
    assert digest() == before
    # Another pepper would forget whom it can't find, and let all come back.
    (folder / "restricted" / "forgotten").write_text("made with another\n")
    assert known.forget() == 2 and "made with another pepper" in known.output
    assert not known.dbt("build") and "made with another pepper" in known.output


def test_shared_address_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two persons of one roster share an address: neither is forgotten by it."""
    landing = tmp_path / "benefits_admin" / "employees"
    landing.mkdir(parents=True)
    kinds = ("person_id", "email")
    feed = Feed("benefits_admin", "employees", "snapshot", (), (), frozenset(), {}, kinds)
    connection = duckdb.connect()
    landed = LandedRows(connection, tmp_path, {}, {"benefits_admin.employees": feed})
    finder = Finder(landed, PROJECT)
    connection.execute(
        f"""copy (
            from (values
                ('P1', 'team@acme.com'), ('P2', ' Team@acme.com'), ('P3', 'n/a'), ('P4', 'n/a'),
                ('P5', 'p5@acme.com'), ('P5', 'old@acme.com'), ('n/a', 'p5@acme.com')
            ) as rows (person_id, email)
        ) to '{landing}/1-1.parquet'"""
    )
    for named in ({"person_id": {"P1"}}, {"email": {"team@acme.com"}}):
        with pytest.raises(RuntimeError, match="lead to 2 different person_id"):
            finder.complete({kind: set() for kind in KINDS} | named)
    nobody = {kind: set() for kind in KINDS}
    assert finder.complete(nobody | {"person_id": {"P3"}}) == nobody | {"person_id": {"P3"}}
    found = finder.complete(nobody | {"email": {"old@acme.com"}})
    assert found == nobody | {"person_id": {"P5"}, "email": {"p5@acme.com", "old@acme.com"}}


def test_seed_that_holds_the_person_is_named(seed_warehouse: Warehouse, tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    shutil.copytree(seed_warehouse.database, warehouse.database)
    (number,) = seed_warehouse.query(
        "select employee_id from marts.dim_account_holders order by all limit 1"
    )[0]
    forgetting = Forgetting(warehouse)
    forgetting.environment = {}
    assert forgetting.forget(f"employee_id: {number}\n") == 2
    assert "seeds/spend_accounts/employees.csv (1 rows)" in forgetting.output
    assert not (warehouse.database / "restricted" / "forget.json").exists()


HOSTILE = [
    *("", " ", "-", " N/A ", "n/a\u00a0", "NULL", "NaN", "none", "nobody", "n /a", "\u2007na\x1f"),
    *(" Ann\u00a0\t Lee\r\n", "a\u200bb", "\u2028x\x85y\x00z", "ÄRZTE", "ﬁ", "日本", "' or ''='"),
    *("Ann@ACME.com", " ann@acme.com ", "a@b", "a@b.c", "a@@b.c", "a b@c.d", "a@b..c", "@b.c"),
    *("a@b.", "a@.b", "a@b.c@d.e", "a\u00a0b@c.d", "{{ 1/0 }}@b.c", "a@b.c\n", "a@b.c\u00a0.d"),
]


def test_values_are_compared_as_the_warehouse_does(seed_warehouse: Warehouse) -> None:
    """The macros' own SQL, as dbt renders it, and right on texts that are hard to clean."""
    compiled = seed_warehouse.folder / "target/compiled"
    (path,) = compiled.rglob("stg_spend_accounts__employees.sql")
    staged = path.read_text()
    assert cleaned("clean_email", "email_text") in staged
    assert cleaned("clean_text", "status") in staged
    names = {"tidy_text": clean_name, "clean_text": clean_text, "clean_email": clean_email}
    sql = {name: cleaned(name, "raw") for name in names}
    sql["clean_email"] = cleaned("clean_email", cleaned("tidy_text", "raw"))
    kinds = [tidy("raw", kind) for kind in ("person_id", "email")]
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select raw, {', '.join([*sql.values(), *kinds])} "
            "from (select unnest($1::varchar[]) as raw)",
            [HOSTILE],
        ).fetchall()
    assert len(rows) == len(HOSTILE)
    for raw, tidied, text, email, number, address in rows:
        wanted = [clean(raw) for clean in names.values()]
        assert [tidied or None, text, email] == wanted, repr(raw)
        assert (number, address) == (tidied, tidied.lower()), repr(raw)


def test_request_is_read_as_the_warehouse_compares() -> None:
    who, is_exact = forget.read_request(
        ["email:  ANN@\u00c4.de ", "", "person_id: P\u00a0 1", "person_id: p 1", "exact"]
    )
    assert is_exact
    assert who["email"] == {"ann@\u00e4.de"} and who["person_id"] == {"P 1", "p 1"}
    for line in ("person_id: N/A", "person_id: \u00a0-", "email:", "name: Ann"):
        with pytest.raises(RuntimeError, match="Name a person by lines"):
            forget.read_request([line])


def test_list_without_a_pepper_finds_nobody_and_says_so() -> None:
    with duckdb.connect() as connection, pytest.raises(duckdb.Error, match="nobody is found"):
        connection.execute(f"select {token('value', 'email')} from (values ('a')) as x (value)")
