"""The registry of feeds: each wrong entry is told with its place and a remedy, before anything."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from conftest import PROJECT, Warehouse

from benefits_warehouse.feeds import feed_problems, load_feeds, read_feeds, seed_of

CLAIMS = "benefits_admin.claims"
PLANS = "benefits_admin.plans"
DECLARED = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["vars"]["feeds"]
GONE = object()


def changed(path: tuple[Any, ...], value: Any) -> Any:
    """The registry with one value changed, or taken out."""
    registry = copy.deepcopy(DECLARED)
    if not path:
        return value
    place = registry
    for part in path[:-1]:
        place = place[part]
    if value is GONE:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return registry


def column(name: str, attribute: str | None = None) -> tuple[str, ...]:
    return (CLAIMS, "columns", name, *([attribute] if attribute else []))


AT = f"vars.feeds.{CLAIMS}"
WRONG = [
    ((), [], "vars.feeds must name feeds, each as source.feed"),
    (("claims",), {}, "vars.feeds.claims: a feed is named source.feed, in small letters"),
    ((CLAIMS,), "claims", f"{AT}: must be attributes, as in {{type: text}}, not 'claims'"),
    ((CLAIMS, "entity"), GONE, f"{AT}.entity: is missing"),
    ((CLAIMS, "entity"), 3, f"{AT}.entity: input should be a valid string, not 3"),
    ((CLAIMS, "entity"), "My Claims", f"{AT}.entity: 'My Claims' must be small letters, digits"),
    ((CLAIMS, "entity"), "plans", f"{PLANS} and {CLAIMS} have the same entity, plans"),
    ((CLAIMS, "seed"), "plans_raw", f"{PLANS} and {CLAIMS} have the same seed, plans_raw"),
    ((CLAIMS, "mode"), "snapshto", f"{AT}.mode: 'snapshto' is unknown; did you mean snapshot? one"),
    ((CLAIMS, "growth"), GONE, f"{AT}.growth: is missing; one of small, endless"),
    ((CLAIMS, "increment"), True, f"{AT}.increment: unknown attribute; one of entity, row"),
    ((CLAIMS, "rythm_days"), 3, f"{AT}.rythm_days: unknown attribute; did you mean rhythm_days?"),
    ((CLAIMS, "rhythm_days"), 0, f"{AT}.rhythm_days: input should be greater than 0, not 0"),
    ((CLAIMS, "mart"), GONE, ""),
    ((PLANS, "mart"), GONE, f"vars.feeds.{PLANS}.mart_count: there is no mart to count in"),
    ((CLAIMS, "columns"), GONE, f"{AT}.columns: is missing"),
    ((CLAIMS, "columns"), ["amount"], f"{AT}.columns: must be attributes, as in"),
    (column("amount"), "money", f"{AT}.columns.amount: must be attributes, as in"),
    (column("amount"), None, f"{AT}.columns.amount: must be attributes, as in"),
    (column("Amount"), {"type": "money"}, f"{AT}.columns.Amount: 'Amount' must be small letters"),
    (column("amount", "type"), GONE, f"{AT}.columns.amount.type: is missing; one of text, name"),
    (column("amount", "type"), "mony", "amount.type: 'mony' is unknown; did you mean money? one"),
    (column("amount", "varid"), True, "amount.varid: unknown attribute; did you mean varied?"),
    (column("amount", "key"), "yes", "amount.key: must be true or false, without quotes, not"),
    (
        column("amount", "pii"),
        "phone",
        "amount.pii: 'phone' is unknown; one of name, email, hidden",
    ),
    (column("claim_id", "key"), GONE, f"{AT}.columns: every key column is optional"),
    (
        ("benefits_admin.plans", "columns"),
        {"name": {"type": "text"}},
        "no column is a key: say key",
    ),
    (column("claim_id", "optional"), True, f"{AT}.columns: every key column is optional"),
    (column("last_updated"), GONE, ""),
    (column("last_updated", "type"), "date", "last_updated: must be a timestamp"),
    (column("claim_type", "pii"), "name", "claim_type: pii and free_text exclude each other"),
    (column("amount", "free_text"), True, "amount.free_text: a money is no free text"),
    (column("service_date", "varied"), True, "service_date.varied: is of use for text, email"),
    (column("claim_type", "caseless"), True, "claim_type.caseless: is for texts in a key"),
    (column("claim_type", "key"), True, "claim_type: a key of an endless feed must be found again"),
    (column("company_ein", "pii"), "hidden", "company_ein.pii: what is hidden goes on as a hash"),
    (column("amount", "staged_as"), "claim_id", "claim_id is the name of two columns in staging"),
    (column("load_id"), {"type": "text"}, "load_id is the name of two columns in staging"),
    (column("amount", "about"), "Cost.", "amount: doc and about exclude each other"),
]


@pytest.mark.parametrize(("path", "value", "told"), WRONG)
def test_a_wrong_entry_is_told_with_place_and_remedy(
    path: tuple[Any, ...], value: Any, told: str
) -> None:
    registry = changed(path, value)
    problems = feed_problems(json.dumps(registry))
    assert told in problems and bool(told) == bool(problems), problems
    if told:
        with pytest.raises(ValueError, match=r"vars\.feeds"):
            read_feeds(registry)


def test_all_that_is_wrong_is_told_at_once() -> None:
    registry = changed(column("amount", "type"), "mony")
    registry[PLANS]["mode"] = "full"
    assert len(feed_problems(json.dumps(registry)).split("; vars.feeds")) == 2


def test_seeds_are_called_as_their_feed_or_by_name() -> None:
    feeds = load_feeds()
    assert seed_of(CLAIMS, feeds[CLAIMS]) == "claims_raw"
    assert seed_of("spend_accounts.transactions", feeds["spend_accounts.transactions"]) == (
        "transactions"
    )


STOPS = [
    (column("amount", "type"), "mony", f"{AT}.columns.amount.type: 'mony' is unknown"),
    ((CLAIMS, "entity"), "claimz", "'int_claimz_judged' which was not found"),
]
OTHER_STOPS = [
    ((CLAIMS, "columns"), ["amount"], f"{AT}.columns: must be attributes"),
    ((CLAIMS, "entity"), GONE, f"{AT}.entity: is missing"),
    ((CLAIMS, "mart"), "fct_claimz", f"{AT}.mart: there is no model fct_claimz"),
    (column("amount"), GONE, f"{AT}.columns: the models have others: run `make feed`"),
    ((CLAIMS,), GONE, "no feed any more has the models of land_benefits_admin__claims"),
]


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [*STOPS, *(pytest.param(*stop, marks=pytest.mark.extended) for stop in OTHER_STOPS)],
)
def test_a_run_with_a_wrong_entry_changes_nothing(
    make_warehouse: Callable[..., Warehouse], path: tuple[Any, ...], value: Any, told: str
) -> None:
    """Not even where the entry would be a riddle to the macros that dbt parses models with."""
    warehouse = make_warehouse()
    result = warehouse.dbt("build", variables={"feeds": changed(path, value)})
    assert not result.success
    assert told in warehouse.output + str(result.exception)
    assert not list(warehouse.database.glob("analytics.duckdb"))
