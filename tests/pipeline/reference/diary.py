"""What a person should have been told: findings and events, kept in a list by plain rules."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

FOREVER = dt.date.max
ALWAYS_TOLD = ("file_refused", "feed_overdue")
SEVERITIES = ("Low", "Medium", "High", "Critical")


@dataclass(frozen=True)
class Seen:
    """Something that is so, or was, as the analyses say today.

    Args:
        kind: of the finding.
        about: company and subject, or whatever tells it from others of its kind.
        measured: what the thresholds are compared with.
        money: US dollars at stake, None where nothing can be said.
        start: first day; None where a period says nothing.
        end: last day; None while it goes on.
        is_event: whether several may be about the same, each in its period.
        is_open: whether it is so today.
    """

    kind: str
    about: str
    measured: Decimal
    money: Decimal | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    is_event: bool = False
    is_open: bool = True


@dataclass
class Finding:
    """An entry of the diary."""

    kind: str
    about: str
    start: dt.date | None
    end: dt.date | None
    known_to: dt.date | None
    severity: str
    money: Decimal | None
    status: str
    decision: str | None = None
    came_back: int = 0
    number: int = 0


class Event(NamedTuple):
    """What happened to a finding of the diary."""

    what: str
    number: int
    severity: str


@dataclass
class Diary:
    """The list, what happened in each run, and what was posted."""

    thresholds: dict[str, tuple[Decimal | None, Decimal | None, Decimal | None]]
    findings: list[Finding] = field(default_factory=list)
    posted: set[tuple[int, int]] = field(default_factory=set)

    def alerts(self) -> Counter[tuple[str, str]]:
        """What is to be posted after a run, severity and kind: each finding once an opening."""
        due: Counter[tuple[str, str]] = Counter()
        for known in self.findings:
            is_due = known.status in ("new", "open", "reopened")
            is_bad = known.severity in ("High", "Critical")
            key = (known.number, known.came_back)
            if is_due and key not in self.posted and (is_bad or known.kind in ALWAYS_TOLD):
                self.posted.add(key)
                due[known.severity, known.kind] += 1
        return due

    def severity(self, seen: Seen) -> str:
        """The last threshold that is reached."""
        found = "Low"
        for name, bound in zip(SEVERITIES[1:], self.thresholds[seen.kind], strict=True):
            if bound is not None and seen.measured >= bound:
                found = name
        return found

    def pairs(self, today: list[Seen], as_of: dt.date) -> dict[int, Finding]:
        """Place in ``today`` to the finding that it is: each the nearest of the other."""
        near: dict[int, list[tuple[int, int]]] = defaultdict(list)
        back: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for place, seen in enumerate(today):
            for known in self.findings:
                if (seen.kind, seen.about) != (known.kind, known.about):
                    continue
                distance = 0
                if seen.is_event:
                    assert seen.start and known.start and known.known_to
                    if known.start > (seen.end or as_of) or known.known_to < seen.start:
                        continue
                    distance = abs((known.start - seen.start).days)
                near[place].append((distance, known.number))
                back[known.number].append((distance, place))
        found = {}
        for place, candidates in near.items():
            number = min(candidates)[1]
            # Of a finding's candidates at one distance the earlier period counts.
            choice = min(back[number], key=lambda one: (one[0], today[one[1]].start or FOREVER))[1]
            if choice == place:
                found[place] = self.findings[number]
        return found

    def run(self, today: Iterable[Seen], as_of: dt.date, decisions: dict[int, str]) -> list[Event]:
        """Take in what is so after a delivery.

        Args:
            today: what the analyses say.
            as_of: the day of the data.
            decisions: number of a finding to accept or snooze.
        """
        seen_now, events = list(today), []
        pairs, touched = self.pairs(seen_now, as_of), set()
        for place, seen in enumerate(seen_now):
            known, severity = pairs.get(place), self.severity(seen)
            if known is None:
                known = Finding(seen.kind, seen.about, None, None, None, severity, None, "new")
                known.number = len(self.findings)
                self.findings.append(known)
                events.append(Event("found", known.number, severity))
            else:
                if seen.is_open and known.status == "resolved":
                    events.append(Event("reopened", known.number, severity))
                    known.came_back += 1
                if seen.is_open and severity != known.severity:
                    events.append(Event("severity_changed", known.number, severity))
                if known.status == "new":
                    known.status = "open"
            was_open = known.status != "resolved"
            known.severity, known.money = severity, seen.money
            known.start, known.end = seen.start, seen.end
            known.known_to = seen.end or as_of
            touched.add(known.number)
            if seen.is_open:
                decision = decisions.get(known.number)
                if decision != known.decision:
                    events.append(Event("decided", known.number, severity))
                known.decision = decision
                known.status = self.status(known)
            elif was_open:
                known.status = "resolved"
                events.append(Event("resolved", known.number, severity))
        for known in self.findings:
            if known.number not in touched and known.status != "resolved":
                known.status = "resolved"
                events.append(Event("resolved", known.number, known.severity))
        return events

    @staticmethod
    def status(known: Finding) -> str:
        if known.decision:
            return {"accept": "accepted", "snooze": "snoozed"}[known.decision]
        if known.came_back:
            return "reopened"
        return "new" if known.status == "new" else "open"
