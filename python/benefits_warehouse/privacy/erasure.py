"""One erasure, in an order that makes a kill harmless.

What is to be done is written to `restricted/forget.json` first, and removed last. While that file
is there, other commands of dbt are refused, and running again continues where it stopped: every
step may be done twice.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import shutil
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import duckdb
import yaml
from dbt.cli.main import dbtRunner, dbtRunnerResult

from benefits_warehouse.declarations import PROJECT
from benefits_warehouse.feeds import load_feeds
from benefits_warehouse.landing.arrivals import make_table
from benefits_warehouse.landing.contract import Feed
from benefits_warehouse.landing.presence import Presence
from benefits_warehouse.privacy.databases import DatabaseEraser
from benefits_warehouse.privacy.finding import Finder, holds
from benefits_warehouse.privacy.forgotten import TELLING, Forgotten, check_list, list_pepper
from benefits_warehouse.privacy.landed import LandedEraser, LandedRows
from benefits_warehouse.privacy.plan import Plan, Who
from benefits_warehouse.privacy.restricted import attach_working
from benefits_warehouse.runtime import to_spark
from benefits_warehouse.runtime.database_copy import keep_no_former
from benefits_warehouse.runtime.dbt_plugin import read_pepper
from benefits_warehouse.runtime.lake import is_lake
from benefits_warehouse.sql import quoted

DISCLOSURES = Path("restricted/disclosures")  # a folder a disclosure, see disclose


def open_warehouse(folder: Path, pepper: str) -> duckdb.DuckDBPyConnection:
    """A connection with the working databases of a warehouse attached.

    Args:
        folder: the warehouse folder.
        pepper: that of the list, see forgotten.list_pepper.

    Raises:
        RuntimeError: the restricted database is encrypted with another key.
    """
    connection = duckdb.connect(config={"autoinstall_known_extensions": False})
    connection.execute(
        f"set TimeZone = 'UTC'; set variable forgotten_pepper = {quoted(pepper)}; "
        f"set temp_directory = {quoted(folder / 'restricted' / 'tmp')}"
    )
    attach_working(connection, folder)
    return connection


class Erasure:
    """One erasure on one warehouse; nobody else may run on it meanwhile (see take_lock).

    Args:
        folder: the warehouse folder.

    Raises:
        RuntimeError: another pepper made the list, or another key the restricted database.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        restricted = folder / "restricted"
        pepper = list_pepper(read_pepper(folder), restricted)
        check_list(restricted, pepper)
        registry = load_feeds()
        feeds = {name: Feed.of(name, entry) for name, entry in registry.items()}
        self.connection = open_warehouse(folder, pepper)
        make_table(self.connection, "restricted.landing")
        Presence(self.connection, "restricted.landing")  # makes its tables
        landed = LandedRows(self.connection, restricted / "landing", registry, feeds)
        self.finder = Finder(landed, PROJECT)
        forgotten = Forgotten(self.connection, restricted)
        self.landed_eraser = LandedEraser(landed, forgotten, pepper)
        self.databases = DatabaseEraser(landed, folder)
        self.plan_file = restricted / "forget.json"

    def resume(self) -> Plan | None:
        """The plan of an erasure that did not end, None where there is none."""
        return Plan.load(self.plan_file) if self.plan_file.exists() else None

    def make_plan(self, who: Who, is_exact: bool, dbt: list[str]) -> Plan:
        """Find what is to be done, and write it down; nothing else is changed.

        Args:
            who: identifiers by kind, as the warehouse compares them.
            is_exact: take these alone, and also where nobody has them.
            dbt: further arguments of dbt, such as --vars.

        Raises:
            RuntimeError: nobody is found, several persons are, or a seed still holds the person.
        """
        plan = self.finder.find(who, is_exact, zone_of(dbt))
        plan.models = models_below(self.finder.landed.personal(), dbt)
        plan.save(self.plan_file)
        return plan

    def erase_landed(self, plan: Plan) -> None:
        """Put the person on the list and empty what was landed, unless that is done already."""
        if plan.erased is None:
            erased = self.landed_eraser.erase(plan, lambda: plan.save(self.plan_file))
            plan.history = self.databases.count_history(plan)
            plan.erased = erased
            plan.save(self.plan_file)

    def drop_disclosures(self, plan: Plan) -> None:
        """Remove the disclosures that hold the person, in whichever file.

        Args:
            plan: what is to be done.
        """
        for folder in (self.folder / DISCLOSURES).glob("*"):
            if any(discloses(path, plan) for path in folder.glob("*.csv")):
                shutil.rmtree(folder)

    def drop_spark(self) -> None:
        """Remove what Spark was handed over and what it made; `make spark` makes both anew."""
        for place in map(self.folder.joinpath, to_spark.FOLDERS):
            if place.exists():
                shutil.rmtree(place)

    def run(self, plan: Plan, dbt: list[str]) -> None:
        """Erase what the plan says, and build the rest anew.

        Args:
            plan: what is to be done.
            dbt: further arguments of `dbt build`, such as --vars.

        Raises:
            OSError: a file can't be removed; running again continues there.
            RuntimeError: the build failed; the published file and exports are the old ones still.
        """
        self.erase_landed(plan)
        self.drop_disclosures(plan)
        self.drop_spark()
        self.databases.erase(plan)
        self.connection.close()
        if not build_anew(self.folder, dbt, plan.run_id):
            raise RuntimeError(
                "The person is out of the restricted data, but the build failed: published data "
                "is from before. Fix what the build names, and run this again."
            )
        self.plan_file.unlink()


def discloses(path: Path, plan: Plan) -> bool:
    """Whether a file of a disclosure holds a person: an id in its column, or a name or address.

    Args:
        path: the file.
        plan: whose person is meant.
    """
    words = [value for values in plan.who.values() for value in values if len(value) >= TELLING]
    with path.open(newline="", encoding="utf-8") as file:
        is_row_of = any(
            row.get(kind) in values
            for row in csv.DictReader(file)
            for kind, values in plan.who.items()
        )
    return is_row_of or holds(path, [*words, *plan.names])


def zone_of(dbt: list[str]) -> Path | None:
    """The landing zone that the arguments of dbt, or the environment, name; None without one.

    Args:
        dbt: arguments of dbt, such as --vars.
    """
    named = os.environ.get("BENEFITS_LANDING_ZONE", "")
    for flag, value in pairwise([*dbt, ""]):
        if flag == "--vars" and value:
            named = (yaml.safe_load(value) or {}).get("landing_zone") or named
    return Path(named) if named.strip() else None


def models_below(feeds: Iterable[str], dbt: list[str]) -> list[str]:
    """Names of the models that are made from the landed rows of some feeds.

    Args:
        feeds: source.feed each.
        dbt: further arguments of dbt, such as --vars.

    Raises:
        RuntimeError: dbt can't list them; nothing was changed.
    """
    selected = [f"source:landing.land_{name.replace('.', '__')}+" for name in feeds]
    only = ["--quiet", "--resource-type", "model", "--output", "name", "--select"]
    with contextlib.redirect_stdout(io.StringIO()):
        listed = run_dbt(["ls", *only, *selected, *dbt])
    if not listed.success:
        raise RuntimeError(f"dbt ls failed. Nothing was changed.\n{listed.exception}")
    return [str(name) for name in listed.result] if isinstance(listed.result, list) else []


def build_anew(folder: Path, arguments: list[str], erasure: str = "") -> bool:
    """Run `dbt build`, and do not keep what was published before it.

    Args:
        folder: the warehouse folder.
        arguments: options.
        erasure: see run_dbt.

    Returns:
        Whether it was good.
    """
    keep_no_former(folder)
    return run_dbt(["build", *arguments], erasure).success


def run_dbt(arguments: list[str], erasure: str = "") -> dbtRunnerResult:
    """Run dbt on the project of the current folder, in this process: it keeps the lock.

    Args:
        arguments: command and options.
        erasure: run_id of the erasure that may continue, see dbt_plugin.refuse_while_erasing.
    """
    os.environ["BENEFITS_ERASURE"] = erasure
    folder = Path(os.environ.get("BENEFITS_DB_DIR") or "warehouse")
    return dbtRunner().invoke([*arguments, *["--target", "lake"] * is_lake(folder)])
