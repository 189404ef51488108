"""Nothing personal leaves the restricted file and folder: canaries, labels and messages.

Runs are processes of their own, as people start them, with a temp folder and a home that are
searched too. The engine writes its blocks uncompressed, so that the search of raw bytes also sees
what was deleted. With -m soak every scenario is run by itself; `pytest -s` shows the table.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from canaries import (
    FIRST,
    KEY_STEM,
    STEM,
    TEXT_STEM,
    TOLD_NUMBER,
    Delivered,
    canary_deliveries,
    personal_feeds,
    text_of,
    word_of,
)
from conftest import Warehouse, copy_project
from processes import Run
from sweep import Needles, Sweep
from webhook_server import Channel

from benefits_warehouse.alerts.webhook import WEBHOOK
from benefits_warehouse.feeds import load_feeds, seed_of
from benefits_warehouse.runtime.messages import QuietTraceback, without_values

INPUTS = ("landing", "project/seeds")

# What people do by mistake: a cast that fails on a personal value, in SQL and in Python, and tests
# that fail with whole rows of persons.
MISTAKES = {
    "models/intermediate/int_mistaken_casts.sql": """
        {{ config(materialized='table') }}
        select email::integer as email from {{ ref('stg_benefits_admin__employees') }}
    """,
    "models/intermediate/int_mistaken_constraint.sql": """
        {{ config(materialized='table', contract={'enforced': true}) }}
        select 'twice' || full_name as full_name from {{ ref('stg_benefits_admin__employees') }}
        union all
        select 'twice' || full_name as full_name from {{ ref('stg_benefits_admin__employees') }}
    """,
    "models/intermediate/int_mistaken_python.py": """
        def model(dbt, session):
            dbt.config(materialized="table")
            rows = dbt.ref("stg_benefits_admin__employees")
            return rows.project("full_name::date as full_name").limit(9)
    """,
    "models/intermediate/int_mistaken_number.py": """
        def model(dbt, session):
            dbt.config(materialized="table")
            dbt.ref("landing_ledger")
            holders = dbt.source("landing", "land_spend_accounts__employees")
            rows = holders.project("last_name").fetchall()
            return session.sql("select " + str(int(rows[0][0])))
    """,
    "models/intermediate/int_tested_persons.sql": """
        -- depends_on: {{ ref('landing_ledger') }}
        select * from {{ source('landing', 'land_benefits_admin__employees') }}
        union all
        select * from {{ source('landing', 'land_benefits_admin__employees') }}
    """,
    "models/intermediate/_mistakes.yml": """
        version: 2
        models:
          - name: int_mistaken_constraint
            columns:
              - name: full_name
                data_type: varchar
                constraints: [{type: primary_key}]
          - name: int_tested_persons
            columns:
              - name: full_name
                config: {meta: {pii: direct}}
                data_tests: [unique, accepted_values: {arguments: {values: [nobody]}}]
              - name: email
                config: {meta: {pii: direct}}
                data_tests: [not_null, unique]
              - name: notes
                config: {meta: {pii: direct}}
                data_tests: [unique]
    """,
    "tests/quality/assert_mistaken.sql": """
        {{ config(severity='error') }}
        select * from {{ ref('stg_spend_accounts__employees') }}
    """,
}
HALFWAY = "int_employees_judged"
SEEDS = {name: seed_of(name, feed) for name, feed in personal_feeds().items()}


class SweptWarehouse(Warehouse):
    """A warehouse whose runs are processes, with everything that they may write in its folder.

    Args:
        folder: to be made.
        channel: takes its alerts; what it was sent is in the file `messages` after each run.
        variables: vars of all runs.
    """

    writes_json = True

    def __init__(self, folder: Path, channel: Channel | None = None, **variables: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder, copy_project(folder / "project"))
        self.channel = channel
        self.variables = variables
        profile = self.project / "profiles.yml"
        text = profile.read_text()
        settings = "      settings:\n"
        assert text.count(settings) == 1
        profile.write_text(
            text.replace(settings, f"{settings}        force_compression: uncompressed\n")
        )
        for name in ("tmp", "home"):
            (folder / name).mkdir()

    def take_parsed(self) -> None:
        """See Warehouse; with another profile dbt has to parse all by itself."""

    def mistakes(self, present: bool) -> None:
        """Put the mistakes into the project, or take them out."""
        for name, text in MISTAKES.items():
            path = self.project / name
            if present:
                lines = text.strip("\n").splitlines()
                path.write_text("\n".join(line.removeprefix(" " * 8) for line in lines) + "\n")
            else:
                path.unlink(missing_ok=True)

    def arguments(self, *arguments: str, variables: Mapping[str, Any] | None = None) -> list[str]:
        """See Warehouse; `variables` of all runs are put in."""
        return super().arguments(*arguments, variables={**self.variables, **(variables or {})})

    def environment(self) -> dict[str, str]:
        """See Warehouse; what dbt writes to a temp folder or a home stays where it is searched."""
        places = {"TMPDIR": str(self.folder / "tmp"), "HOME": str(self.folder / "home")}
        alerts = {WEBHOOK: self.channel.url} if self.channel else {}
        return super().environment() | places | alerts

    def keep(self, output: str) -> None:
        """Keep what a run printed, and what was posted so far."""
        self.output += output
        if self.channel:
            (self.folder / "messages").write_text("\n".join(map(json.dumps, self.channel.posts)))

    def run(self, *arguments: str) -> int:
        """Run dbt to its end; what it printed is added to `output`."""
        run = Run(self, *arguments)
        code = run.wait()
        self.keep(run.output)
        return code

    def run_killed(self, after: str, *arguments: str) -> None:
        """Run dbt, and kill it where its output first holds a text."""
        run = Run(self, *arguments)
        assert run.kill_when(lambda run: after in run.output, poll=0.02), run.output[-3000:]
        self.keep(run.output)

    def good(self, *arguments: str) -> None:
        """A run that must succeed."""
        if code := self.run(*arguments):
            raise AssertionError(f"dbt {arguments} ended with {code}:\n{self.output[-5000:]}")

    def put_into_seeds(self, made: Delivered) -> None:
        """Put the first delivery of each feed with personal columns in the place of its seed."""
        for feed, name, content in made.files:
            if feed in SEEDS and name == FIRST:
                (self.project / "seeds" / feed.split(".")[0] / f"{SEEDS[feed]}.csv").write_bytes(
                    content
                )

    def deliver_all(self, made: Delivered, first: str = "", last: str = "~") -> None:
        """Write the deliveries whose name is between two."""
        for feed, name, content in made.files:
            if first <= name <= last:
                self.deliver(feed, name, content)


@dataclass
class Canaries:
    made: Delivered
    needles: Needles


@pytest.fixture(scope="module")
def canaries() -> Canaries:
    made = canary_deliveries()
    return Canaries(made, Needles(made.canaries, STEM))


@dataclass
class Sides:
    """The same deliveries, masked and in clear, and what the sweeps of the masked one found.

    Args:
        masked: the warehouse that is swept.
        clear: its control.
        sweep: of the masked one.
        told: the alerts of both.
    """

    masked: SweptWarehouse
    clear: SweptWarehouse
    sweep: Sweep
    told: list[str]


@pytest.fixture(scope="module")
def channel() -> Iterator[Channel]:
    with Channel() as channel:
        yield channel


@pytest.fixture(scope="module")
def sides(canaries: Canaries, channel: Channel, tmp_path_factory: pytest.TempPathFactory) -> Sides:
    """A run with mistakes, one that is killed, one that is good; and one without masking."""
    masked = SweptWarehouse(tmp_path_factory.mktemp("masked") / "swept", channel)
    sweep = Sweep(canaries.needles, INPUTS)
    masked.deliver_all(canaries.made, last="6~")
    masked.mistakes(True)
    code = masked.run("build", "--store-failures", "--log-level-file", "debug")
    assert code == 1 and "int_mistaken_casts" in masked.output
    sweep.sweep("mistakes, failed tests stored, debug log", masked.folder, masked.output)
    masked.mistakes(False)
    masked.deliver_all(canaries.made, first="7")
    masked.run_killed(HALFWAY, "build")
    sweep.sweep("killed", masked.folder, masked.output)
    masked.good("build")
    masked.good("docs", "generate", "--static")
    sweep.sweep("good build, docs", masked.folder, masked.output)
    masked.put_into_seeds(canaries.made)
    for shown in ("employees_raw", "stg_benefits_admin__employees"):
        masked.good("show", "--limit", "50", "--select", shown)
    sweep.sweep("rows shown", masked.folder, masked.output)
    folder = tmp_path_factory.mktemp("clear") / "swept"
    clear = SweptWarehouse(folder, channel, pii_masking_enabled=False)
    clear.deliver_all(canaries.made)
    clear.good("build")
    print(sweep.table())
    return Sides(masked, clear, sweep, channel.texts)


def test_no_canary_leaves_the_restricted_side(sides: Sides) -> None:
    """Guarantee 7, over every file, console and cell that the runs left."""
    assert not sides.sweep.found, "\n".join(["", *sides.sweep.found[:40]])
    places = {place for _, place in sides.sweep.searched}
    assert places >= {
        *("console", "logs", "exports", "exports, cells", "target: compiled", "target: run"),
        *("target: the rest", "working copy, WAL", "working copy, WAL, cells"),
        *("analytics.duckdb", "analytics.duckdb, cells", "alerts"),
    }
    told = "\n".join(sides.told)
    for words in ("failed at", "int_mistaken_casts", "was killed", "file refused (4)"):
        assert words in told, told
    names = {path.name for path in (sides.masked.folder / "target").iterdir()}
    assert names >= {"manifest.json", "run_results.json", "catalog.json", "partial_parse.msgpack"}
    assert "static_index.html" in names


@pytest.mark.soak
def test_no_canary_in_any_scenario(canaries: Canaries, tmp_path: Path) -> None:
    """Each scenario by itself, on a landing zone and on seeds; prints what was searched."""
    sweep = Sweep(canaries.needles, INPUTS)
    zone = SweptWarehouse(tmp_path / "zone")
    people = ("stg_benefits_admin__employees", "stg_spend_accounts__employees")
    people += ("int_employees_judged", "employees_history")
    loads = sorted({name for _, name, _ in canaries.made.files})

    def swept(scenario: str, warehouse: SweptWarehouse) -> None:
        sweep.sweep(scenario, warehouse.folder, warehouse.output)
        warehouse.output = ""

    for name in loads:
        zone.deliver_all(canaries.made, name, name)
        zone.good("build")
    swept("a build for each delivery", zone)
    zone.mistakes(True)
    for level in ("--debug", "--quiet"):
        assert zone.run(level, "build", "--store-failures", "--full-refresh") == 1
        assert zone.run(level, "retry") == 1
    swept("mistakes: debug, full refresh, retry", zone)
    zone.run("test", "--store-failures")
    swept("dbt test --store-failures, mistakes in it, unit tests", zone)
    zone.mistakes(False)
    zone.good("test", "--store-failures")
    swept("dbt test --store-failures", zone)
    for moment in ("ledger", HALFWAY, "snapshots.", "dim_employees", "assert_keys_are_unique"):
        zone.run_killed(moment, "build", "--full-refresh")
        swept(f"killed at {moment}", zone)
    zone.good("build")
    for command in (["docs", "generate", "--static"], ["compile"], ["docs", "generate"]):
        zone.good(*command)
    swept("docs and compile", zone)
    for model in people:
        zone.good("show", "--limit", "-1", "--select", model)
        zone.good("show", "--inline", f"select * from {{{{ ref('{model}') }}}}")
    zone.good("show", "--output", "json", "--select", "roster_as_of_a_day")
    assert zone.output.count("left_out") > 5
    for model in people:
        columns = "to_json(whole) as one, {'a': whole} as other, 1 as id"
        zone.good("show", "--inline", f"select {columns} from {{{{ ref('{model}') }}}} as whole")
    swept("dbt show", zone)
    zone.variables = {"pii_masking_enabled": False}
    zone.good("build")
    zone.variables = {}
    for _ in range(2):  # the second one rewrites the working copy
        zone.good("build")
    swept("in clear once, then masked", zone)
    seeds = SweptWarehouse(tmp_path / "seeds")
    seeds.put_into_seeds(canaries.made)
    show = ["show", "--limit", "50", "--select", "employees_raw"]
    for command in (["seed"], ["build"], ["snapshot"], show, ["build", "--full-refresh"]):
        seeds.good(*command)
    swept("seeds", seeds)
    print(sweep.table())
    assert not sweep.found, "\n".join(["", *sweep.found[:40]])


def test_every_canary_was_there_to_be_found(sides: Sides, canaries: Canaries) -> None:
    """All are landed or rejected in the restricted side, but for those in refused files."""
    restricted = sides.masked.database / "restricted"
    needles = [canary.word for canary in canaries.made.canaries]
    texts = []
    for path in (restricted / "landing").rglob("*.parquet"):
        connection = duckdb.connect()
        texts += [str(row) for row in connection.read_parquet(str(path)).fetchall()]
    text = "\n".join(texts)
    landed = {word for word in needles if word.lower() in text.lower()}
    refused = [text_of(file) for file in canaries.made.files if "/" not in file[1]]
    assert all(word in landed or any(word in text for text in refused) for word in needles)
    assert len(landed) > len(needles) / 2
    counts = "select count(*) from ops.loaded_files where status = 'refused'"
    assert sides.masked.query(counts) == [(4,)]


def test_the_sweep_finds_what_is_published_in_clear(sides: Sides, canaries: Canaries) -> None:
    """The positive control: without masking every group is found where it is masked otherwise."""
    sweep = Sweep(canaries.needles, INPUTS)
    sweep.sweep("without masking", sides.clear.folder, sides.clear.output)
    print(sweep.table())
    groups = set(canaries.needles.groups.values())
    for place in ("analytics.duckdb", "analytics.duckdb, cells"):
        assert {group for _, of, group in sweep.hits if of == place} >= groups
    exported = {group for _, of, group in sweep.hits if of == "exports, cells"}
    assert exported >= {"benefits_admin.employees.full_name", "benefits_admin.employees.email"}
    places = {place for _, place, _ in sweep.hits}
    assert places <= {
        *("analytics.duckdb", "analytics.duckdb, cells", "working copy, WAL"),
        *("working copy, WAL, cells", "exports", "exports, cells"),
    }, "clear values are for the database and its exports, not for messages"
    assert sides.clear.query("select is_masked from ops.run_history") == [(False,)]


PLANTED = {
    "text": lambda word, value: value.encode(),
    "text, lower": lambda word, value: b"x" + word.lower().encode() + b"y",
    "text, upper": lambda word, value: word.upper().encode(),
    "reversed": lambda word, value: value[::-1].lower().encode(),
    "hex": lambda word, value: value.encode().hex().upper().encode(),
    "md5 as hex": lambda word, value: hashlib.md5(value.lower().encode()).hexdigest().encode(),
    "sha1 as hex": lambda word, value: hashlib.sha1(word.encode()).hexdigest().upper().encode(),
    "sha256 as hex": lambda word, value: (
        b"ab" + hashlib.sha256(value.encode()).hexdigest().encode()
    ),
    "md5 as bytes": lambda word, value: b"abc" + hashlib.md5(value.encode()).digest() + b"d",
    "sha256 as bytes": lambda word, value: hashlib.sha256(word.lower().encode()).digest(),
    "duckdb hash as text": lambda word, value: str(
        duckdb.execute("select hash($1)", [value.lower()]).fetchall()[0][0]
    ).encode(),
} | {
    f"base64, {before} before": lambda word, value, before=before: base64.b64encode(
        b"x" * before + value.encode()
    )
    for before in range(3)
}


@pytest.mark.parametrize("form", PLANTED)
def test_the_sweep_finds_each_form(form: str, canaries: Canaries, tmp_path: Path) -> None:
    """Planted in a log, each form of each canary is found, and as what it is."""
    for number, canary in enumerate(canaries.made.canaries):
        planted = PLANTED[form](canary.word, canary.value)
        path = tmp_path / str(number) / "logs" / "dbt.log"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"12:00:00 " + planted + b" ok\n")
        sweep = Sweep(canaries.needles, INPUTS)
        (found,) = {line.split(", ")[0] for line in sweep.sweep("planted", path.parent.parent)}
        assert f"{form.split(',')[0]} in logs" in found
        assert (canary.group in found) or ": any as " in found


def test_the_sweep_sees_what_was_deleted(canaries: Canaries, tmp_path: Path) -> None:
    """A dropped table leaves blocks in the file, which no query shows, and the raw search does."""
    (tmp_path / "warehouse").mkdir()
    path = tmp_path / "warehouse" / "analytics.duckdb"
    values = [canary.value for canary in canaries.made.canaries]
    with duckdb.connect(str(path)) as connection:
        connection.execute("set force_compression = 'uncompressed'")
        connection.execute(
            "create table persons as select unnest($1::varchar[]) as a from range(200)", [values]
        )
        connection.execute("checkpoint; create table keep as select 'kept' from range(100000)")
        connection.execute("checkpoint; drop table persons; checkpoint")
    sweep = Sweep(canaries.needles, INPUTS)
    sweep.sweep("deleted", tmp_path)
    assert {place for _, place, _ in sweep.hits} == {"analytics.duckdb"}


def labels(warehouse: Warehouse) -> dict[str, str]:
    """meta.pii of each published column, as schema.table.column, from the manifest."""
    manifest = json.loads((warehouse.folder / "target" / "manifest.json").read_text())
    return {
        f"{node['schema']}.{node['alias']}.{name}": column["config"]["meta"]["pii"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["database"] == "analytics"
        for name, column in node["columns"].items()
    }


def arrivals(warehouse: Warehouse, stem: str, without: str = "\x01") -> set[str]:
    """Published columns in which a canary stands, of which some begin otherwise."""
    found = set()
    with warehouse.connect() as connection:
        columns = connection.execute(
            "select table_schema, table_name, column_name from information_schema.columns"
        ).fetchall()
        for schema, table, column in columns:
            (times,) = connection.execute(
                f"""select count_if(replace(lower("{column}"::varchar), ?, '') like ?)
                from "{schema}"."{table}" """,
                [without.lower(), f"%{stem.lower()}%"],
            ).fetchone()
            if times:
                found.add(f"{schema}.{table}.{column}")
    return found


def test_labels_say_where_personal_data_arrives(sides: Sides) -> None:
    """meta.pii is compared with the data: a wrong label fails, and a mask that masks nothing.

    Built in clear, canaries arrive in the columns that are labelled masked, in all of them and in
    no other; masked, in none. Keys of persons and of what is theirs arrive where it says pseudonym.
    """
    pii = labels(sides.masked)
    assert labels(sides.clear) == pii
    masked = {name for name, label in pii.items() if label == "masked"}
    assert arrivals(sides.clear, STEM, without=TEXT_STEM) == masked
    assert arrivals(sides.masked, STEM) == set()
    tokens = {name for name in pii if name.endswith("_token")}
    keys = arrivals(sides.masked, KEY_STEM)
    assert keys - masked == {name for name, label in pii.items() if label == "pseudonym"} - tokens


def test_texts_that_are_not_about_people_are_flagged_and_masked(sides: Sides) -> None:
    """An address and a number in a merchant, title, carrier, program or type: found, and gone."""
    published = {
        "marts.dim_employees.title",
        "marts.dim_employees.status",
        "marts.dim_account_holders.status",
        *(f"marts.fct_plan_coverage.{name}" for name in ("plan_type", "carriers")),
        *(f"marts.plan_gaps.{name}" for name in ("plan_type", "previous_carrier")),
        "marts.fct_claims.claim_type",
        *(f"marts.dim_benefit_programs.{name}" for name in ("benefit_type", "program_name")),
        *(f"marts.account_utilization.{name}" for name in ("benefit_type", "program_name")),
        *(f"marts.fct_transactions.{n}" for n in ("merchant", "category", "transaction_type")),
        *(f"marts.fct_transactions.{name}" for name in ("benefit_type", "program_name")),
        *(f"marts.dim_merchants.{name}" for name in ("merchant", "primary_category")),
        *(f"marts.findings.{name}" for name in ("subject", "summary", "evidence_filter")),
        *(
            f"quality.quarantine_{feed.entity}.{column}"
            for feed in load_feeds().values()
            for column in feed.having("free_text")
        ),
        *(f"quality.validation_errors.{name}" for name in ("record_key", "value_preview")),
    }
    assert arrivals(sides.clear, TEXT_STEM) == published
    assert arrivals(sides.clear, TOLD_NUMBER) >= published
    assert arrivals(sides.masked, TOLD_NUMBER) == set()
    assert arrivals(sides.masked, "**** ****") >= published
    flags = """
        select distinct error_reason from quality.validation_errors
        where error_reason like 'personal_data_in_%' and contains(value_preview, '****')
    """
    found = {rule.removeprefix("personal_data_in_") for (rule,) in sides.masked.query(flags)}
    assert found == {"title", "carrier_name", "program_name", "merchant"}


def test_masks_have_their_shape(sides: Sides) -> None:
    """Initials, ****@domain or ****, and no notes at all, in each row and each masked column."""
    shapes = {"name": r"(\S{1,2}\. )*\S{1,2}\.", "email": r"\*{4}(@[^@\s]+\.[^@\s.]+)?"}
    kinds = {"full_name": "name", "first_name": "name", "last_name": "name", "email": "email"}
    checked = 0
    for name, label in labels(sides.masked).items():
        schema, table, column = name.split(".")
        if label != "masked" or column == "value_preview":
            continue
        values = [row[0] for row in sides.masked.query(f'select "{column}" from {schema}.{table}')]
        filled = [value for value in values if value is not None]
        if column == "notes":
            assert values and not filled
            continue
        assert filled and all(re.fullmatch(shapes[kinds[column]], value) for value in filled), name
        checked += 1
    assert checked >= 8


def test_tokens_are_keyed(sides: Sides) -> None:
    """Two warehouses have two peppers, and no token in common; within one they join the systems."""
    sql = (
        "select email_token from marts.dim_employees union all "
        "select email_token from marts.dim_account_holders"
    )
    here, there = (
        {row[0] for row in one.query(sql)} - {None} for one in (sides.masked, sides.clear)
    )
    assert here and there and not here & there
    assert all(re.fullmatch("[0-9a-f]{64}", token) for token in here | there)


def test_the_analytics_file_works_alone(sides: Sides, tmp_path: Path) -> None:
    """Copied elsewhere, every relation opens; nothing in it names the restricted file."""
    copy = shutil.copy(sides.masked.database / "analytics.duckdb", tmp_path)
    with duckdb.connect(str(copy), read_only=True) as connection:
        relations = connection.execute(
            "select table_schema, table_name from information_schema.tables"
        ).fetchall()
        assert {schema for schema, _ in relations} == {"marts", "quality", "ops"}
        for schema, table in relations:
            connection.execute(f"select * from {schema}.{table}").fetchall()
        views = "select count(*) from duckdb_views() where not internal"
        assert connection.execute(views).fetchone() == (0,)


def test_the_restricted_side_is_closed_to_others(sides: Sides) -> None:
    """Its files and folders, also the working copy; what is handed out is open."""
    folder = sides.masked.database
    for path in (folder / "restricted.duckdb", folder / "restricted.pepper"):
        assert rights(path) == 0o600
    for path in (folder / "restricted", folder / ".build"):
        assert rights(path) == 0o700
        for below in path.rglob("*"):
            assert not rights(below) & 0o077, below
    assert rights(folder / "analytics.duckdb") == 0o644


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_rights_are_given_back(make_warehouse: Any) -> None:
    """A restored backup that came without its rights is closed again by the next run."""
    warehouse = make_warehouse()
    folder = warehouse.database
    (folder / "restricted" / "landing").mkdir(parents=True)
    (folder / "restricted.duckdb").touch()
    (folder / "restricted.duckdb").unlink()
    (folder / "restricted.pepper").write_text("sixteen letters!")
    for path in (folder / "restricted", folder / "restricted" / "landing"):
        path.chmod(0o755)
    (folder / "restricted.pepper").chmod(0o644)
    assert warehouse.dbt("run", "--select", "run_history").success, warehouse.output[-2000:]
    assert rights(folder / "restricted") == rights(folder / "restricted" / "landing") == 0o700
    assert rights(folder / "restricted.pepper") == rights(folder / "restricted.duckdb") == 0o600


def test_stored_failures_hold_keys_only(sides: Sides) -> None:
    """They are in the restricted file, and say which columns they leave out."""
    stored = sides.masked.query_restricted(
        "select table_name, string_agg(column_name) from duckdb_columns() "
        "where schema_name = 'test_failures' group by table_name"
    )
    columns = {table: set(names.split(",")) for table, names in stored}
    assert len(columns) >= 6
    assert {"person_id", "row_id"} & columns["assert_mistaken"] and "left_out" in columns[
        "assert_mistaken"
    ]
    for table in columns:
        for (row,) in sides.masked.query_restricted(
            f"select t::varchar from test_failures.{table} t"
        ):
            assert STEM.lower() not in row.lower(), (table, row)


def test_shown_rows_leave_people_out(sides: Sides) -> None:
    """dbt show of seeds and models prints keys and the rest, and names what it left out."""
    assert "left_out" in sides.masked.output and "full_name, first_" in sides.masked.output
    for shown in ("employees_raw", "stg_benefits_admin__employees"):
        assert f"Previewing node '{shown}'" in sides.masked.output
    assert word_of(1, KEY_STEM) in sides.masked.output


ERRORS = {
    "select x::int from t": ("Conversion Error", "source column x", "to INT32"),
    "select x::date from t": ("Conversion Error", "source column x"),
    "select try_cast(x as int)::tinyint, x::decimal(9, 2) from t": ("Conversion Error",),
    "select strptime(x, '%Y') from t": ("Invalid Input Error",),
    "select x::json from t": ("Conversion Error", "source column x"),
    "select x::int[] from t": ("Conversion Error",),
    "select x::blob from (select '\\xZZ' || x as x from t)": ("Conversion Error",),
    "select regexp_matches('a', '(' || x) from t": ("Invalid Input Error",),
    "select error('seen: ' || x) from t": ("Invalid Input Error",),
    "insert into k select x, 1, 2 from t union all select x, 1, 2 from t": (
        *("Constraint Error", "(duplicate key)"),
    ),
    "select error('no pepper')": ("Invalid Input Error: no pepper",),
    "insert into k select x, null, 2 from t": ("NOT NULL constraint failed: k.b",),
    "insert into k select x, 1, 0 from t": ("CHECK constraint failed on table", "with expression"),
    "select nothing from t": ('Referenced column "nothing" not found',),
}


@pytest.mark.parametrize("value", [f"Ann {STEM}", f"'{STEM}\n\nLINE 1: x' \"{STEM}", "1234567"])
@pytest.mark.parametrize("sql", ERRORS)
def test_errors_of_the_engine_quote_no_value(sql: str, value: str) -> None:
    """What is left says what is wrong and where."""
    connection = duckdb.connect()
    connection.execute(
        "create table k (a varchar primary key, b int not null, c int check (c > 1))"
    )
    connection.execute("create table t as select $1 as x", [value])
    try:
        connection.execute(sql).fetchall()
    except duckdb.Error as error:
        message = without_values(error, sql)
        assert value not in message and STEM not in message, message
        assert all(part in message for part in ERRORS[sql]), message
    else:
        assert value == "1234567"


def test_errors_of_python_models_quote_no_value() -> None:
    """Where they were raised is shown; the message only where it can hold no value."""
    for raising in (
        lambda: int(STEM),
        lambda: {}[STEM],
        lambda: duckdb.sql(f"select x::int from (select '{STEM}' || random() as x)").fetchall(),
    ):
        try:
            raising()
        except Exception as error:
            shown = "".join(QuietTraceback.format_exception(error))
            assert STEM not in shown.replace(f"'{STEM}'", "")
            assert type(error).__name__ in shown and __file__ in shown
    try:
        Path("/nowhere/to/be/found").read_text()
    except OSError as error:
        assert "No such file" in QuietTraceback.format_exception(error)[-1]
