"""Company enrichment: asks once per domain, keeps answers, never fails a build.

Only the domain is handed to the client (client.py, or the stub here). The table that the
dbt model writes is the cache: a fresh answer is not asked for again; a failure keeps the last good
answer with its age and is asked again next run. Answers are also kept in a journal as they come, so
that a killed run has not asked in vain.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benefits_warehouse.declarations import columns_of
from benefits_warehouse.enrichment.values import FIELDS, typed

CACHE = columns_of("enrichment", "company_enrichment")
LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){LABEL}(?:\.{LABEL})+")


@dataclass(frozen=True)
class Answer:
    """What a client says of one domain.

    Args:
        status: ``ok``, ``not_found`` or ``failed``.
        http_status: status code of the last response, None where there was none.
        attempts: how often it was asked.
        industry: as answered.
        revenue: as answered, such as "100M" (US dollars a year).
        headcount: as answered, such as "500" (persons).
        error: kind of a failure, in a word: never a text of the answer, a secret or a person.
    """

    status: str
    http_status: int | None = None
    attempts: int = 1
    industry: str | None = None
    revenue: str | None = None
    headcount: str | None = None
    error: str | None = None


Keep = Callable[[str, Answer], None]
AskAll = Callable[[Sequence[str], Keep], None]
Row = dict[str, Any]


@dataclass(frozen=True)
class Client:
    """Who is asked, and how.

    Args:
        asked_of: a name of the service; answers of another one are not taken for its own.
        ask_all: asks for domains and calls its second argument with each answer as it comes.
        is_free: asking costs nothing, so that answers are compared instead of kept until they
            expire.
    """

    asked_of: str
    ask_all: AskAll
    is_free: bool = False


def stub_client(rows: Iterable[Sequence[str | None]]) -> Client:
    """A client that answers from the seed enrichment_api_mock.

    Args:
        rows: domain, industry, revenue, headcount.
    """
    known = {str(row[0]).strip().lower(): row for row in rows if row[0]}

    def ask_all(domains: Sequence[str], keep: Keep) -> None:
        for domain in domains:
            if row := known.get(domain):
                keep(domain, Answer("ok", 200, 1, *row[1:4]))
            else:
                keep(domain, Answer("not_found", 404))

    return Client("stub", ask_all, is_free=True)


class Journal:
    """Answers of this run, line by line in a file, until the table has them.

    Args:
        path: file on the restricted side; None keeps none.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def rows(self) -> list[Row]:
        """What a killed run has left; a line that it did not finish is left out."""
        rows = []
        if self.path and self.path.exists():
            for line in self.path.read_text().splitlines():
                try:
                    row = json.loads(line)
                except ValueError:
                    continue
                for name in ("fetched_at", "expires_at"):
                    row[name] = datetime.fromisoformat(row[name])
                rows.append({name: row.get(name) for name in CACHE})
        return rows

    def clear(self) -> None:
        """Forget what the table has by now."""
        if self.path:
            self.path.unlink(missing_ok=True)

    def add(self, row: Row) -> None:
        """Write a row down, on a line of its own whatever a killed run has left of its last one.

        It outlives this process once the call returns.
        """
        if self.path:
            with self.path.open("a") as file:
                file.write(f"\n{json.dumps(row, default=str)}\n")


def refresh(
    domains: Iterable[str | None],
    cache: Sequence[Mapping[str, Any]],
    client: Client,
    ttl_days: float,
    now: datetime | None = None,
    journal: Path | None = None,
) -> list[Row]:
    """The cache rows to write: one for each domain that was asked for or left by a killed run.

    Args:
        domains: e-mail domains of companies, in any spelling; repeats are asked once, and what is
            no domain (an address, say) is a failure that is not asked for.
        cache: rows of the cache; columns that an older one lacks are None.
        client: who is asked; an exception of it is a failure of the domains not yet answered.
        ttl_days: days that an answer stays fresh.
        now: UTC time without zone, for tests.
        journal: file that keeps answers until the next run finds them in the cache.

    Returns:
        Rows with the columns of CACHE.
    """
    now = now or datetime.now(UTC).replace(tzinfo=None)
    known: dict[str, Mapping[str, Any]] = {row["domain"]: row for row in cache}
    log = Journal(journal)
    rows: dict[str, Row] = {}
    for row in log.rows():
        before = known.get(row["domain"], {}).get("fetched_at")
        if not before or before < row["fetched_at"]:
            known[row["domain"]] = rows[row["domain"]] = row
    if not rows:
        log.clear()

    wanted = sorted({str(name).strip().lower() for name in domains if name} - {""})
    due = [name for name in wanted if client.is_free or not is_fresh(known.get(name), client, now)]

    answered: set[str] = set()

    def keep(domain: str, answer: Answer) -> None:
        answered.add(domain)
        row = row_of(domain, answer, known.get(domain), client, now, ttl_days)
        if client.is_free and is_same(known.get(domain), row, now):
            return
        if answer.status != "failed" and not client.is_free:
            log.add(row)
        rows[domain] = row

    asked = dict.fromkeys(domain for domain in due if DOMAIN.fullmatch(domain))
    error = "unanswered"
    try:
        client.ask_all(list(asked), keep)
    except Exception as failure:
        error = type(failure).__name__
    for domain in due:
        if domain not in answered:
            kind = error if domain in asked else "no_domain"
            keep(domain, Answer("failed", attempts=0, error=kind))
    return [rows[domain] for domain in sorted(rows)]


def is_fresh(row: Mapping[str, Any] | None, client: Client, now: datetime) -> bool:
    """Whether a cached answer need not be asked for again.

    Args:
        row: the row of the cache; None where there is none.
        client: who would be asked.
        now: UTC, without zone.
    """
    return bool(
        row
        and row["expires_at"]
        and row["expires_at"] > now
        and row.get("asked_of") == client.asked_of
    )


def is_same(before: Mapping[str, Any] | None, row: Row, now: datetime) -> bool:
    """Whether an answer is the known one, and that has not expired.

    Args:
        before: the row of the cache; None where there is none.
        row: the row of the new answer.
        now: UTC, without zone.
    """
    times = ("fetched_at", "expires_at")
    return bool(
        before
        and before["expires_at"]
        and before["expires_at"] > now
        and all(str(before.get(name)) == str(row[name]) for name in CACHE if name not in times)
    )


def row_of(
    domain: str,
    answer: Answer,
    before: Mapping[str, Any] | None,
    client: Client,
    now: datetime,
    ttl_days: float,
) -> Row:
    """The row of an answer; a failure keeps the last good answer, and who gave it.

    Args:
        domain: in lower case.
        answer: what the client says.
        before: the row of the cache; None where there is none.
        client: who was asked.
        now: UTC, without zone.
        ttl_days: days that the answer stays fresh.
    """
    values: Row = {name: getattr(answer, name) for name in FIELDS}
    times: Row = {"fetched_at": now, "expires_at": now + timedelta(days=ttl_days)}
    asked_of = client.asked_of
    if answer.status == "failed":
        last = before or {}
        values = {name: last.get(name) for name in FIELDS}
        times = {"fetched_at": last.get("fetched_at"), "expires_at": None}
        asked_of = last.get("asked_of") or client.asked_of
    return {
        "domain": domain,
        **values,
        "status": answer.status,
        "http_status": answer.http_status,
        "attempts": answer.attempts,
        **times,
        "error": answer.error,
        **typed(values),
        "asked_of": asked_of,
    }
