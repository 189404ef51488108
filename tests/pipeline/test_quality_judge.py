"""Every verdict on dirty deliveries against the plain-Python judge, and how verdicts move.

QUALITY_ROWS and QUALITY_SEED choose other data, QUALITY_SHOWN how many differences are told. The
chain of fixtures is one warehouse: built from dirty and planted rows, then mended by a delivery,
then under other tiers and ranks, then with a new rule; the first alone is for every day.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import pytest
from reference.generate_dirty import (
    AS_OF,
    DEFAULT_SEED,
    Row,
    generate,
    write_landing_zone,
    write_reference_seeds,
)
from reference.generate_dirty_planted import Planted, Planter, plant, with_planted
from reference.judge import (
    ACCOUNTS,
    CLAIMS,
    EMPLOYEES,
    HOLDERS,
    PLANS,
    SHAPES,
    TRANSACTIONS,
    DeliveredFile,
    Delivery,
    FeedResult,
    Judged,
    Key,
    Reference,
    content_of,
    identity,
    judge,
    read_csv,
)
from reference.judge_compare import Published, differences, told

SEED = int(os.environ.get("QUALITY_SEED", DEFAULT_SEED))
ROWS = int(os.environ.get("QUALITY_ROWS", "2000"))
SOAK_ROWS = 20_000
COPIES = 12  # of every planted fault
MENDS = 12  # rows of every feed and rule that a new delivery mends
SHOWN = int(os.environ.get("QUALITY_SHOWN", "5"))

Results = dict[str, FeedResult]
long_chain = pytest.mark.soak  # three more builds


@dataclass(slots=True)
class Stage:
    """The warehouse after one of its builds, and what the judge says of the same deliveries."""

    warehouse: Any
    deliveries: dict[str, list[Delivery]]
    planted: Planted
    published: Published
    reference: Reference
    results: Results

    @property
    def seeds(self) -> Path:
        return self.warehouse.project / "seeds" / "reference"


def run(
    warehouse: Any,
    deliveries: dict[str, list[Delivery]],
    planted: Planted,
    house_rules: dict[tuple[str, str], Callable[[Judged], bool]] | None = None,
) -> Stage:
    """Write what is new, build, and judge everything by the project's seeds."""
    seeds = warehouse.project / "seeds" / "reference"
    write_landing_zone(deliveries, warehouse.zone, seeds / "column_aliases.csv")
    started = perf_counter()
    # Clear values: names and e-mail addresses are compared, too.
    settings = {"as_of_date": AS_OF.isoformat(), "pii_masking_enabled": False}
    warehouse.build("--exclude-resource-type", "unit_test", vars=settings)
    built = perf_counter()
    reference = Reference.read(seeds)
    results = judge(deliveries, reference, AS_OF, house_rules=house_rules)
    judged = perf_counter()
    published = Published(warehouse)
    rows = {feed: result.reconciliation["rows_landed"] for feed, result in results.items()}
    print(f"\nseed {SEED}, landed {rows}; build {built - started:.1f} s", end="")
    print(f", judge {judged - built:.1f} s, read {perf_counter() - judged:.1f} s")
    return Stage(warehouse, deliveries, planted, published, reference, results)


@pytest.fixture(
    scope="module",
    params=[ROWS, pytest.param(SOAK_ROWS, marks=pytest.mark.soak)],
    ids="{}_rows".format,
)
def built(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """Dirty rows of every feed in several deliveries, and a planted file, in one build."""
    from conftest import Warehouse, copy_project

    from benefits_warehouse.dbt_plugin import release_locks

    folder = tmp_path_factory.mktemp(f"quality_{request.param}")
    dirty = generate(request.param, SEED, dt.datetime.now(dt.UTC).date())
    planted = plant(COPIES)
    project = copy_project(folder / "project")
    write_reference_seeds([*dirty.companies, *planted.companies], project / "seeds" / "reference")
    yield run(Warehouse(folder, project), with_planted(dirty.deliveries, planted), planted)
    release_locks()


def assert_agree(stage: Stage) -> None:
    found = list(differences(stage.published, stage.results, stage.reference))
    if found:
        kinds = Counter(one.split(":")[0] for one in found)
        shown = "\n\n".join(found[:SHOWN])
        pytest.fail(f"seed {SEED}: {len(found)} differences {dict(kinds)}\n{shown}", pytrace=False)


def test_every_verdict_is_the_judges(built: Stage) -> None:
    """Quarantine, errors, marts, coverage, reconciliation and scorecard."""
    for feed, result in built.results.items():
        counts = result.reconciliation
        assert all(counts[f"rows_{verdict}"] for verdict in ("superseded", "valid", "quarantined"))
        fired = {rule_id for row in result.rows for rule_id in row.fired}
        assert fired == set(built.reference.rules[feed]), f"{feed}: rules that nothing broke"
    assert_agree(built)


def test_nothing_is_lost(built: Stage) -> None:
    """Conservation, from the published counts alone."""
    for row in built.published.rows("quality.reconciliation"):
        kinds = ("superseded", "deleted", "valid", "quarantined")
        accounted = sum(row[f"rows_{kind}"] for kind in kinds) + row["lines_rejected"]
        assert row["rows_landed"] == accounted and row["difference"] == 0, row


def test_planted_faults_are_found_and_nothing_else(built: Stage) -> None:
    """Precision and recall of every rule on the planted rows: 1.0."""
    fired = built.published.fired
    right: Counter[tuple[str, str]] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    lost: Counter[tuple[str, str]] = Counter()
    misjudged = []
    for (feed, spot), faults in built.planted.faults.items():
        found = fired.get((feed, *spot), set())
        right.update((feed, rule_id) for rule_id in found & faults)
        wrong.update((feed, rule_id) for rule_id in found - faults)
        lost.update((feed, rule_id) for rule_id in faults - found)
        if found != faults:
            misjudged.append(f"{feed} {spot}: planted {sorted(faults)}, found {sorted(found)}")
    print(f"\n{'feed':34}{'rule':30}{'rows':>5}{'precision':>11}{'recall':>8}")
    for feed, rules in built.reference.rules.items():
        for rule_id in rules:
            hits, one = right[feed, rule_id], (feed, rule_id)
            assert hits + lost[one], f"{feed} {rule_id}: nothing planted"
            precision = hits / (hits + wrong[one]) if hits else 0.0
            recall = hits / (hits + lost[one])
            print(f"{feed:34}{rule_id:30}{hits + lost[one]:5}{precision:11.3f}{recall:8.3f}")
    assert not misjudged, "\n".join(misjudged[:SHOWN])


# Mending one field, and rows that have nothing to do with the others


MENDED_TO: dict[tuple[str, str], tuple[str, str]] = {
    (EMPLOYEES, "invalid_start_date"): ("start_date", "2024-01-02"),
    (EMPLOYEES, "future_start_date"): ("start_date", "2024-01-02"),
    (EMPLOYEES, "invalid_email"): ("email", "mended@mended.example"),
    (EMPLOYEES, "missing_email"): ("email", "mended@mended.example"),
    (EMPLOYEES, "missing_title"): ("title", "Clerk"),
    (PLANS, "invalid_end_date"): ("end_date", "9999-12-31"),
    (PLANS, "end_before_start"): ("end_date", ""),
    (CLAIMS, "invalid_amount"): ("amount", "12.00"),
    (CLAIMS, "zero_amount"): ("amount", "12.00"),
    (CLAIMS, "reversal"): ("amount", "12.00"),
    (CLAIMS, "invalid_service_date"): ("service_date", "2025-01-15"),
    (CLAIMS, "future_service_date"): ("service_date", "2025-01-15"),
    (CLAIMS, "unknown_claim_type"): ("claim_type", "Medical"),
    (HOLDERS, "invalid_hire_date"): ("hire_date", ""),
    (HOLDERS, "invalid_email"): ("email", "mended@mended.example"),
    (HOLDERS, "unknown_status"): ("status", "active"),
    (ACCOUNTS, "invalid_allowance"): ("monthly_allowance", "$1,000.00"),
    (ACCOUNTS, "negative_balance"): ("current_balance", "0"),
    (ACCOUNTS, "unknown_benefit_type"): ("benefit_type", "meals"),
    (TRANSACTIONS, "invalid_amount"): ("amount", "12.00"),
    (TRANSACTIONS, "negative_amount"): ("amount", "12.00"),
    (TRANSACTIONS, "zero_amount"): ("amount", "12.00"),
    (TRANSACTIONS, "invalid_timestamp"): ("timestamp", "2025-02-03T04:05:06Z"),
    (TRANSACTIONS, "future_timestamp"): ("timestamp", "2025-02-03T04:05:06Z"),
    (TRANSACTIONS, "missing_category"): ("category", "food"),
    (TRANSACTIONS, "missing_merchant"): ("merchant", "Corner Café"),
}
# What a good value can bring to light, because the rule looks at other rows as well.
COMPARING = {
    *("overlapping_coverage", "duplicate_plan_key", "no_coverage_on_service_date"),
    *("over_monthly_allowance", "suspected_duplicate", "category_mismatch"),
    *("terminated_employee", "before_hire_date"),
}


@dataclass(slots=True)
class Mended:
    before: Stage
    after: Stage
    mended: dict[tuple[str, Key], str]  # the rule that a row was mended for


Newest = dict[str, dict[Key, list[Row]]]


def newest_rows(stage: Stage) -> Newest:
    """The rows of each feed's newest delivery, by the entity they belong to."""
    newest: Newest = {}
    for feed, several in stage.deliveries.items():
        entity_of = {
            version.content: identity(version)
            for row in stage.results[feed].rows
            for version in row.history
        }
        newest[feed] = defaultdict(list)
        for file in several[-1].files:
            for row in file.rows:
                newest[feed][entity_of[content_of(feed, row)]].append(dict(row))
    return newest


def sample_to_mend(stage: Stage, newest: Newest, rng: Random) -> dict[tuple[str, Key], str]:
    """Rows whose counted version can be replaced by a later delivery that mends one field."""

    def stands_alone(row: Judged) -> bool:
        """The newest delivery has the counted content and nothing else under its key."""
        own = newest[row.feed][row.version.key or ()]
        return [content_of(row.feed, one) for one in own] == [row.version.content]

    chosen: dict[tuple[str, Key], str] = {}
    for feed, rule_id in MENDED_TO:
        fit = [
            row
            for row in stage.results[feed].rows
            if rule_id in row.fired
            and row.version.key is not None
            and not row.fired & {"duplicate_key", "conflicting_duplicate"}
            and not row.is_deleted
            and (feed, row.version.key) not in chosen
            and (SHAPES[feed].mode == "delta" or stands_alone(row))
        ]
        for row in rng.sample(fit, min(MENDS, len(fit))):
            assert row.version.key is not None
            chosen[feed, row.version.key] = rule_id
    return chosen


@pytest.fixture(scope="module")
def mended(built: Stage) -> Mended:
    """A delivery that mends some rows, and brings rows that nobody knows."""
    newest = newest_rows(built)
    chosen = sample_to_mend(built, newest, Random(SEED))
    judged = {
        (feed, row.version.key): row
        for feed, result in built.results.items()
        for row in result.rows
        if row.version.key is not None
    }
    planter = Planter(1)
    planter.number = 10**6
    unrelated = {
        EMPLOYEES: [planter.person(company_ein="97-0000001", email="") for _ in range(20)],
        PLANS: [planter.plan(company_ein="97-0000001", carrier_name=str(n)) for n in range(20)],
        CLAIMS: [planter.covered_claim(company_ein="97-0000001") for _ in range(20)],
        HOLDERS: [planter.holder() for _ in range(20)],
    }
    unrelated[ACCOUNTS] = [planter.owned_account(holder) for holder in unrelated[HOLDERS]]
    unrelated[TRANSACTIONS] = [planter.payment(holder) for holder in unrelated[HOLDERS]]
    deliveries = {}
    for feed, several in built.deliveries.items():
        rows = list(unrelated[feed])
        if SHAPES[feed].mode == "snapshot":
            rows += [
                row for key, own in newest[feed].items() if (feed, key) not in chosen for row in own
            ]
        for (of, key), rule_id in chosen.items():
            if of == feed:
                column, value = MENDED_TO[feed, rule_id]
                content = judged[feed, key].version.content
                rows.append(
                    {**dict(zip(SHAPES[feed].columns, content, strict=True)), column: value}
                )
        name = f"2025-{len(several) + 1:02d}.csv"
        delivery = Delivery([DeliveredFile(name, rows)], several[0].landed_on)
        deliveries[feed] = [*several, delivery]
    return Mended(built, run(built.warehouse, deliveries, built.planted), chosen)


@long_chain
def test_verdicts_after_a_mending_delivery_are_the_judges(mended: Mended) -> None:
    """What an increment judges anew is what a judge of everything says."""
    assert_agree(mended.after)


def fired_of(stage: Stage) -> dict[tuple[str, Key], tuple[Judged, set[str]]]:
    """The published rules of every current row with a key."""
    found: dict[tuple[str, Key], tuple[Judged, set[str]]] = {}
    fired = stage.published.fired
    for feed, result in stage.results.items():
        for row in result.rows:
            if row.version.key is None or row.is_conflicting or row.is_deleted:
                continue
            rules = {rule_id for spot in row.spots for rule_id in fired.get((feed, *spot), ())}
            found[feed, row.version.key] = row, rules
    return found


def ties(row: Judged) -> set[tuple[Any, ...]]:
    """What a row has in common with the rows whose verdict can depend on it."""
    if row.feed in (PLANS, CLAIMS):
        kind = row["plan_type" if row.feed == PLANS else "claim_type"]
        return {("cover", row["company_ein"], kind and kind.lower())}
    if row.feed == HOLDERS:
        return {("holder", row["employee_id"])}
    if row.feed == ACCOUNTS:
        return {("account", row["benefit_account_id"]), ("holder", row["employee_id"])}
    if row.feed == TRANSACTIONS:
        return {
            ("account", row["benefit_account_id"]),
            ("holder", row["employee_id"]),
            ("alike", row["employee_id"], row["merchant"], row["amount"]),
        }
    return set()


@long_chain
def test_mending_a_field_only_removes_flags(mended: Mended) -> None:
    """The row loses the rule it was mended for, and gains none that looks at itself alone."""
    before, after = fired_of(mended.before), fired_of(mended.after)
    counts: Counter[str] = Counter()
    for key, rule_id in mended.mended.items():
        row, rules = after[key]
        counts[f"{key[0]} {rule_id}"] += 1
        assert rule_id not in rules, told(row)
        assert rules - before[key][1] <= COMPARING, f"had {before[key][1]}\n{told(row)}"
    print(f"\nmended: {sum(counts.values())} rows, {len(counts)} rules of {len(MENDED_TO)}")
    assert len(counts) > len(MENDED_TO) * 0.8


@long_chain
def test_other_rows_keep_their_verdicts(mended: Mended) -> None:
    """Only rows that share a group with a mended one, or with one it released, may change."""
    before, after = fired_of(mended.before), fired_of(mended.after)
    common = [key for key in before if key in after and key not in mended.mended]
    touched = {
        tie for key in mended.mended for stage in (before, after) for tie in ties(stage[key][0])
    }
    changed = [key for key in common if before[key][1] != after[key][1]]
    unexplained = changed
    while reached := [key for key in unexplained if ties(after[key][0]) & touched]:
        # A released account releases its transactions, and they meet others.
        unexplained = [key for key in unexplained if not ties(after[key][0]) & touched]
        touched |= {tie for key in reached for tie in ties(after[key][0])}
    told_of = [
        f"had {before[key][1]}, has {after[key][1]}\n{told(after[key][0])}" for key in unexplained
    ]
    assert not unexplained, "\n".join(told_of[:SHOWN])
    print(f"\n{len(common)} other rows, {len(changed)} changed, all of them related")


# Another tier, another rank, another rule


def rewrite_rules(seeds: Path, change: Callable[[list[Row]], None]) -> None:
    path = seeds / "dq_rules.csv"
    rules = read_csv(path)
    change(rules)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rules[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rules)


NEW_TIERS = {
    (EMPLOYEES, "invalid_email"): ("2", "5"),
    (EMPLOYEES, "missing_title"): ("2", "15"),
    (PLANS, "unknown_plan_type"): ("2", "1"),
    (PLANS, "end_before_start"): ("2", "2"),
    (CLAIMS, "unknown_claim_type"): ("2", "35"),
    (CLAIMS, "future_service_date"): ("1", "50"),
    (HOLDERS, "unknown_status"): ("2", "15"),
    (HOLDERS, "invalid_hire_date"): ("1", "25"),
    (ACCOUNTS, "negative_balance"): ("2", "5"),
    (TRANSACTIONS, "negative_amount"): ("1", "105"),
    (TRANSACTIONS, "missing_category"): ("2", "35"),
    (TRANSACTIONS, "terminated_employee"): ("2", "1"),
    (TRANSACTIONS, "zero_amount"): ("1", "200"),
}


def change_tiers(rules: list[Row]) -> None:
    for rule in rules:
        feed = f"{rule['source']}.{rule['feed']}"
        tier_and_rank = NEW_TIERS.get((feed, rule["rule_id"]))
        if tier_and_rank:
            rule["tier"], rule["rank"] = tier_and_rank


@pytest.fixture(scope="module")
def reranked(mended: Mended) -> Stage:
    """The same rows, judged by a registry with other tiers and ranks."""
    stage = mended.after
    rewrite_rules(stage.seeds, change_tiers)
    return run(stage.warehouse, stage.deliveries, stage.planted)


@long_chain
def test_tiers_and_ranks_in_the_seed_decide(mended: Mended, reranked: Stage) -> None:
    assert_agree(reranked)
    before, after = mended.after.results, reranked.results
    for feed in SHAPES:
        assert before[feed].count("quarantined") != after[feed].count("quarantined"), feed


LARGE = 1000
HOUSE_RULES = {
    (CLAIMS, "large_amount"): lambda row: row["amount"] is not None and row["amount"] > LARGE,
    (CLAIMS, "round_amount"): lambda row: row["amount"] is not None and row["amount"] % 10 == 0,
}


@pytest.fixture(scope="module")
def extended(reranked: Stage) -> Stage:
    """Two new rules: a row in the seed and a condition in the model, each."""
    model = reranked.warehouse.project / "models/intermediate/claims/int_claims_assessed.sql"
    text = model.read_text()
    known = "    'zero_amount': 'amount = 0',\n"
    assert known in text
    added = f"    'large_amount': 'amount > {LARGE}',\n    'round_amount': 'amount % 10 = 0',\n"
    model.write_text(text.replace(known, known + added))

    def add(rules: list[Row]) -> None:
        texts = {"field": "amount", "description": "Ours.", "fix_hint": "Ask."}
        own = {"source": "benefits_admin", "feed": "claims", **texts}
        rules.append({"rule_id": "large_amount", "tier": "2", "rank": "33", **own})
        rules.append({"rule_id": "round_amount", "tier": "1", "rank": "77", **own})

    rewrite_rules(reranked.seeds, add)
    return run(reranked.warehouse, reranked.deliveries, reranked.planted, HOUSE_RULES)


@long_chain
def test_a_new_rule_is_one_row_and_one_condition(extended: Stage) -> None:
    """It shows in flags, quarantine, errors and scorecard."""
    assert_agree(extended)
    withheld = extended.published.rows("quality.quarantine_claims")
    reasons = {row["rejection_reason"] for row in withheld}
    flags = {
        flag for row in extended.published.rows("marts.fct_claims") for flag in row["dq_flags"]
    }
    errors = Counter(
        row["error_reason"] for row in extended.published.rows("quality.validation_errors")
    )
    cards = {
        row["rule_id"]: row["rows_failed"]
        for row in extended.published.rows("quality.dq_scorecard")
    }
    assert "large_amount" in reasons and "round_amount" in flags
    for rule_id in ("large_amount", "round_amount"):
        assert errors[rule_id] == cards[rule_id] > 0
