"""The published verdicts against the judge's, row by row; every difference is said in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Protocol

from benefits_warehouse.feeds import load_feeds

from .judge import (
    PLANS,
    SHAPES,
    FeedResult,
    Judged,
    Key,
    Reference,
    fired_rules,
    is_personal,
    known_names,
    record_key,
)
from .names import Pair
from .plan_gaps import plan_coverage
from .records import Plan

FEEDS = load_feeds()
QUARANTINE_OF = {name: f"quality.quarantine_{feed.entity}" for name, feed in FEEDS.items()}
MART_OF = {  # where a mart has a row per row, with the feed's key
    name: f"marts.{feed.mart}" for name, feed in FEEDS.items() if feed.mart and not feed.mart_count
}
# What is compared of each relation; all columns where none are named.
IN_QUARANTINE = "row_id, source_file, source_row, rejection_reason, all_reasons, dq_flags"
READ = {
    **dict.fromkeys(QUARANTINE_OF.values(), IN_QUARANTINE),
    **dict.fromkeys(MART_OF.values(), "*"),
    "quality.validation_errors": (
        "row_id, source, feed, record_key, field, error_reason, tier, rule_rank, "
        "source_file, source_row"
    ),
    **dict.fromkeys(("quality.reconciliation", "quality.dq_scorecard"), "*"),
    **dict.fromkeys(("marts.fct_plan_coverage", "quality.quarantine_history"), "*"),
    "marts.findings": "subject, summary, severity, next_step, evidence_filter, resolved_at",
    "ops.run_history": "run_id, started_at",
}
# Texts that are not about people, and are masked where they hold what looks so.
TEXTS = {column for feed in FEEDS.values() for column in feed.having("free_text")}
RECONCILED = (
    *("rows_landed", "rows_superseded", "rows_deleted", "rows_valid", "rows_quarantined"),
    *("lines_rejected", "difference"),
)

Results = dict[str, FeedResult]
Names = frozenset[Pair] | None  # of known persons, where masks are on
Spot = tuple[str, int]


class Rows(Protocol):
    """A warehouse, or what was read of it."""

    def rows(self, relation: str) -> list[dict[str, Any]]: ...


class Published:
    """What a warehouse shows at one moment; later builds don't change it.

    Args:
        warehouse: where to read.
    """

    def __init__(self, warehouse: Rows) -> None:
        self.relations = {
            relation: warehouse.rows(f"(select {columns} from {relation})")
            for relation, columns in READ.items()
        }

    def rows(self, relation: str) -> list[dict[str, Any]]:
        return self.relations[relation]

    @property
    def fired(self) -> dict[tuple[str, str, int], set[str]]:
        """The rules of every row of validation_errors, by feed, file and row."""
        found: dict[tuple[str, str, int], set[str]] = defaultdict(set)
        for error in self.rows("quality.validation_errors"):
            feed = f"{error['source']}.{error['feed']}"
            found[feed, error["source_file"], error["source_row"]].add(error["error_reason"])
        return found

    @property
    def fired_by_key(self) -> dict[tuple[str, str], set[str]]:
        """The rules of every record_key, by feed and key."""
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for error in self.rows("quality.validation_errors"):
            feed = f"{error['source']}.{error['feed']}"
            found[feed, error["record_key"]].add(error["error_reason"])
        return found


def differences(
    warehouse: Rows, results: Results, reference: Reference, masked: Collection[str] = ()
) -> list[str]:
    """Everything in which warehouse and judge disagree; values of masked columns aside."""
    errors = warehouse.rows("quality.validation_errors")
    names = known_names({feed: result.rows for feed, result in results.items()}) if masked else None
    found: list[str] = []
    for feed, result in results.items():
        found += compare_quarantine(warehouse, feed, result)
        found += compare_errors(errors, feed, result, reference, bool(masked))
        if feed in MART_OF:
            found += compare_mart(warehouse, feed, result, masked, names)
    found += compare_coverage(warehouse, results[PLANS], names)
    found += compare_counts(warehouse, results, reference)
    return found


def told(row: Judged) -> str:
    """The row and its older versions, for a person who looks for the cause."""
    columns = SHAPES[row.feed].columns
    lines = [f"  {row.feed} {row.version.key}, {row.verdict}: {row.all_reasons} {row.dq_flags}"]
    for version in reversed(row.history):
        shown = {name: text for name, text in zip(columns, version.content, strict=True) if text}
        lines.append(f"    {version.spots} {shown}")
    return "\n".join(lines)


def pick(row: Judged, places: dict[Spot, Any]) -> list[Spot]:
    """Where the row is found; of equal rows of one delivery any may be the one that counts."""
    return [spot for spot in row.spots if spot in places]


def compare_quarantine(warehouse: Rows, feed: str, result: FeedResult) -> Iterator[str]:
    """Reason, all reasons and flags of every withheld row; no other row is withheld."""
    relation = QUARANTINE_OF[feed]
    places: dict[Spot, dict[str, Any]] = {}
    for row in warehouse.rows(relation):
        place = row["source_file"], row["source_row"]
        if place in places:
            yield f"{relation}: twice {place}"
        places[place] = row
    for judged in result.rows:
        spots = pick(judged, places)
        if (judged.verdict == "quarantined") != (len(spots) == 1):
            yield f"{relation}: found {len(spots)} times\n{told(judged)}"
        for spot in spots:
            row = places.pop(spot)
            expected = judged.rejection_reason, judged.all_reasons, judged.dq_flags
            actual = row["rejection_reason"], row["all_reasons"], row["dq_flags"]
            if judged.verdict == "quarantined" and actual != expected:
                yield f"{relation}: got {actual[1:]}\n{told(judged)}"
    for place in places:
        yield f"{relation}: {place} is not the row that counts"


def compare_errors(
    errors: Iterable[dict[str, Any]],
    feed: str,
    result: FeedResult,
    reference: Reference,
    is_masked: bool,
) -> Iterator[str]:
    """validation_errors: keys, rules, tiers, ranks and fields of every current row."""
    places: dict[Spot, list[tuple[Any, ...]]] = defaultdict(list)
    for error in errors:
        if f"{error['source']}.{error['feed']}" == feed:
            places[error["source_file"], error["source_row"]].append(
                (
                    *(error["rule_rank"], error["error_reason"], error["tier"], error["field"]),
                    None if is_masked else error["record_key"],
                )
            )
    expected_of: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for judged, rule in fired_rules(result, reference):
        if not judged.is_deleted:
            key = None if is_masked else key_shown(judged, reference)
            expected_of[id(judged)].append((rule.rank, rule.rule_id, rule.tier, rule.field, key))
    for judged in result.rows:
        spots = pick(judged, places)
        actual = sorted(error for spot in spots for error in places.pop(spot))
        if actual != sorted(expected_of[id(judged)]):
            names = [(error[1], error[4]) for error in actual]
            yield f"validation_errors: got {names}\n{told(judged)}"
    for place, rest in places.items():
        yield f"validation_errors: {feed} {place} is not the row that counts: {rest}"


def key_shown(judged: Judged, reference: Reference) -> str | None:
    """The record_key: the clean parts of the key, spelled as allowed_values has them."""
    if judged.version.key is None:
        return None
    values = {
        column: reference.spelled(judged.feed, column, judged[column])
        if isinstance(judged[column], str)
        else judged[column]
        for column in SHAPES[judged.feed].key
    }
    return record_key(judged.feed, values)


def compare_mart(
    warehouse: Rows, feed: str, result: FeedResult, masked: Collection[str], names: Names
) -> Iterator[str]:
    """Every valid row is in its mart once, with its values and flags, and no other is."""
    relation, key = MART_OF[feed], SHAPES[feed].key
    actual_of: dict[Key, list[dict[str, Any]]] = defaultdict(list)
    for row in warehouse.rows(relation):
        actual_of[tuple(row[column] for column in key)].append(row)
    for judged in result.rows:
        if not judged.is_valid:
            continue
        expected = {**judged.published, "dq_flags": judged.dq_flags}
        actual = actual_of.pop(tuple(judged[column] for column in key), [])
        if len(actual) != 1:
            yield f"{relation}: found {len(actual)} times\n{told(judged)}"
            continue
        wrong = {
            name: (value, actual[0][name])
            for name, value in expected.items()
            if name not in masked
            and as_masked(value, names if name in TEXTS else None)
            != as_found(actual[0][name], bool(masked) and name in TEXTS)
        }
        if wrong:
            yield f"{relation}: expected and got {wrong}\n{told(judged)}"
    for one in actual_of:
        yield f"{relation}: {one} should not be there"


def as_masked(value: Any, names: Names) -> Any:
    """What is expected of a value where masks are on: what they leave of it is not compared."""
    is_told = names is not None and isinstance(value, str) and is_personal(value, names)
    return "****" if is_told else value


def as_found(value: Any, is_masked: bool) -> Any:
    """A published value in the same form."""
    return "****" if is_masked and isinstance(value, str) and "****" in value else value


def compare_coverage(warehouse: Rows, plans: FeedResult, names: Names) -> Iterator[str]:
    """The islands that exactly the valid plans make; a type groups whatever its case."""
    expected = Counter(
        tuple(as_masked(value, names) for value in island.values())
        for island in plan_coverage(
            Plan(
                plan["company_ein"],
                plan["plan_type"].lower(),
                plan["carrier_name"],
                plan["start_date"],
                plan["end_date"],
            )
            for plan in plans.rows
            if plan.verdict == "valid"
        )
    )
    actual = Counter(
        tuple(
            as_found(row[name].lower() if name == "plan_type" else row[name], names is not None)
            for name in (
                *("company_ein", "plan_type", "coverage_start", "coverage_end"),
                *("carriers", "plan_count"),
            )
        )
        for row in warehouse.rows("marts.fct_plan_coverage")
    )
    if names is not None:  # types that differ in what is masked only have become one
        for islands in (expected, actual):
            for island in [one for one in islands if one[1] == "****"]:
                del islands[island]
    for island in expected - actual:
        yield f"fct_plan_coverage: missing {island}"
    for island in actual - expected:
        yield f"fct_plan_coverage: too much {island}"


def compare_counts(warehouse: Rows, results: Results, reference: Reference) -> Iterator[str]:
    """reconciliation and dq_scorecard, column by column."""
    published = {
        f"{row['source']}.{row['feed']}": row for row in warehouse.rows("quality.reconciliation")
    }
    for feed, result in results.items():
        actual = {name: published[feed][name] for name in RECONCILED}
        if actual != result.reconciliation:
            yield f"reconciliation {feed}: {result.reconciliation}, got {actual}"
    cards = {
        (f"{row['source']}.{row['feed']}", row["rule_id"]): row
        for row in warehouse.rows("quality.dq_scorecard")
    }
    for feed, rules in reference.rules.items():
        failed = Counter(
            rule.rule_id
            for row, rule in fired_rules(results[feed], reference)
            if not row.is_deleted
        )
        checked = sum(not row.is_deleted for row in results[feed].rows)
        for rule in rules.values():
            row = cards.pop((feed, rule.rule_id), {})
            rate = 1 - failed[rule.rule_id] / checked if checked else None
            expected = rule.tier, failed[rule.rule_id], checked
            got = row.get("tier"), row.get("rows_failed"), row.get("rows_checked")
            if expected != got or (rate is not None and abs(rate - row.get("pass_rate", 9)) > 1e-9):
                yield f"dq_scorecard {feed} {rule.rule_id}: {expected} {rate}, got {got} {row}"
    for card in cards:
        yield f"dq_scorecard: {card} is no rule"
