"""The steps of a warehouse whose deliveries, reference seeds and rules change, and their judge."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

from .generate_dirty import AS_OF, delivery_name, possible_readings, write_landing_zone
from .generate_dirty_planted import Planted, Planter
from .generate_dirty_states import FILE, States
from .generate_dirty_values import Row
from .judge import (
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
    Reader,
    Reference,
    content_of,
    identity,
    judge,
    mean_the_same,
    read_csv,
)
from .judge_compare import QUARANTINE_OF, Published

MENDS = 12  # rows of every feed and rule that a new delivery mends
LARGE = 1000
# Clear values: names and e-mail addresses are compared, too.
SETTINGS = {"as_of_date": AS_OF.isoformat(), "pii_masking_enabled": False}

HouseRules = Mapping[tuple[str, str], Callable[[Judged], bool]]


@dataclass(slots=True)
class Stage:
    """The warehouse after one of its builds, and what the judge says of the same deliveries."""

    warehouse: Any
    deliveries: dict[str, list[Delivery]]
    planted: Planted
    states: States
    house_rules: HouseRules = field(default_factory=dict)
    reader: Reader = field(default_factory=Reader)
    published: Published = field(init=False)
    reference: Reference = field(init=False)
    results: dict[str, FeedResult] = field(init=False)

    @property
    def seeds(self) -> Path:
        return Path(self.warehouse.project) / "seeds" / "reference"

    @property
    def run_id(self) -> str:
        runs = self.published.rows("ops.run_history")
        return str(max(runs, key=lambda run: run["started_at"])["run_id"])

    def build(self, *arguments: str) -> Stage:
        """Deliver what is new, build, and judge everything by the project's seeds."""
        write_landing_zone(self.deliveries, self.warehouse.zone, self.seeds / "column_aliases.csv")
        started = perf_counter()
        manifest = self.warehouse.manifest()
        words = ("--exclude-resource-type", "unit_test", *arguments)
        self.warehouse.build(*words, vars=SETTINGS, manifest=manifest)
        built = perf_counter()
        self.reference = Reference.read(self.seeds)
        self.results = judge(
            self.deliveries, self.reference, AS_OF, house_rules=self.house_rules, reader=self.reader
        )
        judged = perf_counter()
        self.published = Published(self.warehouse)
        print(f"\nbuild {built - started:.1f} s, judge {judged - built:.1f} s", end="")
        print(f", read {perf_counter() - judged:.1f} s", end="")
        return self

    def next(self, **changed: Any) -> Stage:
        """A stage of the same warehouse that is still to be built."""
        names = ("deliveries", "planted", "states", "house_rules", "reader")
        same = {name: getattr(self, name) for name in names}
        return Stage(self.warehouse, **{**same, **changed})


# Mending one field of some rows


MENDED_TO: dict[tuple[str, str], Row] = {
    (EMPLOYEES, "invalid_start_date"): {"start_date": "2024-01-02"},
    (EMPLOYEES, "implausible_date"): {"start_date": "2024-01-02"},
    (EMPLOYEES, "future_start_date"): {"start_date": "2024-01-02"},
    (EMPLOYEES, "invalid_email"): {"email": "mended@mended.example"},
    (EMPLOYEES, "missing_email"): {"email": "mended@mended.example"},
    (EMPLOYEES, "missing_title"): {"title": "Clerk"},
    (EMPLOYEES, "status_contradicts_date"): {"termination_date": ""},
    (EMPLOYEES, "invalid_termination_date"): {"termination_date": "present"},
    (PLANS, "invalid_end_date"): {"end_date": "9999-12-31"},
    (PLANS, "end_before_start"): {"end_date": ""},
    (CLAIMS, "invalid_amount"): {"amount": "12.00"},
    (CLAIMS, "zero_amount"): {"amount": "12.00"},
    (CLAIMS, "reversal"): {"amount": "12.00"},
    (CLAIMS, "invalid_service_date"): {"service_date": "2025-01-15", "paid_date": ""},
    (CLAIMS, "implausible_date"): {"service_date": "2025-01-15", "paid_date": ""},
    (CLAIMS, "future_service_date"): {"service_date": "2025-01-15"},
    (CLAIMS, "claim_not_paid"): {"claim_status": "paid"},
    (CLAIMS, "paid_before_service"): {"paid_date": ""},
    (CLAIMS, "unknown_claim_type"): {"claim_type": "Medical"},
    (HOLDERS, "invalid_hire_date"): {"hire_date": ""},
    (HOLDERS, "implausible_date"): {"hire_date": "1990-01-01"},
    (HOLDERS, "invalid_email"): {"email": "mended@mended.example"},
    (HOLDERS, "unknown_status"): {"status": "active", "termination_date": ""},
    (HOLDERS, "status_contradicts_date"): {"termination_date": AS_OF.isoformat()},
    (HOLDERS, "invalid_termination_date"): {"termination_date": ""},
    (ACCOUNTS, "invalid_allowance"): {"monthly_allowance": "$1,000.00", "allowance_period": "Q"},
    (ACCOUNTS, "negative_balance"): {"current_balance": "0"},
    (ACCOUNTS, "unknown_benefit_type"): {"benefit_type": "meals"},
    (TRANSACTIONS, "invalid_amount"): {"amount": "12.00"},
    (TRANSACTIONS, "negative_amount"): {"transaction_type": "", "amount": "12.00"},
    (TRANSACTIONS, "refund"): {"amount": "12.00"},
    (TRANSACTIONS, "zero_amount"): {"amount": "12.00"},
    (TRANSACTIONS, "invalid_timestamp"): {"timestamp": "2025-02-03T04:05:06Z"},
    (TRANSACTIONS, "implausible_date"): {"timestamp": "2025-02-03T04:05:06Z"},
    (TRANSACTIONS, "future_timestamp"): {"timestamp": "2025-02-03T04:05:06Z"},
    (TRANSACTIONS, "not_settled"): {"transaction_status": "Posted"},
    (TRANSACTIONS, "not_a_purchase"): {"transaction_status": ""},
    (TRANSACTIONS, "foreign_currency"): {"currency": "usd"},
    (TRANSACTIONS, "missing_category"): {"category": "food"},
    (TRANSACTIONS, "missing_merchant"): {"merchant": "Corner Café"},
}
# What a good value can bring to light, because the rule looks at other rows as well.
COMPARING = {
    *("overlapping_coverage", "duplicate_plan_key", "no_coverage_on_service_date"),
    *("over_monthly_allowance", "suspected_duplicate", "category_mismatch"),
    *("terminated_employee", "departed_employee", "before_hire_date"),
}


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

    def reads_alike(row: Judged) -> bool:
        """Whatever else is in its file: it is delivered again, with others."""
        readings = possible_readings(row.feed, row.version.content, stage.reader)
        return all(mean_the_same(readings[0], reading) for reading in readings)

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
            and not is_of_states(row)
            and (SHAPES[feed].mode == "delta" or stands_alone(row))
            and reads_alike(row)
        ]
        for row in rng.sample(fit, min(MENDS, len(fit))):
            assert row.version.key is not None
            chosen[feed, row.version.key] = rule_id
    return chosen


def is_of_states(row: Judged) -> bool:
    """A row that changes for reasons of its own."""
    return any(name.endswith(FILE) for version in row.history for name, _ in version.spots)


def mending_deliveries(
    stage: Stage, newest: Newest, chosen: Mapping[tuple[str, Key], str]
) -> dict[str, list[Delivery]]:
    """One more delivery a feed: some rows mended, rows that nobody knows, and all states."""
    judged = {
        (feed, row.version.key): row
        for feed, result in stage.results.items()
        for row in result.rows
        if row.version.key is not None
    }
    unrelated = unrelated_rows()
    deliveries = {}
    for feed, several in stage.deliveries.items():
        rows = list(unrelated[feed])
        if SHAPES[feed].mode == "snapshot":
            rows += [
                row
                for key, own in newest[feed].items()
                if (feed, key) not in chosen
                for row in own
                if (feed, content_of(feed, row)) not in stage.states.leaving
            ]
        for (of, key), rule_id in chosen.items():
            if of == feed:
                content = judged[feed, key].version.content
                row = dict(zip(SHAPES[feed].columns, content, strict=True))
                rows.append({**row, **MENDED_TO[feed, rule_id]})
        rows += stage.states.arriving[feed]
        name = f"{delivery_name(len(several) + 1)}.csv"
        delivery = Delivery([DeliveredFile(name, rows)], several[0].landed_on)
        deliveries[feed] = [*several, delivery]
    return deliveries


def unrelated_rows() -> dict[str, list[Row]]:
    """Good rows that have nothing to do with any other."""
    planter = Planter(1)
    planter.number = 10**6
    ein = "97-0000001"
    rows = {
        EMPLOYEES: [planter.person(company_ein=ein, email="") for _ in range(20)],
        PLANS: [planter.plan(company_ein=ein, carrier_name=str(n)) for n in range(20)],
        CLAIMS: [planter.covered_claim(company_ein=ein) for _ in range(20)],
        HOLDERS: [planter.holder() for _ in range(20)],
    }
    rows[ACCOUNTS] = [planter.owned_account(holder) for holder in rows[HOLDERS]]
    rows[TRANSACTIONS] = [planter.payment(holder) for holder in rows[HOLDERS]]
    return rows


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


# Seeds and rules


def rewrite_seed(path: Path, change: Callable[[list[Row]], None]) -> None:
    rows = read_csv(path)
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


NEW_TIERS = {
    (EMPLOYEES, "invalid_email"): ("2", "5"),
    (EMPLOYEES, "missing_title"): ("2", "15"),
    (PLANS, "unknown_plan_type"): ("2", "1"),
    (PLANS, "end_before_start"): ("2", "2"),
    (CLAIMS, "unknown_claim_type"): ("2", "35"),
    (CLAIMS, "future_service_date"): ("1", "50"),
    (EMPLOYEES, "status_contradicts_date"): ("2", "7"),
    (PLANS, "duplicate_plan_key"): ("2", "55"),
    (CLAIMS, "claim_not_paid"): ("1", "155"),
    (CLAIMS, "paid_before_service"): ("2", "41"),
    (HOLDERS, "unknown_status"): ("2", "15"),
    (HOLDERS, "status_contradicts_date"): ("2", "12"),
    (HOLDERS, "invalid_hire_date"): ("1", "25"),
    (ACCOUNTS, "negative_balance"): ("2", "5"),
    (TRANSACTIONS, "negative_amount"): ("1", "105"),
    (TRANSACTIONS, "missing_category"): ("2", "35"),
    (TRANSACTIONS, "terminated_employee"): ("2", "1"),
    (TRANSACTIONS, "zero_amount"): ("1", "205"),
    (TRANSACTIONS, "not_settled"): ("1", "215"),
    (TRANSACTIONS, "departed_employee"): ("2", "3"),
}


def change_tiers(rules: list[Row]) -> None:
    for rule in rules:
        feed = f"{rule['source']}.{rule['feed']}"
        tier_and_rank = NEW_TIERS.get((feed, rule["rule_id"]))
        if tier_and_rank:
            rule["tier"], rule["rank"] = tier_and_rank


def add_seed_rows(seeds: Path, added: Mapping[str, Iterable[Row]]) -> None:
    for name, rows in added.items():

        def add(every: list[Row], more: Iterable[Row] = rows) -> None:
            every.extend(more)

        rewrite_seed(seeds / name, add)


# What a house adds: a row in the seed, a condition and a unit-test case for each rule.
HOUSE_RULES: HouseRules = {
    (CLAIMS, "large_amount"): lambda row: row["amount"] is not None and row["amount"] > LARGE,
    (CLAIMS, "round_amount"): lambda row: row["amount"] is not None and row["amount"] % 10 == 0,
}
HOUSE_CONDITIONS = {"large_amount": f"amount > {LARGE}", "round_amount": "amount % 10 = 0"}


def add_house_rules(project: Path) -> None:
    """All that the README asks of someone who adds a rule, twice."""

    def add(rules: list[Row]) -> None:
        texts = {"field": "amount", "description": "Ours.", "fix_hint": "Ask."}
        own = {"source": "benefits_admin", "feed": "claims", **texts}
        rules.append({"rule_id": "large_amount", "tier": "2", "rank": "33", **own})
        rules.append({"rule_id": "round_amount", "tier": "1", "rank": "77", **own})

    rewrite_seed(project / "seeds/reference/dq_rules.csv", add)
    for rule_id, condition in HOUSE_CONDITIONS.items():
        add_condition(project, "claims", rule_id, condition)
    cases = project / "models/intermediate/claims/_claims__unit_tests.yml"
    insert_after(
        cases,
        "<<: *claim, claim_id: C22}",
        f"          - {{<<: *claim, claim_id: C31, amount: {LARGE}.01}}",
        f"          - {{<<: *claim, claim_id: C32, amount: {LARGE}.00}}",
    )
    insert_after(
        cases,
        "          benefits_admin,claims,duplicate_key,1,120",
        "          benefits_admin,claims,large_amount,2,33",
    )
    insert_after(
        cases,
        "claim_id: C22, dq_flags: [duplicate_key]}",
        "        - {<<: *withheld, claim_id: C31, all_reasons: [large_amount]}",
        "        - {<<: *verdict, claim_id: C32}",
    )


def add_condition(project: Path, entity: str, rule_id: str, condition: str) -> None:
    """Where conditions stand: the dict of the macro `<entity>_rules`."""
    macro = project / f"macros/quality/rules/{entity}_rules.sql"
    insert_after(macro, "{{ return({", f"        '{rule_id}': '{condition}',")


def insert_after(path: Path, mark: str, *added: str) -> None:
    """Add lines after the one line that ends like this."""
    lines = path.read_text(encoding="utf-8").split("\n")
    (place,) = (number for number, line in enumerate(lines) if line.endswith(mark))
    lines[place + 1 : place + 1] = added
    path.write_text("\n".join(lines), encoding="utf-8")


# The log of quarantine


Stay = tuple[str, int, str, str | None, str, tuple[str, ...]]


def stays(stages: Sequence[Stage]) -> Counter[Stay]:
    """What quarantine_history should be: the quarantine tables, told one after the other."""
    ended: Counter[Stay] = Counter()
    current: dict[tuple[str, int], tuple[str, dict[str, Any]]] = {}  # since when, and the row
    for stage in stages:
        withheld = {
            (feed, row["row_id"]): row
            for feed, relation in QUARANTINE_OF.items()
            for row in stage.published.rows(relation)
        }
        verdicts = {
            (feed, spot): row.verdict
            for feed, result in stage.results.items()
            for row in result.rows
            for spot in row.spots
        }
        for (feed, row_id), (since, row) in list(current.items()):
            if (feed, row_id) not in withheld:
                verdict = verdicts.get((feed, (row["source_file"], row["source_row"])))
                outcome = {"valid": "released", "deleted": "deleted"}.get(verdict or "")
                reasons = tuple(row["all_reasons"])
                ended[feed, row_id, since, stage.run_id, outcome or "superseded", reasons] += 1
                del current[feed, row_id]
        for one, row in withheld.items():
            current[one] = (current[one][0] if one in current else stage.run_id), row
    for (feed, row_id), (since, row) in current.items():
        ended[feed, row_id, since, None, "withheld", tuple(row["all_reasons"])] += 1
    return ended


def logged_stays(published: Published) -> Counter[Stay]:
    """The published log in the same shape."""
    return Counter(
        (
            f"{row['source']}.{row['feed']}",
            row["row_id"],
            row["entered_run_id"],
            row["left_run_id"],
            row["outcome"],
            tuple(row["all_reasons"]),
        )
        for row in published.rows("quality.quarantine_history")
    )
