"""Guarantee 4: whatever ends a build, readers have the old or the new, and the next build mends it.

A case is a warehouse with a first load, and a second delivery of all feeds that waits. Builds of it
are killed at random and at aimed moments, starved of disk and of memory, met by a second run, and
broken by a model; then one plain build must end as an undisturbed one did. INTERRUPTION_SEED and
INTERRUPTION_KILLS choose other moments. `make test` has a sample of kills, `make extended`
a broken model and a broken seed, `make soak` all of it.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
from conftest import Warehouse, copy_project
from mart_hashes import AUDIT_COLUMNS, mart_hashes
from processes import POLL, Run

from benefits_warehouse.privacy.restricted import REWRITE
from benefits_warehouse.runtime.database_copy import FORMER

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "bench"))
import generate

SEED = int(os.environ.get("INTERRUPTION_SEED", "20250701"))
KILLS = int(os.environ.get("INTERRUPTION_KILLS", "56"))
ON_TOP = 3  # most killed runs in a row before a build is left alone
ROOMY = 10**9  # bytes, more than any build here needs
SHARES = (0.3, 0.6, 0.9)  # of the room that a build needs
PRIVATE = ("restricted*", "restricted/**/*", ".build", ".build/**/*")
# What the console says once a run is in a phase, in order.
PHASES = {
    "seeds": "OK hook: .*on-run-start",
    "landing": r"START python .*\blanding_ledger",
    "models": r"OK created python .*\blanding_ledger",
    "end": r"\b(\d\d+) of \1 (OK|PASS|WARN)",  # of the last node: publishing, exports
    "after the end": "OK hook: .*on-run-end",
}
# Logs of quality tell of runs; the rest of it, like the marts, of data only.
SCHEMAS = ("marts", "quality")
ROSTERS = ("benefits_admin/employees", "benefits_admin/plans", "spend_accounts/employees")
ROSTERS += ("spend_accounts/benefit_accounts",)


# What readers see


def content_of(path: Path) -> str:
    """What an export says, in its order; when and by which run a row came is left out."""
    reader = "read_parquet" if path.suffix == ".parquet" else "read_csv"
    options = "" if path.suffix == ".parquet" else ", all_varchar = true, header = true"
    with duckdb.connect() as connection:
        rows = connection.sql(f"select * from {reader}('{path}'{options})")
        names = [f'"{name}"' for name in rows.columns if name not in AUDIT_COLUMNS]
        digest = hashlib.sha256(repr(names).encode())
        digest.update(repr(rows.select(", ".join(names)).fetchall()).encode())
    return digest.hexdigest()


@dataclass(frozen=True)
class Published:
    """What is published: content hashes of the tables, and of each export, the run log aside."""

    tables: Mapping[str, str]
    exports: Mapping[str, str]
    bytes: Mapping[str, bytes] = field(compare=False, repr=False)

    @classmethod
    def of(cls, warehouse: Warehouse) -> Published:
        """What is published now; nothing where there is no database yet."""
        database = warehouse.database / "analytics.duckdb"
        hashes = mart_hashes(database, SCHEMAS) if database.exists() else {}
        files = [path for path in warehouse.exports.glob("[!.]*") if path.suffix != ".jsonl"]
        return cls(
            hashes,
            {path.name: content_of(path) for path in files},
            {path.name: path.read_bytes() for path in files},
        )


def assert_old_or_new(warehouse: Warehouse, old: Published, new: Published) -> Published:
    """Each published file is one of its two selves, and what is personal is closed to others."""
    now = Published.of(warehouse)
    assert now.tables in (old.tables, new.tables), "the published database is neither old nor new"
    assert old.exports.keys() <= now.exports.keys() <= new.exports.keys()
    for name, content in now.exports.items():
        is_old = now.bytes[name] == old.bytes.get(name)
        assert is_old or content == new.exports[name], f"{name} is neither old nor new"
        assert is_old or now.tables == new.tables, f"{name} tells of what is not published"
    for log in warehouse.exports.glob("run_log.jsonl"):
        assert all(json.loads(line)["run_id"] for line in log.read_text().splitlines())
    published = warehouse.database / "analytics.duckdb"
    opened = [
        path
        for pattern in PRIVATE
        for path in warehouse.database.glob(pattern)
        if path.stat().st_mode & 0o077
        and not (published.exists() and path.samefile(published))  # noted while it is replaced
    ]
    assert not opened, f"open to others: {opened}"
    return now


def files_of(warehouse: Warehouse) -> set[str]:
    """The names of all files of a warehouse and its exports.

    A killed run that had tables made anew asks for a rewrite, which the next one does before it
    begins. That one need not ask again, and keeps a former file, which the undisturbed one did not.
    """
    return {
        str(path.relative_to(warehouse.folder))
        for folder in (warehouse.database, warehouse.exports)
        for path in folder.rglob("*")
        if path.is_file() and path.name not in (REWRITE, FORMER)
    }


# Cases


@dataclass
class Case:
    """A warehouse to disturb: how it is before its second delivery is built, and how after.

    Args:
        warehouse: its zone or seeds hold the second delivery.
        saved: folder with the state before, `warehouse` and `outputs`.
    """

    warehouse: Warehouse
    saved: Path
    old: Published = field(init=False)
    new: Published = field(init=False)
    files: set[str] = field(init=False)
    seconds: float = field(init=False)
    history: list[str] = field(init=False)

    def measure(self) -> None:
        """One undisturbed build says what the others must come to."""
        self.restore()
        self.old = Published.of(self.warehouse)
        self.history = self.statuses() if self.old.tables else []
        run = Run(self.warehouse, "build")
        assert run.wait() == 0, run.output[-4000:]
        self.seconds = run.all_seconds
        self.new, self.files = Published.of(self.warehouse), files_of(self.warehouse)
        assert self.new.tables != self.old.tables
        assert self.new.exports.items() - self.old.exports.items()

    def empty(self) -> None:
        """Remove what is in its folders. The folders themselves stay: they may be mounts."""
        for folder in (self.warehouse.database, self.warehouse.exports):
            folder.mkdir(exist_ok=True)
            for path in folder.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def restore(self) -> None:
        """Put the state before back."""
        self.empty()
        for folder in (self.warehouse.database, self.warehouse.exports):
            if (self.saved / folder.name).exists():
                shutil.copytree(self.saved / folder.name, folder, dirs_exist_ok=True)

    def run_log(self) -> list[dict[str, Any]]:
        """The exported records of runs."""
        lines = (self.warehouse.exports / "run_log.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def statuses(self) -> list[str]:
        """What became of each run so far."""
        query = "select status from ops.run_history order by started_at"
        return [status for (status,) in self.warehouse.query(query)]

    def check(self) -> Published:
        """After a disturbance."""
        return assert_old_or_new(self.warehouse, self.old, self.new)

    def recover(self, beside: Callable[[Run], None] | None = None) -> list[str]:
        """One plain build: all is as after an undisturbed one. Returns all runs' statuses.

        Args:
            beside: what is done while it runs.
        """
        run = Run(self.warehouse, "build")
        if beside:
            beside(run)
        assert run.wait() == 0, run.output[-4000:]
        now = self.check()
        assert now == self.new, "not what an undisturbed build comes to"
        assert files_of(self.warehouse) == self.files
        assert not self.warehouse.query("from quality.reconciliation where difference <> 0")
        return self.statuses()


def second_seeds(project: Path) -> None:
    """Change all seeds: rows go from the rosters, others come to claims and transactions."""
    for path in sorted(project.glob("seeds/*_a*/*.csv")):
        header, *rows = path.read_text().splitlines(keepends=True)
        if path.stem in ("claims_raw", "transactions"):
            rows += [f"N{row}" for row in rows[:60]]
        else:
            del rows[5:9]
        path.write_text("".join([header, *rows]))


def second_delivery(zone: Path, sizes: generate.Sizes) -> None:
    """Half as many claims and transactions again, and each roster without a part of its rows."""
    generate.next_day(zone, sizes, 0.5)
    for part in zone.glob("benefits_admin/claims/2025-07-02/*"):
        part.write_text(part.read_text() + "Total,1\n")
    for feed in ROSTERS:
        header, *rows = (zone / feed / f"{generate.DELIVERED}.csv").read_text().splitlines(True)
        kept = [row for number, row in enumerate(rows) if number % 20]
        (zone / feed / "2025-07-02.csv").write_text("".join([header, *kept]))


def seed_case(folder: Path, warehouse: Warehouse | None) -> Case:
    """The sample seeds, changed, on a built warehouse, or as they are on none at all."""
    case = Case(Warehouse(folder, copy_project(folder / "project")), folder / "saved")
    case.saved.mkdir()
    if warehouse is not None:
        for built in (warehouse.database, warehouse.exports):
            shutil.copytree(built, case.saved / built.name)
        second_seeds(case.warehouse.project)
    return case


def zone_case(folder: Path, scale: float) -> Case:
    """A landing zone whose first delivery is loaded."""
    sizes = generate.Sizes.scaled(scale)
    case = Case(Warehouse(folder, copy_project(folder / "project")), folder / "saved")
    generate.write_reference(case.warehouse.project, sizes)
    generate.generate(case.warehouse.zone, sizes)
    run = Run(case.warehouse, "build")
    assert run.wait() == 0, run.output[-4000:]
    for built in (case.warehouse.database, case.warehouse.exports):
        shutil.copytree(built, case.saved / built.name)
    second_delivery(case.warehouse.zone, sizes)
    return case


@pytest.fixture(scope="module")
def seeds(seed_warehouse: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The sample seeds, and a change of all of them."""
    case = seed_case(tmp_path_factory.mktemp("changed"), seed_warehouse)
    case.measure()
    return case


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The sample seeds on a warehouse that has nothing but a pepper, for tokens to be alike."""
    case = seed_case(tmp_path_factory.mktemp("empty"), None)
    pepper = case.saved / "warehouse/restricted.pepper"
    pepper.parent.mkdir()
    pepper.touch(0o600)
    pepper.write_text("5d" * 32)
    case.measure()
    return case


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Deliveries of 40,000 claims and then 20,000 more, so that each phase takes its time."""
    case = zone_case(tmp_path_factory.mktemp("zone"), 0.002)
    case.measure()
    return case


# Kills


def identity(path: Path) -> int:
    """Another number once another file is renamed over this one; 0 where there is none."""
    return path.stat().st_ino if path.exists() else 0


def aimed(warehouse: Warehouse) -> dict[str, Callable[[Run], object]]:
    """Moments that random ones seldom hit, by name. dbt logs a hook once it has ended."""
    database, exports = warehouse.database, warehouse.exports
    landing = database / "restricted/landing"
    landed = len([*landing.glob("*/*/*.parquet")])
    analytics, gaps = database / "analytics.duckdb", exports / "sql_gaps.csv"
    before = identity(analytics), identity(gaps)
    return {
        "starting": lambda run: (database / ".build/analytics.duckdb.wal").exists(),
        "landing": lambda run: any(landing.glob("*/*/*.tmp")),
        "landed": lambda run: len([*landing.glob("*/*/*.parquet")]) > landed,
        "judging": lambda run: re.search("START sql .*int_claims_judged", run.output),
        "ending": lambda run: re.search(PHASES["end"], run.output),
        "publishing": lambda run: any(database.glob(".analytics.duckdb.*")),
        "published": lambda run: identity(analytics) != before[0],
        "exporting": lambda run: any(exports.glob(".*.part")),
        "half exported": lambda run: identity(gaps) != before[1],
    }


class Killer:
    """Kills builds of a case, on top of each other, and checks what they leave behind."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.forget()
        self.kills: Counter[str] = Counter()
        case.restore()

    def kill(self, name: str, is_reached: Callable[[Run], object], poll: float = POLL) -> bool:
        """One killed build; False where it ended before. See Run.kill_when.

        Its record may say success only where all its work was done.
        """
        run = Run(self.case.warehouse, "build")
        if not run.kill_when(is_reached, poll):
            assert run.process.exitcode == 0, run.output[-4000:]
            self.expected.append("success ")
            return False
        now = self.case.check()
        reached = [name for name, text in PHASES.items() if re.search(text, run.output)]
        self.kills[f"{name}, in {reached[-1] if reached else 'parsing'}"] += 1
        status = "(interrupted |success )" if now == self.case.new else "(interrupted )"
        self.expected.append(status if reached else f"{status}?")
        return True

    def recover(self, beside: Callable[[Run], None] | None = None) -> None:
        """A build that is not killed; then the records must say what happened."""
        statuses = "".join(f"{status} " for status in self.case.recover(beside))
        pattern = "".join(self.expected) + "success "
        assert re.fullmatch(pattern, statuses), (statuses, self.expected)
        self.forget()
        self.case.restore()

    def forget(self) -> None:
        """Begin anew. Expected are the records of runs, as patterns."""
        self.expected = [f"{status} " for status in self.case.history]


def at_share(case: Case, share: float) -> Callable[[Run], bool]:
    """A moment at a share of what an undisturbed build took; a share below 0 is at once."""
    return lambda run: run.seconds > share * case.seconds


def kill_often(case: Case, kills: int, names: Iterable[str] = ()) -> None:
    """Random kills, up to ON_TOP of them in a row, and aimed ones, each of which hits."""
    rng, killer, names = Random(SEED), Killer(case), [*names]
    while names or killer.kills.total() < kills:
        for place in range(rng.randint(2, ON_TOP)):
            if place == 0 and names:
                name = names.pop(0)
                assert killer.kill(name, aimed(case.warehouse)[name]), f"never {name}"
            else:
                killer.kill("random", at_share(case, rng.uniform(-0.05, 1)))
        killer.recover()
        print(f"{killer.kills.total()} kills", flush=True)
    print(f"seed {SEED}, builds of {case.seconds:.1f} s: {killer.kills}")


def second_run_is_told(case: Case, first: Run) -> None:
    """Another build is refused while the first one is at it, and told by whom."""
    while not re.search(PHASES["seeds"], first.output):
        assert first.process.is_alive(), first.output
        time.sleep(POLL * 20)
    second = Run(case.warehouse, "build", name="second")
    assert second.wait() > 0
    assert first.process.is_alive(), "told only when the first run had ended"
    told = f"Another dbt run is using the warehouse {case.warehouse.database}: "
    assert f"{told}process {first.process.pid} (dbt build), since " in second.output


def test_sample_of_kills_and_a_second_run(seeds: Case) -> None:
    """One kill among the models, one while what is finished is being published, on top; and the
    build that mends it goes on as if it were alone while a second one is told."""
    killer = Killer(seeds)
    killer.kill("random", at_share(seeds, Random().uniform(0.3, 0.7)), poll=0.02)
    killer.kill("published", aimed(seeds.warehouse)["published"], poll=0.005)
    killer.recover(partial(second_run_is_told, seeds))


@pytest.mark.soak
def test_kills_of_a_delivery(zone: Case) -> None:
    kill_often(zone, KILLS, aimed(zone.warehouse))


@pytest.mark.soak
def test_kills_of_a_first_load(nothing: Case) -> None:
    kill_often(nothing, KILLS // 2)


# A broken model


@pytest.mark.extended
def test_one_failing_model_and_retry(seeds: Case) -> None:
    """Nothing is published until it is mended; then `dbt retry` does what is left."""
    seeds.restore()
    seeds.warehouse.writes_json = True  # what retry begins with
    model = seeds.warehouse.project / "models/marts/roster/roster_mismatch.sql"
    sound = model.read_text()
    try:
        model.write_text(f"{sound.rstrip()}\norder by no_such_column\n")
        run = Run(seeds.warehouse, "build")
        assert run.wait() == 1
        assert re.search("not published +fix and run again: roster_mismatch", run.output)
        now = seeds.check()
        assert now.tables == seeds.old.tables and now.bytes == seeds.old.bytes
    finally:
        model.write_text(sound)
    run = Run(seeds.warehouse, "retry")
    assert run.wait() == 0, run.output[-4000:]
    assert seeds.check() == seeds.new
    assert not seeds.warehouse.query("from quality.reconciliation where difference <> 0")
    assert seeds.statuses() == [*seeds.history, "failed", "success"]
    assert len(seeds.run_log()) == len(seeds.history) + 2


@pytest.mark.extended
def test_a_seed_that_is_no_table(tmp_path: Path) -> None:
    """A first build that stops at a ragged seed says so, and ends as any failed build does."""
    warehouse = Warehouse(tmp_path, copy_project(tmp_path / "project"))
    seed = warehouse.project / "seeds/benefits_admin/employees_raw.csv"
    sound = seed.read_text()
    header, *rows = csv.reader(sound.splitlines(keepends=True))
    values = len(header) + 1
    seed.write_text(sound + ",".join(map(str, range(values))) + "\n")
    run = Run(warehouse, "build")
    assert run.wait() == 1
    assert f"Row {len(rows)} has {values} values" in run.output
    assert re.search("not published +fix and run again: employees_raw", run.output)
    assert not (warehouse.database / "analytics.duckdb").exists()


# Disk and memory


class Disk:
    """A small file system at a folder, whose size can change; needs root on Linux.

    Args:
        folder: an empty or new folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> Disk:
        self.folder.mkdir(exist_ok=True)
        self.mount(f"size={ROOMY},mode=755")
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    def mount(self, options: str) -> None:
        """Mount it, or mount it anew with other options."""
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self.folder)]
        subprocess.run(command, check=True, capture_output=True)

    def resize(self, size: int) -> None:
        """Give it another size in bytes, at least what is used."""
        self.mount(f"remount,size={size}")

    @property
    def used(self) -> int:
        """Bytes that its files take."""
        return shutil.disk_usage(self.folder).used


def may_mount(folder: Path) -> bool:
    """Whether this process may mount file systems."""
    try:
        with Disk(folder):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


def assert_told(run: Run, place: Path) -> None:
    """The run failed, and its last words say what is full and what to do."""
    assert run.wait() > 0, run.output[-4000:]
    words = "".join(run.output.splitlines(keepends=True)[-3:])
    assert re.search(rf"The disk of {place}\S* is full \(.*Make room, .* run dbt build", words), (
        words
    )


@pytest.mark.soak
def test_limit_of_file_sizes(seeds: Case) -> None:
    """No file may become as large as the database must: told, old or new, and mended by room."""
    seeds.restore()
    largest = max(path.stat().st_size for path in seeds.warehouse.database.rglob("*.duckdb"))
    run = Run(seeds.warehouse, "build", largest_file=int(0.6 * largest))
    assert_told(run, seeds.warehouse.database)
    seeds.check()
    seeds.recover()


@pytest.mark.soak
@pytest.mark.parametrize("place", ["warehouse", "outputs"])
def test_full_disk(zone: Case, place: str, tmp_path: Path) -> None:
    """Full at several moments of a build, by a file system of its own that has too little room."""
    if not may_mount(tmp_path / "disk"):
        pytest.skip("mounting is not permitted; test_limit_of_file_sizes stands in for it")
    folder = zone.warehouse.folder / place
    zone.empty()
    with Disk(folder) as disk:
        zone.restore()
        before, need = disk.used, 0
        run = Run(zone.warehouse, "build")
        while run.process.is_alive():
            need = max(need, disk.used - before)
            time.sleep(POLL)
        assert run.wait() == 0 and zone.check() == zone.new
        for share in SHARES:
            disk.resize(ROOMY)
            zone.restore()
            disk.resize(disk.used + int(share * need))
            run = Run(zone.warehouse, "build")
            assert_told(run, folder)
            zone.check()
            disk.resize(ROOMY)
            zone.recover()
            print(f"{place}, {share:.0%} of {need / 1e6:.1f} MB: told, and mended by room")
    zone.restore()


@pytest.mark.soak
def test_little_memory(tmp_path: Path) -> None:
    """Two million claims in 512 MB: the engine spills, and says the same as with 6 GB."""
    sizes = generate.Sizes.scaled(0.1)
    warehouse = Warehouse(tmp_path, copy_project(tmp_path / "project"))
    generate.write_reference(warehouse.project, sizes)
    generate.generate(warehouse.zone, sizes)
    found = []
    for memory in ("6GB", "512MB"):
        shutil.rmtree(warehouse.database, ignore_errors=True)
        shutil.rmtree(warehouse.exports, ignore_errors=True)
        settings = {"BENEFITS_MEMORY_LIMIT": memory, "DBT_ENV_SECRET_PII_PEPPER": "5d" * 32}
        run = Run(warehouse, "build", environment=settings)
        assert run.wait() == 0, run.output[-4000:]
        print(f"{memory}: {run.all_seconds:.0f} s")
        found.append(Published.of(warehouse).tables)
    assert found[0] == found[1]
