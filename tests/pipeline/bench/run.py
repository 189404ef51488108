"""The benchmark: the project side by side with a hand-written floor, each in a process of its own.

    python tests/pipeline/bench/run.py --scale 0.1 [--steps floor,a,b,c,d,e] [--work <folder>]

Steps: `floor` and `floor_csv` (without landed Parquet), `seeds` (a warm second build on the sample
seeds), `a` first load, `b` nothing new, `c` the next day with 5 % more rows, `d` the next day with
as many rows again, `e` the first load in 2 GB, `h` what `c` is after four more deliveries as large
as the first. Each is a whole `dbt build` with its data tests; `b`, `c`, `d` and `h` begin with the
warehouse of `a`. `spark`, when it is asked for, hands the warehouse of `a` over and builds it on
Spark, in a session of BENEFITS_SPARK_MEMORY. Wall times have bounds; CPU times help on a busy
machine.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import generate  # noqa: E402
from conftest import PROJECT, copy_project  # noqa: E402

STEPS = ("floor", "floor_csv", "seeds", "a", "b", "c", "d", "e", "h")
GIB = 1024**3


@dataclass
class Measure:
    """What one process took.

    Args:
        wall: seconds from start to end.
        cpu: seconds of all cores, user and system; says more than wall on a busy machine.
        peak: most memory resident at once, in bytes.
        size: bytes of the warehouse afterwards, landed rows included.
        places: these bytes by place, exports besides.
        exit_code: of the process; negative where a signal killed it.
    """

    wall: float
    cpu: float
    peak: float
    size: int = 0
    places: dict[str, int] = field(default_factory=dict)
    exit_code: int = 0

    @property
    def is_good(self) -> bool:
        """Whether it ended with 0."""
        return self.exit_code == 0


def measure(command: list[str], log: Path, environment: dict[str, str] | None = None) -> Measure:
    """Run a command, its output in a log file; the figures are of this process alone.

    The end of the log is shown where it fails.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with log.open("w") as file:
        process = subprocess.Popen(
            command, stdout=file, stderr=subprocess.STDOUT, env=os.environ | (environment or {})
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        print(log.read_text()[-3000:])
        print(f"{log.stem}: exit code {process.returncode} (negative: killed by that signal)")
    return Measure(
        wall=time.monotonic() - started,
        cpu=usage.ru_utime + usage.ru_stime,
        peak=usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
        exit_code=process.returncode,
    )


def size_of(folder: Path) -> int:
    """Bytes of all files of a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


class Bench:
    """One run of the benchmark.

    Args:
        work: scratch folder; a zone that is there is used again.
        scale: share of the full sizes (20 million claims).
        layout: see generate.generate.
        target: of dbt.
    """

    def __init__(
        self, work: Path, scale: float, layout: str = "parts", target: str = "dev"
    ) -> None:
        self.work, self.sizes, self.target = work, generate.Sizes.scaled(scale), target
        self.measures: dict[str, Measure] = {}
        self.project = work / "project"
        shutil.rmtree(self.project, ignore_errors=True)
        generate.write_reference(copy_project(self.project), self.sizes)
        self.zone = work / "zone"
        self.forget_next_days()
        if not self.zone.exists():
            started = time.monotonic()
            generate.generate(work / "zone.part", self.sizes, layout)
            (work / "zone.part").rename(self.zone)
            print(f"generated {self.sizes} in {time.monotonic() - started:.0f} s", flush=True)

    def floor(self, name: str, *options: str) -> Measure:
        """The hand-written script on a folder of its own."""
        folder = self.work / name
        shutil.rmtree(folder, ignore_errors=True)
        result = measure(
            [sys.executable, str(HERE / "floor.py"), str(self.zone), str(folder),
             "--project", str(self.project), *options],
            self.work / f"{name}.log",
        )  # fmt: skip
        result.size = size_of(folder)
        return result

    def build(self, name: str, warehouse: str, zone: Path | None, memory: str = "") -> Measure:
        """`dbt build` on a warehouse; without a zone, on the sample seeds.

        Without `memory` with the default limit of the profile.
        """
        folder = self.work / warehouse
        settings = {"landing_zone": str(zone or ""), "export_dir": str(folder / "outputs")}
        limit = {"BENEFITS_MEMORY_LIMIT": memory} if memory else {}
        result = measure(
            [str(Path(sys.executable).with_name("dbt")), "--no-use-colors", "build",
             "--project-dir", str(self.project), "--profiles-dir", str(self.project),
             "--target-path", str(folder / "target"), "--log-path", str(folder / "logs"),
             "--target", self.target, "--vars", json.dumps(settings)],
            self.work / f"{name}.log",
            {"BENEFITS_DB_DIR": str(folder / "warehouse"), "PYTHONPATH": "", **limit},
        )  # fmt: skip
        result.size = size_of(folder / "warehouse") - size_of(folder / "warehouse/.build")
        warehouse = folder / "warehouse"
        result.places = {
            "landing": size_of(warehouse / "restricted/landing"),
            **{
                name: size_of(warehouse / "lake" / name)
                if self.target == "lake"
                else (warehouse / f"{name}.duckdb").stat().st_size
                for name in ("restricted", "analytics")
            },
            "exports": size_of(folder / "outputs"),
        } if result.is_good else {}  # fmt: skip
        results = folder / "target/run_results.json"
        if results.exists():
            shutil.copy(results, self.work / f"{name}.json")
        return result

    def on_spark(self) -> Measure:
        """The warehouse of `a` handed over and built on Spark; the JVM is in the wall time only."""
        folder, python = self.work / "a", PROJECT / ".venv-spark/bin/python"
        place = {
            "BENEFITS_DB_DIR": str(folder / "warehouse"),
            "DBT_TARGET_PATH": str(folder / "target"),
            "PYTHONPATH": str(self.project / "python"),
        }
        given = measure(
            [sys.executable, "-m", "benefits_warehouse.runtime.to_spark"],
            self.work / "handed_over.log",
            place,
        )
        result = measure(
            [str(python), str(python.with_name("dbt")), "--no-use-colors", "build",
             "--target", "spark", "--project-dir", str(self.project),
             "--profiles-dir", str(self.project), "--log-path", str(folder / "logs")],
            self.work / "spark.log",
            {**place, "DBT_TARGET_PATH": str(folder / "spark")},
        )  # fmt: skip
        result.wall += given.wall
        result.cpu = result.peak = float("nan")
        result.exit_code = result.exit_code or given.exit_code
        warehouse = folder / "warehouse"
        places = {"restricted": warehouse / "restricted/spark", "analytics": warehouse / "spark"}
        result.places = {name: size_of(path) for name, path in places.items()}
        result.size = sum(result.places.values())
        return result

    def forget_next_days(self) -> None:
        """Take all deliveries but the first out of the zone again."""
        for path in self.zone.glob("*/*/2025-07-0[2-9]*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def next_days(self, name: str, *shares: float) -> Measure:
        """Builds of the first load's warehouse with more deliveries; both are put back after.

        In the same folders, since dbt parses everything anew when a var changes.

        Args:
            name: of the step, which the last of the builds is.
            shares: rows of each delivery as a share of the first one.
        """
        saved = self.work / "saved"
        shutil.rmtree(saved, ignore_errors=True)
        shutil.copytree(self.work / "a", saved)
        before = 1.0
        try:
            for day, share in enumerate(shares, 2):
                generate.next_day(self.zone, self.sizes, share, day, before)
                before += share
                result = self.build(name, "a", self.zone)
            return result
        finally:
            self.forget_next_days()
            shutil.rmtree(self.work / "a")
            saved.rename(self.work / "a")

    def step(self, name: str, memory: str) -> None:
        """Run one step and keep its figures."""
        if name == "floor":
            result = self.floor("floor")
        elif name == "floor_csv":
            result = self.floor("floor_csv", "--no-landing")
        elif name == "seeds":
            shutil.rmtree(self.work / "seeds", ignore_errors=True)
            self.build("seeds_first", "seeds", None)
            result = self.build("seeds", "seeds", None)
        elif name in "ae":
            shutil.rmtree(self.work / name, ignore_errors=True)
            result = self.build(name, name, self.zone, memory if name == "e" else "")
        elif name == "b":
            result = self.build("b", "a", self.zone)
        elif name == "spark":
            result = self.on_spark()
        else:
            shares = {"c": [0.05], "d": [1.0], "h": [1.0, 1.0, 1.0, 1.0, 0.05]}
            result = self.next_days(name, *shares[name])
        self.measures[name] = result
        load = os.getloadavg()[0]
        print(f"{name}: {result.wall:.1f} s (load {load:.1f})", flush=True)

    def wall(self, name: str) -> float:
        """Seconds of a step, NaN where it was not run."""
        return self.measures[name].wall if name in self.measures else float("nan")

    def bound(self, name: str) -> tuple[float, str] | None:
        """Most seconds that a step may take, and why."""
        bounds = {
            "a": (1.5 * self.wall("floor"), "1.5 x floor"),
            "b": (1.2 * self.wall("seeds"), "1.2 x seeds"),
            "c": (self.wall("b") + 0.10 * self.wall("a"), "b + 10 % of a"),
            "d": (1.2 * self.wall("a"), "1.2 x a"),
            "h": (1.3 * self.wall("c"), "1.3 x c"),
        }
        return bounds.get(name)

    def table(self) -> tuple[str, list[str]]:
        """The table of all steps, and what is beyond its bound."""
        lines = [f"{'step':<10}{'wall s':>8}{'cpu s':>8}{'peak GiB':>10}{'files MB':>10}  bound"]
        beyond = []
        for name, result in self.measures.items():
            text = "" if result.is_good else "FAILED"
            bound = self.bound(name)
            if bound and bound[0] == bound[0]:
                text += f"{result.wall / bound[0]:.2f} of {bound[0]:.1f} s ({bound[1]})"
                if result.wall > bound[0]:
                    beyond.append(f"{name}: {result.wall:.1f} s, at most {bound[1]}")
            if name in "acdh" and result.peak > 4 * GIB:
                beyond.append(f"{name}: {result.peak / GIB:.1f} GiB, at most 4")
            if not result.is_good:
                beyond.append(f"{name}: failed")
            lines.append(
                f"{name:<10}{result.wall:>8.1f}{result.cpu:>8.1f}{result.peak / GIB:>10.2f}"
                f"{result.size / 1e6:>10.1f}  {text}"
            )
        claims = {"a": 1.0, "c": 1.05, "h": 5.05, "spark": 1.0}
        for name in claims.keys() & self.measures.keys():
            each = self.sizes.claims * claims[name]
            places = self.measures[name].places.items()
            told = ", ".join(f"{place} {size / each:.0f}" for place, size in places)
            lines.append(f"bytes per claim after {name}: {told}")
        return "\n".join(lines), beyond

    def slowest(self, name: str, count: int = 15) -> str:
        """The slowest nodes of a step's dbt run."""
        path = self.work / f"{name}.json"
        if not path.exists():
            return ""
        results = json.loads(path.read_text())["results"]
        results.sort(key=lambda result: -result["execution_time"])
        lines = [f"slowest nodes of {name}:"]
        for result in results[:count]:
            label = result["unique_id"].replace("benefits_warehouse.", "", 1)
            lines.append(f"{result['execution_time']:>8.2f}  {label}")
        return "\n".join(lines)


def compare_counts(floor: Path, warehouse: Path) -> list[str]:
    """Where the floor and the first load do not give the same claims and transactions."""
    import duckdb

    connection = duckdb.connect()
    for name, folder in (("floor", floor), ("dbt", warehouse)):
        connection.execute(f"attach '{folder}/analytics.duckdb' as {name} (read_only)")

    def both(what: str, query: str, floor_query: str | None = None) -> list[str]:
        left = connection.execute((floor_query or query).format("floor")).fetchall()
        right = connection.execute(query.format("dbt")).fetchall()
        return [] if left == right else [f"{what}: floor {left}, dbt {right}"]

    unequal = []
    for feed, columns in (
        ("claims", "claim_id, company_ein, service_date, amount, claim_type, dq_flags"),
        (
            "transactions",
            "transaction_id, employee_id, benefit_account_id, merchant, amount, transaction_at, "
            "category, benefit_type, program_name, dq_flags",
        ),
    ):
        unequal += both(
            f"fct_{feed}",
            f"select count(*), sum(hash({columns})::hugeint) from {{}}.marts.fct_{feed}",
        )
        unequal += both(
            f"quarantine_{feed}",
            # Amounts may be masked, which leaves their length.
            "select count(*), sum(hash(source_row, length(amount), all_reasons)::hugeint) "
            f"from {{}}.quality.quarantine_{feed}",
        )
        errors = (
            "select error_reason, tier, count(*), sum(source_row) from {{}}.quality.{} {} "
            "group by all order by all"
        )
        unequal += both(
            f"validation_errors of {feed}",
            errors.format("validation_errors", f"where feed = '{feed}'"),
            errors.format(f"validation_errors_{feed}", ""),
        )
    unequal += both(
        "claims_cost_windows",
        "select status, count(*), sum(current_90d_cost), sum(prev_90d_cost), sum(pct_change), "
        "sum(claims_current) from {}.marts.claims_cost_windows group by all order by all",
    )
    unequal += both(
        "claims_cost_spikes",
        "select count(*), sum(hash(company_ein, first_flagged_on, last_flagged_on, window_end)"
        "::hugeint) from {}.marts.claims_cost_spikes",
    )
    return unequal


def run(
    work: Path,
    scale: float,
    steps: list[str],
    memory: str = "2GB",
    layout: str = "parts",
    target: str = "dev",
) -> list[str]:
    """Run steps in the order of STEPS, print the tables, and return what is beyond its bound."""
    bench = Bench(work, scale, layout, target)
    for name in (*STEPS, "spark"):
        if name in steps:
            bench.step(name, memory)
            both = [bench.measures.get(one) for one in ("floor", "a")]
            if name == "a" and target == "dev" and all(one and one.is_good for one in both):
                unequal = compare_counts(work / "floor", work / "a/warehouse")
                print("floor and a: " + ("; ".join(unequal) or "same rows"), flush=True)
    table, beyond = bench.table()
    loads = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    print(f"\nscale {scale:g}, {os.cpu_count()} cores, load {loads}\n{table}\n")
    for name in bench.measures:
        if name in "abcdeh":
            print(bench.slowest(name) + "\n")
    return beyond


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--steps", default=",".join(STEPS), help="some of the steps, by comma")
    parser.add_argument("--work", type=Path, help="scratch folder to keep; else a temporary one")
    parser.add_argument("--memory", default="2GB", help="BENEFITS_MEMORY_LIMIT of step e")
    parser.add_argument("--layout", choices=["parts", "files"], default="parts")
    parser.add_argument("--target", choices=["dev", "lake"], default="dev")
    arguments = parser.parse_args()
    steps = arguments.steps.split(",")
    if unknown := set(steps) - {*STEPS, "spark"}:
        parser.error(f"unknown steps: {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        work = (arguments.work or Path(scratch)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        beyond = run(
            work,
            arguments.scale,
            steps,
            arguments.memory,
            arguments.layout,
            arguments.target,
        )
    print("beyond its bound: " + ("; ".join(beyond) or "nothing"))


if __name__ == "__main__":
    main()
