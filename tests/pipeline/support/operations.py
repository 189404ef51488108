"""A warehouse that people operate on, and what a fresh one of the same inputs says.

Inputs are the delivered files, the project (seeds and code) and vars; all warehouses share one
pepper. Every dbt command is a process of its own, which imports the scratch project's Python.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import duckdb
from conftest import Warehouse, copy_project, made_once
from mart_hashes import mart_hashes
from processes import Run
from reference.generate_histories import SNAPSHOTS, Row, generate, snapshots_of, spread
from reference.judge import ACCOUNTS, CLAIMS, EMPLOYEES, HOLDERS, PLANS, TRANSACTIONS

SCHEMAS = ("marts", "quality")
# Numbers that say when and in which order files came, not what they hold.
OF_THE_ORDER = {"row_id", "detected_at"}
PEPPER = {"DBT_ENV_SECRET_PII_PEPPER": "one pepper for all warehouses"}
HISTORIES = 4  # and the three quiet ones: some thirty rows a feed and delivery
STEPS = 6  # deliveries of claims and transactions
KNOWN = [(1, 1), (1, 2), (2, 1), (5000, 1), (9003, 1)]  # number of a history, one of its companies
RECORDS = {"ops.run_history", "ops.node_history"}
INPUTS = ("dbt_project.yml", "models", "macros", "seeds", "snapshots", "python", "tests")
PARTS = ("analytics.duckdb", "restricted.duckdb", "restricted", ".build")
# Run in the process of a dbt command before dbt begins: another time of day for all that asks
# Python. (DuckDB's own clock is only asked how long a run took.)
CLOCK = """
from datetime import datetime, timedelta
import dbt.tracking
from benefits_warehouse.landing import loader

class Shifted(datetime):
    @classmethod
    def now(cls, tz=None):
        return super().now(tz) + timedelta(seconds={seconds})

dbt.tracking.datetime = loader.datetime = Shifted
"""

Hashes = dict[str, str]


def said(database: Path) -> Hashes:
    """What a published database says, audit columns and logs aside."""
    if not database.exists():
        return {}
    return mart_hashes(database, SCHEMAS, without=OF_THE_ORDER)


def told(now: Hashes, wanted: Hashes) -> str:
    """Where two warehouses differ, table by table: rows and content of each."""
    return ", ".join(
        f"{name} ({now.get(name, 'none')[:12]} for {wanted.get(name, 'none')[:12]})"
        for name in sorted(now.keys() | wanted.keys())
        if now.get(name) != wanted.get(name)
    )


def contents(warehouse: Warehouse) -> dict[str, str]:
    """All that a warehouse holds but its run records: tables of each file, and landed files."""
    found: dict[str, str] = {}
    folder = warehouse.database
    for name in ("analytics.duckdb", ".build/analytics.duckdb", "restricted.duckdb"):
        scratch = warehouse.folder / "look"  # a copy: opening a file may write to it
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        for suffix in ("", ".wal"):
            if (folder / f"{name}{suffix}").exists():
                shutil.copy(folder / f"{name}{suffix}", scratch / f"copy.duckdb{suffix}")
        if (scratch / "copy.duckdb").exists():
            with duckdb.connect(str(scratch / "copy.duckdb")) as connection:
                tables = connection.execute(
                    "select schema_name || '.' || table_name, comment from duckdb_tables()"
                ).fetchall()
                for table, comment in tables:
                    if table not in RECORDS:
                        digest = connection.execute(
                            f"select count(*), sum(hash(one)::hugeint) from {table} as one"
                        ).fetchone()
                        found[f"{name} {table}"] = f"{digest} {comment}"
        shutil.rmtree(scratch)
    for path in (folder / "restricted").rglob("*.parquet"):
        found[str(path.relative_to(folder))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def digest_of(paths: Iterable[Path], base: Path) -> str:
    """A digest of the names and bytes of all files below some paths."""
    digest = hashlib.sha256()
    for path in paths:
        for file in sorted([path] if path.is_file() else path.rglob("*")):
            if file.is_file() and file.suffix not in (".pyc", ".msgpack"):
                digest.update(f"{file.relative_to(base)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


# Deliveries


@dataclass
class Deliveries:
    """Histories over STEPS deliveries, in files whose names rise, so that a fresh warehouse lands
    them in the order in which they came."""

    seed: int = 1
    rows: dict[str, list[list[Row]]] = field(init=False)

    def __post_init__(self) -> None:
        histories, rng = generate(HISTORIES, self.seed), Random(self.seed)
        self.rows = {feed: snapshots_of(histories, feed) for feed in (EMPLOYEES, PLANS, ACCOUNTS)}
        self.rows[HOLDERS] = [
            [row | dated(row) for row in rows] for rows in snapshots_of(histories, HOLDERS)
        ]
        for feed in (CLAIMS, TRANSACTIONS):
            self.rows[feed] = [
                [row for drop in drops for row in drop]
                for drops in spread(histories, feed, STEPS, rng)
            ]
        for rows in self.rows[CLAIMS]:
            rows[:] = [row | slashed(row, rng) for row in rows]

    def bring(self, warehouse: Warehouse, step: int, feeds: Iterable[str] = ()) -> None:
        """The files of one step; of some feeds, or of all."""
        for feed in feeds or self.rows:
            if step < (STEPS if feed in (CLAIMS, TRANSACTIONS) else SNAPSHOTS):
                warehouse.deliver(feed, f"{step}.csv", self.rows[feed][step])

    def bring_others(self, warehouse: Warehouse, step: int) -> None:
        """As many rows of each feed as that step has, with the same keys and other contents."""
        changes = {
            CLAIMS: lambda row: {"amount": "77.00"},
            TRANSACTIONS: lambda row: {"amount": "7.00"},
            EMPLOYEES: lambda row: {"title": "Pilot"},
            ACCOUNTS: lambda row: {"monthly_allowance": "77.00"},
        }
        for feed, change in changes.items():
            rows = [row | change(row) for row in self.rows[feed][step]]
            warehouse.deliver(feed, f"{step}.csv", rows)


def dated(row: Row) -> Row:
    """A day for who is terminated without one: else the day of the load would count."""
    is_bare = row["status"].lower() == "terminated" and not row["termination_date"]
    return {"termination_date": "2024-06-14"} if is_bare else {}


def slashed(row: Row, rng: Random) -> Row:
    """Some days as MM/DD/YYYY, so that var date_order, which only views hold, decides rows."""
    found = re.fullmatch(r"(\d{4})-(\d\d)-(0\d)", row["service_date"])
    if row["claim_id"] == "anchor" or not found or rng.random() < 0.4:
        return {}
    return {"service_date": "{1}/{2}/{0}".format(*found.groups())}


def template() -> Path:
    """A copy of the project that knows the companies of some histories, to be copied from.

    It stays where it is: a parsed seed remembers the folder of its project.
    """

    def make(folder: Path) -> None:
        project = copy_project(folder / "project")
        with (project / "seeds/reference/companies.csv").open("a") as file:
            file.writelines(f"{one}0-{number:07},Company {number},2\n" for number, one in KNOWN)

    return made_once(Warehouse.shared / "operated", make) / "project"


# Houses


class House:
    """A warehouse, its project and vars, and what has been done with them.

    Args:
        folder: everything of it lies below.
        project: the project that its commands run.
        deliveries: what is delivered.
    """

    def __init__(self, folder: Path, project: Path, deliveries: Deliveries) -> None:
        self.folder = folder
        self.warehouse = Warehouse(folder / "house", project)
        self.warehouse.writes_json = True
        self.warehouse.ask_for_more()
        self.warehouse.folder.mkdir(parents=True, exist_ok=True)
        self.deliveries = deliveries
        self.variables: dict[str, Any] = {}
        self.step = 0
        self.good: Hashes = {}
        self.steps: list[str] = []
        self.parsed: dict[str, bytes] = {}
        self.loaded_seeds = folder / "loaded_seeds"

    @property
    def project(self) -> Path:
        """The folder of the project."""
        return self.warehouse.project

    @property
    def output(self) -> str:
        """What the last command said."""
        return self.warehouse.output

    def deliver(self, *feeds: str) -> None:
        """The next delivery of some feeds, or of all."""
        self.steps.append(f"deliver {self.step} {' '.join(feeds)}")
        self.deliveries.bring(self.warehouse, self.step, feeds)
        self.step += 1

    def bring_others(self, step: int) -> None:
        """Other contents under the names of an earlier step, row for row."""
        self.steps.append(f"other contents under the names of step {step}")
        self.deliveries.bring_others(self.warehouse, step)

    # Commands

    def start(
        self, *words: str, prelude: str = "", environment: dict[str, str] | None = None
    ) -> Run:
        """Begin a dbt command."""
        self.steps.append("dbt " + " ".join(words) + (f" {self.variables or ''}".rstrip()))
        parsed = self.warehouse.folder / "target/partial_parse.msgpack"
        key = repr(self.variables)
        if key in self.parsed:
            parsed.parent.mkdir(exist_ok=True)
            parsed.write_bytes(self.parsed[key])
        return Run(
            self.warehouse,
            *words,
            variables=self.variables,
            environment={**PEPPER, **(environment or {})},
            prelude=prelude,
        )

    def end(self, run: Run) -> int:
        """Wait for a command, keep what it said and what it parsed; check what is published."""
        code = run.wait()
        self.warehouse.output = run.output
        self.keep_seeds()
        parsed = self.warehouse.folder / "target/partial_parse.msgpack"
        if parsed.exists():
            self.parsed[repr(self.variables)] = parsed.read_bytes()
        return code

    def run(self, *words: str, is_checked: bool = True, **more: Any) -> bool:
        """One dbt command, see `start`; whether it went well. What is published is checked."""
        went_well = self.end(self.start(*words, **more)) == 0
        self.steps[-1] += "" if went_well else " (failed)"
        if is_checked:
            self.check()
        return went_well

    def kill(self, words: Iterable[str], is_reached: Callable[[Run], Any]) -> bool:
        """A dbt command that is killed at a moment; False where it ended before."""
        run = self.start(*words)
        was_killed = run.kill_when(is_reached)
        self.warehouse.output = run.output
        self.keep_seeds()
        self.steps[-1] += " (killed)" if was_killed else ""
        self.check()
        return was_killed

    def keep_seeds(self) -> None:
        """Remember the reference seeds that the last command loaded, killed or not."""
        self.loaded_seeds.mkdir(exist_ok=True)
        for name in re.findall(r"OK loaded seed file reference\.(\w+)", self.output):
            shutil.copy(self.project / f"seeds/reference/{name}.csv", self.loaded_seeds)

    # What must be true

    def published(self) -> Hashes:
        """What readers see now."""
        return said(self.warehouse.database / "analytics.duckdb")

    def fresh(self, seeds: Path | None = None) -> Hashes:
        """What a warehouse says that is built at once from the present inputs.

        Args:
            seeds: reference seeds to take in place of the project's.
        """
        if seeds is not None:
            now = self.project / "seeds/reference"
            aside = self.folder / "seeds_aside"
            now.rename(aside)
            shutil.copytree(seeds, now)
            try:
                return self.fresh()
            finally:
                shutil.rmtree(now)
                aside.rename(now)

        def make(folder: Path) -> None:
            one = House(folder, self.project, self.deliveries)
            one.variables, one.parsed = self.variables, dict(self.parsed)
            shutil.copytree(self.warehouse.zone, one.warehouse.zone)
            built = one.run("build", is_checked=False)
            assert built, f"no fresh warehouse\n{one.output[-4000:]}"
            (folder / "said.json").write_text(json.dumps(one.published()))
            shutil.rmtree(one.warehouse.folder)

        return json.loads((made_once(self.fresh_folder(), make) / "said.json").read_text())

    def fresh_folder(self) -> Path:
        """Where all workers keep what a fresh warehouse of the present inputs says."""
        project, zone = self.project, self.warehouse.zone
        key = digest_of([project / part for part in INPUTS if (project / part).exists()], project)
        key += digest_of([zone], zone) + repr(sorted(self.variables.items()))
        folder = Warehouse.shared / "fresh"
        folder.mkdir(exist_ok=True)
        return folder / hashlib.sha256(key.encode()).hexdigest()[:20]

    def keep_fresh(self) -> None:
        """This warehouse was built at once: what it says is what `fresh` compares others with."""
        made_once(
            self.fresh_folder(),
            lambda folder: (folder / "said.json").write_text(json.dumps(self.published())),
        )

    def check(self) -> None:
        """What is published is the last good state, or that of a fresh warehouse."""
        now = self.published()
        if now == self.good:
            return
        wanted = self.fresh()
        loaded, on_disk = self.loaded_seeds, self.project / "seeds/reference"
        is_changed = digest_of([loaded], loaded) != digest_of([on_disk], on_disk)
        if now != wanted and is_changed and now == self.fresh(self.loaded_seeds):
            wanted = now  # the seeds on disk are not loaded yet: as fresh as the loaded ones
        assert now == wanted, self.explain("published, and neither old nor fresh", now, wanted)
        self.good = now

    def settle(self, aside: Iterable[str] = ()) -> None:
        """A plain build, after which the warehouse is what a fresh one is, some tables aside."""
        assert self.run("build", is_checked=False), self.explain("the plain build failed")
        self.good, wanted = self.published(), self.fresh()
        now = {name: digest for name, digest in self.good.items() if name not in aside}
        wanted = {name: digest for name, digest in wanted.items() if name not in aside}
        assert now == wanted, self.explain("not what a fresh one is", now, wanted)

    def settle_or_refuse(self, words: str) -> bool:
        """As `settle`, or the build stops before anything changes and says why and what to do.

        Args:
            words: regular expression of what it says.

        Returns:
            Whether it was built.
        """
        before = contents(self.warehouse)
        if self.run("build", is_checked=False):
            now, wanted = self.published(), self.fresh()
            assert now == wanted, self.explain("not what a fresh one is", now, wanted)
            self.good = now
            return True
        self.assert_refused(before, words)
        return False

    def assert_refused(self, before: dict[str, str], words: str) -> None:
        """The last command said something, and changed nothing.

        Args:
            before: `contents` before it.
            words: regular expression of what it must have said.
        """
        assert re.search(words, self.output), self.explain(f"it does not say {words}")
        after = contents(self.warehouse)
        changed = {name for name in before.keys() | after if before.get(name) != after.get(name)}
        assert not changed, self.explain(f"refused, and yet changed: {sorted(changed)[:9]}")

    def explain(self, what: str, now: Hashes | None = None, wanted: Hashes | None = None) -> str:
        """A failure, with all that was done before it."""
        lines = [what]
        if now is not None and wanted is not None:
            lines.append(f"differ (rows:content, for the fresh one's): {told(now, wanted)}")
        lines += ["steps:", *(f"  {step}" for step in self.steps), "output:", self.output[-2500:]]
        return "\n".join(lines)

    # Backups

    def save(self, name: str) -> Path:
        """A backup of all of the warehouse."""
        goal = self.folder / f"saved_{name}"
        shutil.rmtree(goal, ignore_errors=True)
        shutil.copytree(self.warehouse.database, goal)
        self.steps.append(f"save {name}")
        return goal

    def restore(self, saved: Path, parts: Iterable[str] = PARTS) -> None:
        """Put parts of a backup back; what is not in it is gone."""
        parts = [*parts]
        self.steps.append(f"restore {' '.join(parts)} of {saved.name}")
        for part in parts:
            goal, source = self.warehouse.database / part, saved / part
            for path in (goal, goal.with_name(f"{goal.name}.wal")):
                if path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
            if source.is_dir():
                shutil.copytree(source, goal)
            elif source.exists():
                shutil.copy2(source, goal)
            wal = source.with_name(f"{source.name}.wal")
            if wal.exists():
                shutil.copy2(wal, goal.with_name(wal.name))

    def landed(self, feed: str = CLAIMS) -> list[Path]:
        """The landed Parquet files of a feed, oldest first."""
        folder = self.warehouse.database / "restricted/landing" / feed.replace(".", "/")
        numbered = folder.glob("[0-9]*-[0-9]*.parquet")
        return sorted(numbered, key=lambda path: int(path.name.split("-")[0]))

    # Changes

    def edit(self, file: str, old: str, new: str) -> Callable[[], None]:
        """Change a text of the project; returns a function that changes it back."""
        path = self.project / file
        text = path.read_text()
        assert old in text, f"{file} does not hold {old!r}"
        path.write_text(text.replace(old, new))
        self.steps.append(f"edit {file}: {new.strip()!r}")

        def undo() -> None:
            self.steps.append(f"edit back {file}")
            path.write_text(text)

        return undo

    def append(self, file: str, text: str) -> Callable[[], None]:
        """Add lines to a file of the project; returns a function that takes them out again."""
        return self.edit(file, before := (self.project / file).read_text(), before + text)

    def statuses(self) -> dict[str, str]:
        """Message or status of each model and seed of the last run, as the records say it."""
        path = self.warehouse.database / ".build/analytics.duckdb"
        with duckdb.connect(str(path), read_only=True) as connection:
            return dict(
                connection.execute(
                    "select split_part(node, '.', 3), coalesce(message, status) "
                    "from ops.node_history where resource_type = 'model' and run_id = "
                    "(select arg_max(run_id, started_at) from ops.run_history)"
                ).fetchall()
            )


def rebuilt(house: House) -> set[str]:
    """Tables that the last run built: neither views, logs, Python models nor UNCHANGED."""
    manifest = json.loads((house.warehouse.folder / "target/manifest.json").read_text())
    tables = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["config"]["materialized"] not in ("view", "hook_table")
        and node["config"].get("full_refresh") is not False
        and node["language"] == "sql"
    }
    return {
        name
        for name, message in house.statuses().items()
        if name in tables and "UNCHANGED" not in message
    }


def built_house(folder: Path, seed: int = 1) -> House:
    """A house with two deliveries built, by copying the one that was built for all.

    `<folder>/saved_first` holds the backup after the first of the two.
    """

    def make(goal: Path) -> None:
        house = House(goal, template(), Deliveries(seed))
        house.deliver()
        assert house.run("build", is_checked=False), house.output[-4000:]
        house.keep_fresh()
        house.save("first")
        house.deliver()
        assert house.run("build", is_checked=False), house.output[-4000:]
        assert {path.name for path in house.loaded_seeds.iterdir()} == {
            path.name for path in (house.project / "seeds/reference").iterdir()
        }
        (goal / "parsed").write_bytes(house.parsed["{}"])

    made = made_once(Warehouse.shared / f"built_{seed}", make)
    shutil.copytree(made, folder, dirs_exist_ok=True)
    project = shutil.copytree(template(), folder / "project")
    house = House(folder, project, Deliveries(seed))
    house.step = 2
    house.parsed["{}"] = (folder / "parsed").read_bytes()
    house.good = house.published()
    return house


def new_house(folder: Path, seed: int = 1) -> House:
    """A house with one delivery and no warehouse yet."""
    house = House(folder, shutil.copytree(template(), folder / "project"), Deliveries(seed))
    house.deliver()
    return house
