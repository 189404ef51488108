"""Company enrichment: asks once per domain, keeps answers, never fails a build.

Only the domain is handed to the client. The table that the dbt model writes is the cache: a fresh
answer is not asked for again; a failure keeps the last good answer with its age and is asked again
next run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

CACHE = {
    "domain": "varchar",
    "industry": "varchar",
    "revenue": "varchar",
    "headcount": "varchar",
    "status": "varchar",
    "http_status": "integer",
    "attempts": "integer",
    "fetched_at": "timestamp",
    "expires_at": "timestamp",
    "error": "varchar",
}


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
        error: reason of a failure, without personal data or secrets.
    """

    status: str
    http_status: int | None = None
    attempts: int = 1
    industry: str | None = None
    revenue: str | None = None
    headcount: str | None = None
    error: str | None = None


Ask = Callable[[str], Answer]


def stub_client(rows: Iterable[Sequence[str | None]]) -> Ask:
    """A client that answers from the seed enrichment_api_mock.

    Args:
        rows: domain, industry, revenue, headcount.
    """
    known = {str(row[0]).strip().lower(): row for row in rows if row[0]}

    def ask(domain: str) -> Answer:
        row = known.get(domain)
        if row is None:
            return Answer("not_found", http_status=404)
        return Answer("ok", http_status=200, industry=row[1], revenue=row[2], headcount=row[3])

    return ask


def client(settings: Mapping[str, Any], mock: Iterable[Sequence[str | None]]) -> Ask:
    """The client of var enrichment_mode.

    Raises:
        ValueError: the mode is unknown.
    """
    if settings["mode"] == "stub":
        return stub_client(mock)
    raise ValueError(f"enrichment_mode {settings['mode']!r} is not available: use 'stub'")


def refresh(
    domains: Iterable[str | None],
    cache: Sequence[Mapping[str, Any]],
    ask: Ask,
    ttl_days: int,
    now: datetime | None = None,
) -> list[dict[str, Any]]:
    """The cache rows to write: one for each domain without a fresh answer.

    Args:
        domains: e-mail domains of companies, in any spelling; repeats are asked once.
        cache: rows of the cache.
        ask: the client; an exception of it is a failure of that domain alone.
        ttl_days: days that an answer stays fresh.
        now: UTC time without zone, for tests.
    """
    now = now or datetime.now(UTC).replace(tzinfo=None)
    known = {row["domain"]: row for row in cache}
    rows = []
    for domain in sorted({str(name).strip().lower() for name in domains if name} - {""}):
        before = known.get(domain)
        if before and before["expires_at"] and before["expires_at"] > now:
            continue
        try:
            answer = ask(domain)
        except Exception as error:
            answer = Answer("failed", error=type(error).__name__)
        row: dict[str, Any] = {"domain": domain, **vars(answer)}
        row["fetched_at"] = now
        row["expires_at"] = now + timedelta(days=ttl_days)
        if answer.status == "failed":
            row["expires_at"] = None
            row["fetched_at"] = before["fetched_at"] if before else None
            for name in ("industry", "revenue", "headcount"):
                row[name] = before[name] if before else None
        rows.append(row)
    return rows
