"""Whatever people do to a warehouse, the next plain build is what a fresh one says, or refuses.

After each command that is published which was, or what a fresh warehouse of the present files,
seeds, vars and code says; never anything else. `make extended` has a changed view, a changed
description, and limited input. `make soak` has all others, and the random
driver: OPERATIONS_SEED and OPERATIONS_EPISODES choose what that does.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from conftest import PROJECT
from operations import CLOCK, PARTS, House, built_house, contents, new_house, rebuilt
from processes import Run
from reference.judge import CLAIMS, EMPLOYEES, TRANSACTIONS

SEED = int(os.environ.get("OPERATIONS_SEED", "20260101"))
EPISODES = int(os.environ.get("OPERATIONS_EPISODES", "30"))
LENGTH = 12  # operations of an episode: some ten to fifteen builds
EARLIER = "74aa8b1"
soak = pytest.mark.soak

MONEY = "{{ clean_money('delivered_amount', is_varied=true) }}"
# Changes of code above int_claims_judged, which itself stays as it is: file, old and new text.
CODE = {
    "macro": (
        "macros/cleaning/clean_money.sql",
        "then try_cast({{ text }} as decimal(18, 2))\n",
        "then try_cast({{ text }} as decimal(18, 2)) + 1\n",
    ),
    "view": (
        "models/staging/benefits_admin/stg_benefits_admin__claims.sql",
        f"{MONEY} as amount",
        f"({MONEY} + 1)::decimal(18, 2) as amount",
    ),
    "mart": (
        "models/marts/coverage/plan_gaps.sql",
        "gap_length_days > {{",
        "gap_length_days >= {{",
    ),
}
VARS = {"date_order": "dmy", "plan_gap_min_days": 20, "spike_threshold_pct": 50}
RULE = (
    "seeds/reference/dq_rules.csv",
    "reversal,benefits_admin,claims,1",
    "reversal,benefits_admin,claims,2",
)
SEEDS = {
    "rule": RULE,
    "company": ("seeds/reference/companies.csv", "10-0000001,Company 1,2\n", ""),
    "value": (
        "seeds/reference/allowed_values.csv",
        "benefits_admin,claims,claim_type,Medical\n",
        "",
    ),
    "category": ("seeds/reference/category_benefit_mappings.csv", "wellness,gym\n", ""),
    "alias": ("seeds/reference/column_aliases.csv", "claims,Claim ID,", "claims,Claim Number,"),
}
BROKEN = ("models/marts/roster/roster_mismatch.sql", "\nfrom differences\n", "\nfrom nothing\n")
# What a refusal says of files that do not fit each other or are lost, and what to do.
REMEDY = (
    r"(?is)(nothing (was|is) changed).*(restore|backup|put .* back|full-refresh|another folder)"
)
LIMITED = r"(?is)(--empty|--sample|limited).*(BENEFITS_DB_DIR|without|plain|other folder)"


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A house with two deliveries built, and four to come."""
    return built_house(tmp_path / "built")


@pytest.fixture
def new(tmp_path: Path) -> House:
    """A house with a delivery and no warehouse yet."""
    return new_house(tmp_path / "new")


def at(model: str) -> Callable[[Run], object]:
    """The moment at which a model begins."""
    return lambda run: re.search(rf"START (sql|python) .*\b{model} ", run.output)


@soak
def test_deliveries_one_by_one(house: House) -> None:
    """What all others build on: nothing but deliveries comes to what a fresh warehouse is."""
    for _ in range(4):
        house.settle()
        house.deliver()
    house.settle()


# 1. A run of some models after code or a var above them changed


@pytest.mark.extended
@pytest.mark.parametrize("select", ["int_claims_judged+", pytest.param("fct_claims", marks=soak)])
@pytest.mark.parametrize(
    "what", ["view", pytest.param("macro", marks=soak), pytest.param("var", marks=soak)]
)
def test_some_models_after_a_change_above_them(house: House, what: str, select: str) -> None:
    if what == "var":
        house.variables = {"date_order": "dmy"}
    else:
        house.edit(*CODE[what])
    house.run("run", "-s", select)
    house.settle()


# 2. Two runs of some models after a killed build


def kill_and_run_some(house: House, model: str) -> None:
    """A build of what waits is killed as a model begins, and then some models are run."""
    assert house.kill(["build"], at(model))
    for select in ("dim_companies", "dim_companies", "plan_gaps"):
        house.run("run", "-s", select)


@soak
@pytest.mark.parametrize("model", ["fct_claims", "int_claims_judged", "dim_employees"])
def test_some_models_after_a_kill(house: House, model: str) -> None:
    house.deliver()
    kill_and_run_some(house, model)
    house.settle()


# 3. Backups of a part


TOGETHER = {
    "restricted.duckdb": ("restricted.duckdb",),
    "restricted": ("restricted",),
    "working copy": (".build",),
    "published": ("analytics.duckdb",),
    "restricted side": ("restricted.duckdb", "restricted"),
    "all but restricted.duckdb": ("restricted", ".build", "analytics.duckdb"),
    "analytics side": (".build", "analytics.duckdb"),
    "all": PARTS,
}


def restore_and_build(house: House, parts: tuple[str, ...]) -> None:
    """Parts of an older backup: the build is as a fresh one, or refuses, and all of it helps."""
    house.restore(house.folder / "saved_first", parts)
    house.good = house.published()
    if not house.settle_or_refuse(REMEDY):
        house.restore(house.folder / "saved_first")
        house.good = house.published()
        house.settle()


@pytest.mark.parametrize("parts", [*TOGETHER])
@soak
def test_a_part_of_an_older_backup(house: House, parts: str) -> None:
    """Then other deliveries than those that came the first time."""
    if "restricted.duckdb" in TOGETHER[parts]:  # the ledger, which has not seen step 1
        house.bring_others(1)
    house.deliver()
    restore_and_build(house, TOGETHER[parts])
    house.deliver()
    house.settle()


@pytest.mark.parametrize("parts", [*TOGETHER])
@soak
def test_a_part_of_an_older_backup_and_the_same_files(house: House, parts: str) -> None:
    restore_and_build(house, TOGETHER[parts])
    house.deliver()
    house.settle()


@soak
@pytest.mark.parametrize(
    "parts", [pytest.param("restricted.duckdb", marks=soak), "restricted side"]
)
def test_the_same_numbers_with_other_contents(house: House, parts: str) -> None:
    """Load ids and counts are those of before, contents are not."""
    house.bring_others(1)
    restore_and_build(house, TOGETHER[parts])


# 4. A landed file is lost or damaged


def lose(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def flip(path: Path) -> None:
    """The same size, and other bytes in the data."""
    data = bytearray(path.read_bytes())
    for place in range(4, len(data) // 2):
        data[place] ^= 0x5A
    path.write_bytes(data)


@pytest.mark.parametrize("is_needed", [True, False], ids=["with_a_delivery", "with_nothing_new"])
@pytest.mark.parametrize("damage", [lose, cut, flip])
@soak
def test_a_landed_file(house: House, damage: Callable[[Path], None], is_needed: bool) -> None:
    """The build names the file and what to do, or repairs it; put back, all is well."""
    for feed in (EMPLOYEES, CLAIMS):
        path = house.landed(feed)[-1]
        content = path.read_bytes()
        damage(path)
        house.steps.append(f"{damage.__name__} {path.name} of {feed}")
        if is_needed:
            house.deliver()
        if not house.settle_or_refuse(rf"(?s){re.escape(path.name)}.*(backup|restore|[Ll]and)"):
            path.write_bytes(content)
            house.settle()


# 5. The clock


@soak
def test_the_clock_set_back(house: House) -> None:
    """A day earlier: a delivery, a kill, a failed build and runs of some models."""
    yesterday = CLOCK.format(seconds=-86400)
    house.deliver()
    assert house.run("build", prelude=yesterday), house.explain("the build failed")
    assert house.published() == house.fresh()
    house.deliver()
    undo = house.edit(*BROKEN)
    assert not house.run("build", prelude=yesterday)
    undo()
    house.run("run", "-s", "dim_companies")
    house.run("run", "-s", "dim_companies", prelude=CLOCK.format(seconds=-2 * 86400))
    house.settle()
    house.deliver()
    assert house.run("build", prelude=CLOCK.format(seconds=-3 * 86400)), house.explain("failed")
    house.settle()


# 6. Modes, tiers and references changed and changed back


@pytest.mark.parametrize("name", [*SEEDS])
@soak
def test_a_seed_changed_and_changed_back(house: House, name: str) -> None:
    """With a delivery and a run of some models while it is changed."""
    undo = house.edit(*SEEDS[name])
    house.deliver()
    house.settle()
    undo()
    house.deliver(CLAIMS, TRANSACTIONS)
    house.run("run", "-s", "int_claims_judged+")
    house.settle()


@soak
def test_an_alias_missing_for_a_while(house: House) -> None:
    """A file of claims is refused meanwhile, and taken when the alias is back."""
    rows = house.deliveries.rows[CLAIMS][2]
    renamed = [
        {"Claim ID" if name == "claim_id" else name: value for name, value in row.items()}
        for row in rows
    ]
    aside = {"quality.schema_drift"}  # it remembers that the file was refused
    undo = house.edit(*SEEDS["alias"])
    house.warehouse.deliver(CLAIMS, "2.csv", renamed)
    house.settle(aside)
    undo()
    house.settle(aside)


@pytest.mark.parametrize("feed", [CLAIMS, EMPLOYEES])
@soak
def test_a_mode_changed_and_changed_back(house: House, feed: str) -> None:
    house.variables = {"feed_modes": {feed: "snapshot" if feed == CLAIMS else "delta"}}
    if house.settle_or_refuse(REMEDY):
        house.deliver()
        house.settle()
    house.variables = {}
    house.settle()
    house.deliver()
    house.settle()


# 7. Failures


@soak
def test_a_failed_model_then_a_kill_then_retry(house: House) -> None:
    house.deliver()
    undo = house.edit(*BROKEN)
    assert not house.run("build")
    undo()
    house.kill(["build"], at("fct_transactions"))
    house.run("retry")
    house.settle()


REFUSING = """{{{{ config(severity='error') }}}}
select count(*) from {{{{ ref('fct_claims') }}}}
having count(*) > {}
"""


def refuse_by_a_test(house: House, select: str) -> None:
    """An error-severity test refuses what waits; then some models are run, twice."""
    (count,) = house.warehouse.query("select count(*) from marts.fct_claims")[0]
    refusing = house.project / "tests/marts/assert_few_claims.sql"
    refusing.write_text(REFUSING.format(count))
    assert not house.run("build", is_checked=False) and "assert_few_claims" in house.output
    for words in (["run", "-s", select], ["run", "-s", select]):
        house.run(*words, is_checked=False)
        assert house.published() == house.good, house.explain("published what a test refused")
    refusing.unlink()


@soak
@pytest.mark.parametrize("select", ["dim_companies", "fct_claims+"])
def test_what_a_test_refused_is_not_published(house: House, select: str) -> None:
    house.deliver()
    refuse_by_a_test(house, select)
    house.settle()


# 8. Flags that build otherwise


@pytest.mark.parametrize(
    "words",
    [
        ("clone",),
        ("clone", "--full-refresh"),
        ("run", "--defer", "-s", "plan_gaps"),
        ("build", "--defer", "--favor-state", "-s", "fct_claims+"),
        ("build", "--defer"),
    ],
    ids=" ".join,
)
@soak
def test_state_of_another_run(house: House, words: tuple[str, ...]) -> None:
    assert house.run("compile"), house.output[-3000:]
    state = shutil.copytree(house.warehouse.folder / "target", house.folder / "state")
    house.deliver()
    house.run(*words, "--state", str(state))
    house.settle()
    house.deliver()
    house.edit(*CODE["macro"])
    house.run(*words, "--state", str(state))
    house.settle()


@pytest.mark.parametrize(
    "words",
    [
        ("build", "--full-refresh", "-s", "int_claims_judged"),
        ("run", "--full-refresh", "-s", "landing_ledger"),
        ("run", "--full-refresh", "-s", "fct_claims"),
        ("seed", "--full-refresh"),
        ("snapshot",),
        ("build", "--exclude", "int_claims_judged"),
        ("build", "--exclude", "landing_ledger"),
        ("build", "--exclude", "resource_type:seed"),
        ("build", "--exclude-resource-type", "test"),
        ("build", "--resource-type", "model"),
        ("run", "--exclude", "fct_claims", "quarantine_claims"),
        ("build", "--fail-fast"),
        ("run",),
        ("build", "--threads", "4"),
    ],
    ids=" ".join,
)
@soak
def test_partial_commands(house: House, words: tuple[str, ...]) -> None:
    """With a delivery that waits and nothing else; then with a changed seed and code as well."""
    house.deliver()
    house.run(*words)
    house.settle()
    house.deliver()
    house.edit(*RULE)
    house.edit(*CODE["view"])
    house.run(*words)
    house.settle()


@soak
def test_fail_fast(house: House) -> None:
    house.deliver()
    undo = house.edit(*BROKEN)
    assert not house.run("build", "--fail-fast")
    undo()
    house.run("run", "-s", "dim_companies")
    house.settle()


# 9. A warehouse of an earlier commit


@soak
def test_a_warehouse_of_an_earlier_commit(tmp_path: Path) -> None:
    old = tmp_path / "old_project"
    old.mkdir()
    archive = subprocess.run(["git", "-C", str(PROJECT), "archive", EARLIER], capture_output=True)
    if archive.returncode:
        pytest.skip(f"{EARLIER} is not in this clone")
    subprocess.run(["tar", "-x", "-C", str(old)], input=archive.stdout, check=True)
    shutil.copytree(PROJECT / "dbt_packages", old / "dbt_packages", dirs_exist_ok=True)
    house = new_house(tmp_path / "house")
    project = house.warehouse.project
    shutil.copy(project / "seeds/reference/companies.csv", old / "seeds/reference/companies.csv")
    house.warehouse.project = old
    assert house.run("build", "--no-partial-parse", is_checked=False), house.output[-4000:]
    house.good = house.published()
    house.warehouse.project = project
    (house.warehouse.folder / "target/partial_parse.msgpack").unlink()
    house.parsed.clear()
    house.deliver()
    house.settle()
    known = {node["alias"] for node in manifest_of(house)["nodes"].values() if "alias" in node}
    query = "select table_name from duckdb_tables() where not internal"
    left = {name for (name,) in house.warehouse.query(query)} - known
    assert not left, f"published of the earlier commit: {left}"
    held = {name for (name,) in house.warehouse.query_restricted(query)}
    print("left of the earlier commit in the restricted file:", sorted(held - known))
    house.deliver()
    house.settle()


# 10. A seed that is broken, and mended


@pytest.mark.parametrize(
    ("old", "new_text"),
    [
        ("11-1111111,Acme,60\n", '11-1111111,"Acme,60\n'),
        ("11-1111111,Acme,60\n", "11-1111111,Acme,60,7\n"),
        ("company_ein,company_name,", "company_ein,"),
        ("company_name,expected_employees\n", "company_name,expected_employees,more\n"),
    ],
    ids=["unclosed quote", "a cell more", "a column missing", "a column more"],
)
@soak
def test_a_broken_seed(house: House, old: str, new_text: str) -> None:
    undo = house.edit("seeds/reference/companies.csv", old, new_text)
    house.deliver()
    before = contents(house.warehouse)
    went_well = house.run("build")
    if old.startswith("11-"):
        assert not went_well
        house.assert_refused(before, r"Nothing was changed.*companies\.csv: line")
    house.run("run", "-s", "dim_companies")
    undo()
    house.settle()


# 11. Limited input


EMPTY = ("build", "--empty")
OTHER_LIMITS = [
    ("run", "--empty"),
    ("run", "--empty", "-s", "int_claims_judged+"),
    ("snapshot", "--empty"),
    ("build", "--sample", "3 days"),
    ("run", "--sample", "3 days"),
    ("build", "--event-time-start", "2024-01-01", "--event-time-end", "2024-02-01"),
]


def is_limited(words: tuple[str, ...]) -> bool:
    """Event times only limit microbatch models, and here is none: such a build is whole."""
    return "--event-time-start" not in words


def limit(house: House, words: tuple[str, ...]) -> None:
    """Limited input is refused, and changes nothing."""
    before = contents(house.warehouse)
    went_well = house.run(*words)
    if is_limited(words):
        assert not went_well, house.explain("it is not refused")
        house.assert_refused(before, LIMITED)


@soak
@pytest.mark.parametrize("words", [EMPTY, *OTHER_LIMITS], ids=" ".join)
def test_limited_input_of_a_full_warehouse(house: House, words: tuple[str, ...]) -> None:
    house.deliver()
    limit(house, words)
    house.settle()


@soak
def test_limited_input_a_refusing_test_and_a_kill(house: House) -> None:
    """A sample of the three, one on top of the other, while a delivery waits; one build mends."""
    house.deliver()
    limit(house, EMPTY)
    refuse_by_a_test(house, "dim_companies")
    kill_and_run_some(house, "fct_claims")
    house.settle()


@pytest.mark.extended
@pytest.mark.parametrize(
    "words", [EMPTY, *(pytest.param(words, marks=soak) for words in OTHER_LIMITS)], ids=" ".join
)
def test_limited_input_of_a_new_warehouse(new: House, words: tuple[str, ...]) -> None:
    if words[0] in ("run", "snapshot"):
        new.run("seed")
    new.run(*words, is_checked=not is_limited(words))
    if is_limited(words):
        assert not new.published(), new.explain("limited input is published")
    new.settle()


@soak
def test_limited_input_then_retry(new: House) -> None:
    """`dbt retry` repeats the flags of what it retries; an environment variable is a flag, too."""
    undo = new.edit(*BROKEN)
    new.run("build", "--empty")
    undo()
    new.run("retry")
    assert not new.published(), new.explain("limited input is published")
    new.settle()
    before = contents(new.warehouse)
    assert not new.run("build", environment={"DBT_EMPTY": "1"})
    new.assert_refused(before, LIMITED)


# 12. What a change rebuilds


def manifest_of(house: House) -> dict:
    """The manifest of the last run."""
    return json.loads((house.warehouse.folder / "target/manifest.json").read_text())


def below(manifest: dict, models: set[str]) -> set[str]:
    """Names of models and of all that is built from them."""
    prefix = "model.benefits_warehouse."
    waiting, found = [f"{prefix}{name}" for name in models], set()
    while waiting:
        node = waiting.pop()
        if node.startswith(prefix) and node not in found:
            found.add(node)
            waiting += manifest["child_map"][node]
    return {node.removeprefix(prefix) for node in found}


def users_of(manifest: dict, macro: str) -> set[str]:
    """Models whose code calls a macro, or one that calls it."""
    found = {f"macro.benefits_warehouse.{macro}"}
    while True:
        more = {
            name
            for name, one in manifest["macros"].items()
            if name not in found and found & {*one["depends_on"]["macros"]}
        }
        if not more:
            break
        found |= more
    return {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and found & {*node["depends_on"]["macros"]}
    }


@pytest.mark.extended
@pytest.mark.parametrize(
    ("file", "old", "new_text"),
    [
        (
            "models/marts/coverage/_coverage__models.yml",
            "First covered day, included.",
            "The first.",
        ),
        pytest.param(
            "models/_exposures.yml", "description:", "description: >-\n      More.", marks=soak
        ),
        pytest.param(
            "python/benefits_warehouse/dashboard/claims.py", '"""', '"""Not. ', marks=soak
        ),
    ],
    ids=["description", "exposure", "dashboard"],
)
def test_what_decides_no_row_rebuilds_nothing(
    house: House, file: str, old: str, new_text: str
) -> None:
    path = house.project / file
    path.write_text(path.read_text().replace(old, new_text, 1))
    before = house.good
    assert house.run("build"), house.explain("the plain build failed")
    assert house.published() == before, house.explain("it changed what is published")
    assert not rebuilt(house), house.explain(f"rebuilt: {sorted(rebuilt(house))}")


@soak
def test_a_changed_mart_rebuilds_nothing_else(house: House) -> None:
    house.edit(*CODE["mart"])
    house.settle()
    found = rebuilt(house)
    assert "plan_gaps" in found
    assert found <= below(manifest_of(house), {"plan_gaps"}), house.explain(f"rebuilt: {found}")


@soak
def test_a_changed_macro_rebuilds_what_uses_it(house: House) -> None:
    house.edit("macros/cleaning/clean_integer.sql", "'[0-9]+|", "'[0-9]{1,9}|")
    house.settle()
    found, manifest = rebuilt(house), manifest_of(house)
    users = users_of(manifest, "clean_integer")
    assert users and found, house.explain("nothing is rebuilt")
    assert found <= below(manifest, users), house.explain(
        f"rebuilt besides: {sorted(found - below(manifest, users))}"
    )


# The random driver


def some_models(house: House, rng: Random) -> list[str]:
    """One to three models, now and then with what is above or below them."""
    names = sorted(
        node["name"]
        for node in manifest_of(house)["nodes"].values()
        if node["resource_type"] == "model"
    )
    marks = ("", "", "", "+{}", "{}+", "+{}+")
    return [
        (rng.choice(marks) or "{}").format(name) for name in rng.sample(names, rng.randint(1, 3))
    ]


class Driver:
    """Random operations on a house. Each may fail; none may harm.

    Args:
        house: what is operated on.
        seed: of what is done; the same one does the same again.
    """

    def __init__(self, house: House, seed: int) -> None:
        self.house = house
        self.rng = Random(seed)
        self.saved = house.folder / "saved_first"
        self.undo: dict[str, Callable[[], None]] = {}
        self.builds = 0
        self.done: Counter[str] = Counter()

    def operations(self) -> dict[str, tuple[int, Callable[[], None]]]:
        """Name to weight and operation."""
        return {
            "deliver": (6, self.deliver),
            "some models": (6, lambda: self.some("run")),
            "build some": (3, lambda: self.some("build")),
            "exclude": (2, lambda: self.some("build", flag="--exclude")),
            "refresh some": (2, lambda: self.some("run", "--full-refresh")),
            "refresh": (1, lambda: self.dbt("build", "--full-refresh")),
            "kill": (5, self.kill),
            "seed": (4, lambda: self.toggle("seed", SEEDS)),
            "code": (3, lambda: self.toggle("code", CODE)),
            "var": (2, self.vary),
            "fail": (2, self.fail),
            "save": (3, self.save),
            "restore": (3, self.restore),
            "empty": (1, lambda: self.dbt("build", "--empty")),
            "plain": (3, lambda: self.dbt("build")),
            "seeds only": (1, lambda: self.dbt("seed")),
            "clock": (1, self.clock),
            "damage": (1, self.damage),
            "retry": (1, lambda: self.dbt("retry")),
        }

    def dbt(self, *words: str, **more: str) -> None:
        """A command, which may fail."""
        self.builds += 1
        self.house.run(*words, **more)

    def deliver(self) -> None:
        feeds = [*self.house.deliveries.rows]
        some = self.rng.sample(feeds, self.rng.randint(1, len(feeds)))
        self.house.deliver(*(feed for feed in feeds if feed in some))
        if self.rng.random() < 0.5:
            self.dbt("build")

    def some(self, *words: str, flag: str = "-s") -> None:
        self.dbt(*words, flag, *some_models(self.house, self.rng))

    def kill(self) -> None:
        tables = ["landing_ledger", "int_claims_judged", "int_transactions_judged", "fct_claims"]
        tables += ["plan_gaps", "validation_errors", "dim_employees", "quarantine_history"]
        self.builds += 1
        self.house.kill(["build"], at(self.rng.choice(tables)))

    def toggle(self, kind: str, changes: dict[str, tuple[str, str, str]]) -> None:
        """Change a seed or code, or change it back."""
        name = self.rng.choice([*changes])
        if name in self.undo:
            self.undo.pop(name)()
        else:
            self.undo[name] = self.house.edit(*changes[name])

    def vary(self) -> None:
        name = self.rng.choice([*VARS])
        if self.house.variables:
            self.house.variables = {}
        else:
            self.house.variables = {name: VARS[name]}
        self.house.steps.append(f"vars {self.house.variables}")

    def fail(self) -> None:
        undo = self.house.edit(*BROKEN)
        self.dbt("build")
        undo()
        if self.rng.random() < 0.5:
            self.dbt("retry")

    def save(self) -> None:
        self.saved = self.house.save("driver")

    def restore(self) -> None:
        """A part of a backup; where the build refuses, all of it."""
        parts = TOGETHER[self.rng.choice([*TOGETHER])]
        self.house.restore(self.saved, parts)
        self.house.good = self.house.published()
        self.builds += 1
        if not self.house.settle_or_refuse(REMEDY):
            self.house.restore(self.saved)
            self.house.good = self.house.published()

    def damage(self) -> None:
        """A landed file; where the build refuses, it is put back."""
        path = self.rng.choice(self.house.landed(self.rng.choice([CLAIMS, EMPLOYEES])))
        content = path.read_bytes()
        hurt = self.rng.choice([lose, cut, flip])
        self.house.steps.append(f"{hurt.__name__} {path.name}")
        hurt(path)
        self.builds += 1
        if not self.house.settle_or_refuse(re.escape(path.name)):
            path.write_bytes(content)

    def clock(self) -> None:
        hours = self.rng.choice([-48, -2, 2])
        self.house.steps.append(f"clock {hours} h")
        self.dbt("build", prelude=CLOCK.format(seconds=hours * 3600))

    def drive(self, length: int) -> None:
        """So many operations; every few, and at last, all is as a fresh warehouse has it."""
        names = self.operations()
        for place in range(length):
            name = self.rng.choices([*names], [weight for weight, _ in names.values()])[0]
            self.house.steps.append(f"- {name}")
            self.done[name] += 1
            names[name][1]()
            if place % 4 == 3 or place == length - 1:
                self.builds += 1
                self.house.settle()


def drive(folder: Path, seed: int, length: int) -> Driver:
    """One episode; a failure says how to do it again."""
    driver = Driver(built_house(folder), seed)
    try:
        driver.drive(length)
    except AssertionError as error:
        pytest.fail(f"OPERATIONS_SEED={seed}, an episode of {length}: {error}", pytrace=False)
    return driver


@soak
@pytest.mark.parametrize("episode", range(1, EPISODES + 1))
def test_many_random_operations(tmp_path: Path, episode: int) -> None:
    """More than 300 builds in all."""
    driver = drive(tmp_path / "episode", SEED + episode, LENGTH)
    print(f"\nseed {SEED + episode}: {driver.builds} builds, {dict(driver.done)}")
