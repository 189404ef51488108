"""What the unit tests and the data tests leave no room to forget: each rule, each published key."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml
from conftest import PROJECT, Warehouse

Rule = tuple[str, str]  # feed as 'source.feed', rule_id

# What a reader of the published file may take for granted has no key: rows may repeat.
WITHOUT_KEY = {"loaded_files", "node_history", "run_history", "rejected_lines"}


def seed_rules() -> set[Rule]:
    """The rules of the registry."""
    with (PROJECT / "seeds/reference/dq_rules.csv").open(newline="") as file:
        return {(f"{row['source']}.{row['feed']}", row["rule_id"]) for row in csv.DictReader(file)}


@cache
def judged_rules() -> dict[str, set[Rule]]:
    """Model name to the rules that it has a condition for: its call of `judge` names the macro."""
    found = {}
    for path in (PROJECT / "models").rglob("*.sql"):
        for feed, macro in re.findall(r"judge\(\s*'([\w.]+)', '\w+', (\w+)\(\)", path.read_text()):
            conditions = (PROJECT / f"macros/quality/rules/{macro}.sql").read_text()
            rules = re.findall(r"^        '(\w+)':", conditions, re.MULTILINE)
            found.setdefault(path.stem, set()).update((feed, rule) for rule in rules)
    return found


@cache
def unit_tests() -> list[dict[str, Any]]:
    """Every unit test of the project."""
    files = (PROJECT / "models").rglob("_*__unit_tests.yml")
    return [test for path in files for test in yaml.safe_load(path.read_text())["unit_tests"]]


def words(value: Any) -> Iterator[str]:
    """All strings in nested rows, and the cells of rows written as CSV."""
    if isinstance(value, str):
        yield from re.split(r"[,\s\[\]]+", value)
    elif isinstance(value, list):
        for item in value:
            yield from words(item)
    elif isinstance(value, dict):
        yield from words(list(value.values()))


def test_every_rule_has_a_condition_and_every_condition_a_rule() -> None:
    conditions = set().union(*judged_rules().values())
    assert len(conditions) > 60
    assert conditions == seed_rules()


def test_every_rule_fires_in_a_unit_test() -> None:
    fired = {
        (feed, word)
        for test in unit_tests()
        for feed in {feed for feed, _ in judged_rules().get(test["model"], set())}
        for word in words(test["expect"]["rows"])
    }
    assert not seed_rules() - fired


def test_every_judging_model_reads_its_registry_from_the_test() -> None:
    tested = {test["model"]: {given["input"] for given in test["given"]} for test in unit_tests()}
    for model in judged_rules():
        assert "ref('dq_rules')" in tested[model], model


def test_unit_tests_say_what_they_are_about() -> None:
    names = [test["name"] for test in unit_tests()]
    assert len(names) == len(set(names))
    assert all(len(test.get("description", "")) > 60 for test in unit_tests())


@pytest.mark.parametrize("folder", ["marts", "quality", "ops", "findings"])
def test_every_published_relation_has_a_tested_key(folder: str) -> None:
    files = ["marts/assert_keys_are_unique.sql", "quality/assert_logs_have_no_repeats.sql"]
    text = "".join((PROJECT / "tests" / file).read_text() for file in files)
    tested = set(re.findall(r"^    '(\w+)':", text, re.MULTILINE))
    paths = (PROJECT / "models" / folder).rglob("*.sql")
    published = {path.stem for path in paths if not path.stem.startswith("int_")}
    quarantines = {name for name in published if name.startswith("quarantine_")}
    assert not published - quarantines - tested - WITHOUT_KEY


def test_a_plain_build_runs_no_unit_test(seed_warehouse: Warehouse) -> None:
    """selectors.yml keeps them for `dbt test`, so that the job pays nothing for them."""
    results = json.loads((seed_warehouse.folder / "target/run_results.json").read_text())
    kinds = {result["unique_id"].split(".")[0] for result in results["results"]}
    assert {"model", "seed", "test"} <= kinds
    assert "unit_test" not in kinds
