"""Company enrichment in whole dbt runs: the cache, its age, kills, and a service that is down."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import Warehouse, copy_project
from enrichment_server import Misbehaving
from processes import Run

from benefits_warehouse.enrichment.answers import CACHE, Answer, Client, refresh
from benefits_warehouse.enrichment.values import number_of, typed
from benefits_warehouse.runtime.dbt_plugin import release_locks

TOKEN = "t0ken-that-must-not-show"
DOMAINS = ["acme.com", "bluehorizon.io", "odd.example", "missing.example", "pinecrestfoods.com"]
ONLY = ["--select", "company_lookup", "enrichment_api_mock", "company_enrichment"]
MANY = 240


@dataclass
class Service:
    """A warehouse and the service that it asks.

    Args:
        warehouse: whose seed company_lookup names DOMAINS.
        server: the service.
        fast: vars that make it give up soon.
    """

    warehouse: Warehouse
    server: Misbehaving
    fast: dict[str, Any] = field(default_factory=dict)

    @property
    def variables(self) -> dict[str, Any]:
        return {
            "enrichment_mode": "http",
            "enrichment_base_url": self.server.url,
            "enrichment_allow_insecure": True,
            "enrichment_attempts": 2,
            **self.fast,
        }

    def run(self, *arguments: str, **variables: Any) -> list[str]:
        """`dbt build`, which never fails for enrichment; the domains that were asked for."""
        self.server.asked.clear()
        result = self.warehouse.dbt(
            "build",
            *arguments,
            variables={**self.variables, **variables},
            environment={"DBT_ENV_SECRET_ENRICHMENT_TOKEN": TOKEN},
        )
        assert result.success, self.warehouse.output[-4000:]
        return sorted(self.server.domains)

    def cache(self) -> dict[str, dict[str, Any]]:
        """The table, by domain."""
        rows = self.warehouse.query_restricted(
            f"select {', '.join(CACHE)} from enrichment.company_enrichment"
        )
        return {row[0]: dict(zip(CACHE, row, strict=True)) for row in rows}


def write_lookup(project: Path, domains: list[str]) -> None:
    eins = ("11-1111111", "22-2222222", "33-3333333")
    lines = [f"{domain},{eins[place % 3]}" for place, domain in enumerate(domains)]
    path = project / "seeds" / "reference" / "company_lookup.csv"
    path.write_text("\n".join(["email_domain,company_ein", *lines, ""]))


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("enrichment")
    project = copy_project(folder / "project")
    write_lookup(project, DOMAINS)
    with Misbehaving() as server:
        yield Service(Warehouse(folder, project), server)
    release_locks()


def test_answers_are_kept_and_not_asked_for_again(service: Service) -> None:
    """Once per domain, with the token; the next run and a full refresh ask for nothing."""
    began = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    assert service.run(*ONLY) == sorted(DOMAINS)
    sent = {one.headers.get("authorization") for one in service.server.asked}
    assert sent == {f"Bearer {TOKEN}"}
    first = service.cache()
    acme, odd, missing = (first[one] for one in ("acme.com", "odd.example", "missing.example"))
    assert (acme["industry"], acme["status"], acme["http_status"]) == (
        "Trade of acme.com",
        "ok",
        200,
    )
    assert (acme["revenue"], acme["revenue_usd"]) == ("100M", Decimal("100000000.00"))
    assert (acme["headcount"], acme["headcount_number"]) == ("1,200", 1200)
    assert acme["enrichment_flags"] == [] and acme["asked_of"] == "127.0.0.1"
    assert began <= acme["fetched_at"] and acme["expires_at"] - acme["fetched_at"] == dt.timedelta(
        30
    )
    assert (odd["revenue"], odd["revenue_usd"], odd["headcount_number"]) == ("50-100M", None, None)
    assert odd["enrichment_flags"] == ["unparseable_revenue", "unparseable_headcount"]
    assert (missing["status"], missing["http_status"], missing["industry"]) == (
        "not_found",
        404,
        None,
    )
    assert service.run(*ONLY) == []
    assert service.run("--full-refresh", *ONLY) == []
    assert service.cache() == first


def test_a_failure_keeps_the_last_answer_and_is_asked_for_again(service: Service) -> None:
    """Its values and its age stay; the next run asks for it alone."""
    before = service.cache()
    service.server.script = {"acme.com": ["500", "503"], "bluehorizon.io": ["html"]}
    # All have expired: with no days to live, answers are asked for in each run.
    expired = service.warehouse.database / "restricted.duckdb"
    import duckdb
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()
    with duckdb.connect(str(expired)) as connection:
        connection.execute("update enrichment.company_enrichment set expires_at = fetched_at")
    assert sorted(set(service.run(*ONLY))) == sorted(DOMAINS)
    after = service.cache()
    for domain, error, attempts in (("acme.com", "http_503", 2), ("bluehorizon.io", "not_json", 1)):
        row, last = after[domain], before[domain]
        assert (row["status"], row["error"], row["attempts"]) == ("failed", error, attempts)
        assert row["expires_at"] is None
        for name in ("industry", "revenue", "revenue_usd", "headcount_number", "fetched_at"):
            assert row[name] == last[name] is not None
    assert after["odd.example"]["fetched_at"] > before["odd.example"]["fetched_at"]
    assert service.run(*ONLY) == ["acme.com", "bluehorizon.io"]
    mended = service.cache()
    assert {row["status"] for row in mended.values()} == {"ok", "not_found"}
    assert mended["acme.com"]["fetched_at"] > after["acme.com"]["fetched_at"]


@pytest.mark.extended
def test_a_build_with_a_service_that_is_down(service: Service) -> None:
    """Everything else is built and published; the run says how many failed, the token nowhere."""
    service.run(*ONLY)  # of the others there are answers
    write_lookup(service.warehouse.project, [*DOMAINS, "reset.new.example", "someone@acme.com"])
    assert service.run("--debug") == ["reset.new.example"] * 2
    warehouse = service.warehouse
    assert warehouse.query(
        "select enriched, enrichment_failed, status from ops.run_history order by started_at"
    )[-1] == (4, 2, "success")
    failed = service.cache()["someone@acme.com"]
    assert (failed["status"], failed["error"], failed["attempts"]) == ("failed", "no_domain", 0)
    companies = {row["company_ein"]: row for row in warehouse.rows("marts.dim_companies")}
    acme = companies["11-1111111"]
    assert (acme["revenue_usd"], acme["headcount_number"]) == (Decimal("100000000.00"), 1200)
    assert companies["33-3333333"]["enrichment_flags"] == [
        "unparseable_revenue",
        "unparseable_headcount",
    ]
    assert re.search("enrichment +4 companies, failed: connection 1, no_domain 1", warehouse.output)
    shown = [path for path in warehouse.folder.rglob("*") if path.is_file()]
    assert len(shown) > 100 and not [path for path in shown if TOKEN.encode() in path.read_bytes()]
    assert TOKEN not in warehouse.output


@pytest.mark.soak
def test_a_service_of_no_good_address_is_not_asked(service: Service) -> None:
    """The build goes on and says what is wrong; no URL at all is refused before it begins."""
    write_lookup(service.warehouse.project, [*DOMAINS, "one.example"])
    assert service.run(*ONLY, enrichment_allow_insecure=False) == []
    assert "no request was made, since enrichment_base_url is not https" in service.warehouse.output
    assert service.cache()["one.example"]["error"] == "base_url_refused"
    assert service.cache()["acme.com"]["status"] == "ok"
    manifest = service.warehouse.manifest()
    for wrong in (
        {"enrichment_base_url": ""},
        {"enrichment_attempts": 0},
        {"enrichment_mode": "x"},
    ):
        variables = {**service.variables, **wrong}
        result = service.warehouse.dbt("build", *ONLY, variables=variables, manifest=manifest)
        assert (
            not result.success and "Nothing was changed. Fix the vars" in service.warehouse.output
        )


@pytest.mark.soak
def test_a_killed_run_has_not_asked_in_vain(tmp_path: Path) -> None:
    """The next run asks only for what is missing, and what was asked for is in the table."""
    project = copy_project(tmp_path / "project")
    domains = [f"d{number}.example" for number in range(MANY)]
    write_lookup(project, domains)
    with Misbehaving(latency=0.05) as server:
        service = Service(Warehouse(tmp_path, project), server, {"enrichment_calls_at_once": 4})
        service.warehouse.dbt("seed", variables=service.variables)
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        DuckDBConnectionManager.close_all_connections()
        release_locks()
        run = Run(ProcessWarehouse(service), "build", *ONLY)
        assert run.kill_when(lambda _: len(server.asked) >= MANY // 2), run.output
        journal = service.warehouse.database / "restricted" / "enrichment_answers.jsonl"
        assert journal.stat().st_mode & 0o777 == 0o600
        lines = [line for line in journal.read_text().splitlines() if line]
        with journal.open("a") as file:
            file.write(lines[0][:40])  # as if killed in the middle of a line
        kept = {json.loads(line)["domain"] for line in lines}
        assert MANY // 2 - 8 <= len(kept) < MANY
        assert service.run(*ONLY) == sorted(set(domains) - kept)
        assert {row["status"] for row in service.cache().values()} == {"ok"}
        assert set(service.cache()) == set(domains)
        assert service.run(*ONLY) == [] and not journal.exists()
    release_locks()


class ProcessWarehouse(Warehouse):
    """The warehouse of a service for runs as processes of their own, with its vars."""

    def __init__(self, service: Service) -> None:
        super().__init__(service.warehouse.folder, service.warehouse.project)
        self.service = service

    def arguments(self, *arguments: str, variables: Any = None) -> list[str]:
        return super().arguments(*arguments, variables=self.service.variables)


# The cache by itself

NOW = dt.datetime(2026, 1, 1)


def good_client(asked: list[str], name: str = "service") -> Client:
    def ask_all(domains: Any, keep: Any) -> None:
        for domain in domains:
            asked.append(domain)
            keep(domain, Answer("ok", 200, 1, "Weaving", "1M", "5"))

    return Client(name, ask_all)


def test_a_domain_is_asked_for_once_whatever_its_spelling() -> None:
    """What is no domain is never handed out: an address would be personal data."""
    asked: list[str] = []
    names = [
        "Acme.com",
        " acme.com ",
        None,
        "",
        "b.example",
        "jo@acme.com",
        "no dots",
        "a..b",
        "-a.b",
    ]
    rows = refresh(
        [*names, "x" * 300 + ".example", "über.example"], [], good_client(asked), 30, NOW
    )
    assert asked == ["acme.com", "b.example", "über.example"]
    assert sum(row["error"] == "no_domain" for row in rows) == 5
    assert all(set(row) == set(CACHE) for row in rows)


def test_answers_expire_and_belong_to_their_service() -> None:
    asked: list[str] = []
    (row,) = refresh(["a.example"], [], good_client(asked), 30, NOW)
    for days, name, again in ((29.9, "service", 0), (30, "service", 1), (1, "another", 1)):
        asked.clear()
        later = NOW + dt.timedelta(days=days)
        refresh(["a.example"], [row], good_client(asked, name), 30, later)
        assert len(asked) == again, (days, name)


def test_answers_outlive_two_kills(tmp_path: Path) -> None:
    """A line that was cut off takes no later one with it."""
    journal, asked = tmp_path / "journal", []
    refresh(["a.example", "b.example"], [], good_client(asked), 30, NOW, journal)
    journal.write_text(journal.read_text()[:-20])  # killed while it wrote down b
    refresh(["a.example", "b.example", "c.example"], [], good_client(asked), 30, NOW, journal)
    rows = refresh(
        ["a.example", "b.example", "c.example"], [], good_client(asked), 30, NOW, journal
    )
    assert asked == ["a.example", "b.example", "b.example", "c.example"]
    assert [row["domain"] for row in rows] == ["a.example", "b.example", "c.example"]


def test_an_older_cache_without_newer_columns_is_read() -> None:
    old = {name: None for name in list(CACHE)[:10]} | {"domain": "a.example", "fetched_at": NOW}
    old |= {"expires_at": NOW + dt.timedelta(9), "industry": "Old"}

    def broken(domains: Any, keep: Any) -> None:
        raise OSError("no")

    (row,) = refresh(["a.example"], [old], Client("service", broken), 30, NOW)
    assert (row["status"], row["error"], row["industry"]) == ("failed", "OSError", "Old")
    assert row["fetched_at"] == NOW


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("100M", 100_000_000), ("100m", 100_000_000), ("$1.5 billion", 1_500_000_000)),
        *(("1,200", 1200), ("500", 500), ("2.5K", 2500), ("USD 3mn", 3_000_000), ("0", 0)),
        *(("1.25B USD", 1_250_000_000), ("$ 12,345.67", Decimal("12345.67")), ("1T", 10**12)),
        *((None, None), ("50-100", None), ("about 5M", None), ("1,20", None), ("1.200,5", None)),
        *(("12 apples", None), ("€5M", None), ("1e9", None), ("-5", None), ("9" * 20, None)),
        *((">1B", None), ("5MM", 5_000_000), ("1_000", None), ("１２", None), ("10+", None)),
    ],
)
def test_numbers_that_texts_say(text: str | None, number: Any) -> None:
    assert number_of(text) == number


def test_numbers_that_do_not_fit_are_flagged() -> None:
    """Half a person and tenths of cents are none; texts stay as they are."""
    assert typed({"revenue": "1.2345", "headcount": "2.5"}) == {
        "revenue_usd": None,
        "headcount_number": None,
        "enrichment_flags": ["unparseable_revenue", "unparseable_headcount"],
    }
    assert typed({"revenue": None, "headcount": "2.5K"})["headcount_number"] == 2500
