"""Alerts are posted once each, whatever the webhook does, and hold nobody's data."""

from __future__ import annotations

import os
import re
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
import trustme
from conftest import PROJECT, Warehouse, copy_project
from operations import CLOCK
from processes import FIRST_HOOK, Run
from rows import PERSON, claims
from webhook_server import SECRET, Channel

from benefits_warehouse.alerts.message import COMPANIES, LINES, lines_of, plain
from benefits_warehouse.alerts.webhook import WEBHOOK, Outcome, body_of, post, refusal

CLAIMS, PLANS, PEOPLE = "benefits_admin.claims", "benefits_admin.plans", "benefits_admin.employees"
NOWHERE = f"http://127.0.0.1:1/{SECRET}"  # nothing listens there
BUDGET = 1.0  # seconds, in tests of the client
ALERT: dict[str, Any] = dict.fromkeys(("severity", "company", "command", "began", "nodes"))
ALERT |= {"alerts": 1}


@pytest.mark.parametrize(
    ("behavior", "outcome"),
    [
        ("200 ok", Outcome("", 200)),
        ("202", Outcome("", 202)),
        ("flood 200", Outcome("", 200)),
        ("400 invalid_payload", Outcome("http_400", 400, "invalid_payload")),
        (f"400 {SECRET}", Outcome("http_400", 400)),
        ("403 <script>Ada</script>", Outcome("http_403", 403)),
        ("429", Outcome("http_429", 429)),
        ("500", Outcome("http_500", 500)),
        ("503", Outcome("http_503", 503)),
        ("flood 500", Outcome("http_500", 500)),
        *((f"redirect {code} ", Outcome("redirected", code)) for code in (301, 302, 307, 308)),
        ("silent", Outcome("timed_out")),
        ("drip", Outcome("timed_out")),
        ("continue", Outcome("timed_out")),
        ("garbage", Outcome("no_http_answer")),
        ("hangup", Outcome("connection_lost")),
    ],
)
def test_what_a_server_does(
    behavior: str, outcome: Outcome, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is asked once, ends within the budget, and of its words only a plain code is kept."""
    with Channel() as elsewhere, Channel(behavior) as channel:
        if behavior.startswith("redirect"):
            channel.behavior += elsewhere.url
        began = time.monotonic()
        assert post(channel.url, ["a", "b"], BUDGET) == outcome
        assert time.monotonic() - began < BUDGET + 0.5
        assert channel.posts == [{"text": "a\nb"}]
        assert not elsewhere.posts
    assert not any(capfd.readouterr())


def test_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """Down, unknown, a name service that hangs, and a URL that no request can be made of."""
    assert post(NOWHERE, ["a"]) == Outcome("connection_refused")
    assert post(f"https://no-such-host.invalid/{SECRET}", ["a"]).error in (
        "name_not_found",
        "timed_out",
    )
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: time.sleep(9))
    began = time.monotonic()
    assert post(f"https://chat.example/{SECRET}", ["a"], BUDGET) == Outcome("timed_out")
    assert time.monotonic() - began < BUDGET + 0.5


def test_certificates_are_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of an unknown authority is not trusted; one of a site's own is, for its own name."""
    authority = trustme.CA()
    for name, wanted in (("127.0.0.1", ""), ("other.example", "certificate_not_trusted")):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        with Channel(tls=context) as channel:
            monkeypatch.delenv("SSL_CERT_FILE", raising=False)
            assert post(channel.url, ["a"]).error == "certificate_not_trusted"
            assert not channel.posts
            authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
            assert post(channel.url, ["a"]).error == wanted


@pytest.mark.parametrize(
    ("url", "is_taken"),
    [
        ("https://hooks.chat.example/services/T0/B0/x", True),
        ("https://10.0.0.5/x", True),
        ("http://localhost:8065/hooks/x", True),
        ("http://127.0.0.1:8065/x", True),
        ("http://[::1]/x", True),
        ("http://192.168.0.9/x", True),
        ("http://[fd00::1]/x", True),
        ("http://hooks.chat.example/x", False),
        ("http://chat.local/x", False),
        ("http://8.8.8.8/x", False),
        ("http://169.254.169.254/latest", False),
        ("http://127.0.0.1@chat.example/x", False),
        ("https://me:word@chat.example/x", False),
        ("https://chat.example/x#y", False),
        ("https://chat.example/a b", False),
        ("https://chat.example/a\r\nHost: b", False),
        ("https://chat.example:port/x", False),
        ("https://[::1/x", False),
        ("https:///x", False),
        ("ftp://chat.example/x", False),
        ("file:///etc/passwd", False),
        ("data:,x", False),
        ("", False),
    ],
)
def test_urls(url: str, is_taken: bool) -> None:
    """https anywhere, http to what can't be elsewhere; a refusal does not quote the URL."""
    assert (refusal(url) == "") is is_taken
    if not is_taken:
        assert not url or url not in refusal(url)
        assert post(url, ["a"]) == Outcome("url_refused")


def test_messages() -> None:
    """Worst first, at most so many lines, no markup of the chats; Teams gets a card."""
    assert plain("<!channel> [A](b) @all\n&\u202e *Co*") == "!channel A (b) all & Co"
    assert plain("x" * 99) == "x" * 59 + "…"
    high = ALERT | {"severity": "High", "kind": "cost_spike", "alerts": 2}
    worst = ALERT | {"severity": "Critical", "kind": "coverage_gap", "company": "Birch"}
    failed = ALERT | {"kind": "run_failed", "command": "build", "began": "2025-06-30 04:00"}
    lines = lines_of(
        [
            high | {"company": "<Acme>"},
            worst,
            worst | {"company": "Acme"},
            worst | {"company": None},
            failed | {"nodes": ["a", "b", "c", "d"]},
            ALERT | {"kind": "run_stopped", "alerts": 2},
        ]
    )
    assert lines == [
        "Benefits warehouse: trouble with 3 runs, 5 new findings",
        "dbt run stopped before its end (2 times)",
        "dbt build of 2025-06-30 04:00 UTC failed at 4 nodes: a, b, c and 1 more",
        "Critical: coverage gap (3): Acme, Birch",
        "High: cost spike (2): Acme",
    ]
    many = [worst | {"company": f"Company {number}"} for number in range(COMPANIES + 2000)]
    assert lines_of(many)[1].endswith("Company 100, Company 1000 and 2,000 more")
    kinds = [worst | {"kind": f"kind_{number:02}", "alerts": 3} for number in range(LINES + 4)]
    lines = lines_of(kinds)
    assert len(lines) == LINES + 2 and lines[-1] == "and 12 more"
    assert body_of(["a", "b"], "hooks.slack.com") == b'{"text": "a\\nb"}'
    assert b'"AdaptiveCard"' in body_of(["a"], "prod-1.westus.logic.azure.com")
    assert b'"text": "a"' in body_of(["a"], "prod-1.westus.logic.azure.com")
    assert b"AdaptiveCard" not in body_of(["a"], "logic.azure.com.example")


def alert_test(url: str | None) -> tuple[int, str]:
    """Exit code of `make alert-test`, and what it says."""
    settings = {"PYTHONPATH": str(PROJECT / "python"), "PATH": os.environ["PATH"]}
    settings |= {} if url is None else {WEBHOOK: url}
    words = [sys.executable, "-m", "benefits_warehouse.alerts"]
    done = subprocess.run(words, env=settings, capture_output=True, text=True, check=False)
    assert SECRET not in done.stdout + done.stderr
    return done.returncode, done.stdout + done.stderr


def test_the_test_message() -> None:
    """It says what the server answered, and 2 is its code where nothing came there."""
    with Channel("200") as channel:
        assert alert_test(channel.url) == (0, "Delivered: the server answered 200.\n")
        assert channel.texts[0].startswith("Benefits warehouse: this is a test\n")
        channel.behavior = "404 no_service"
        said = "Not delivered, http 404: the server answered 404 (no_service).\n"
        assert alert_test(channel.url) == (2, said)
    assert alert_test(NOWHERE) == (2, "Not delivered, connection refused: no answer.\n")
    for blank in (None, "", " "):
        assert alert_test(blank) == (2, f"No webhook is set: put its URL into {WEBHOOK}.\n")
    code, said = alert_test(f"http://chat.example/{SECRET}")
    assert code == 2 and said.startswith(f"Nothing was sent. {WEBHOOK}: http goes to localhost")


MISTAKE = "{{ config(severity='error') }} select 1 as one"
PLAN = {"company_ein": "11-1111111", "plan_type": "Medical", "carrier_name": "Cedar"}
PLAN |= {"plan_name": "Basic", "start_date": "2023-01-01", "end_date": "2023-12-31"}
CHEAP = ("run", "--select", "run_history")  # of a warehouse that is up to date; it publishes


class Told(Warehouse):
    """A warehouse with a channel, and what a run has the channel told."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, copy_project(folder / "project"))
        self.channel = Channel()
        self.url = self.channel.url
        self.mistake = self.project / "tests/quality/assert_mistaken.sql"

    def environment(self) -> dict[str, str]:
        """See Warehouse."""
        return super().environment() | {WEBHOOK: self.url}

    def take_parsed(self) -> None:
        """See Warehouse; a copy of the project is parsed by itself."""

    @contextmanager
    def tells(self, *texts: str) -> Iterator[None]:
        """Within, these messages come, regular expressions, and no other."""
        before = len(self.channel.posts)
        yield
        now = self.channel.texts[before:]
        assert len(now) == len(texts), now
        for wanted, text in zip(texts, now, strict=True):
            assert re.fullmatch(wanted, text), text

    def alerts(self) -> list[tuple[Any, ...]]:
        """What is remembered, in the working copy, whose newest run is not published yet."""
        path = self.database / ".build/analytics.duckdb"
        with duckdb.connect(str(path), read_only=True) as connection:
            return connection.execute(
                "select kind, posted_at is not null, attempts, last_error from ops.alerts "
                "order by due_at, kind"
            ).fetchall()


@pytest.mark.extended
def test_whole_runs(tmp_path: Path) -> None:
    """Each is told once, over runs that fail, are refused, are killed or find the webhook down."""
    warehouse = Told(tmp_path)
    warehouse.deliver(PEOPLE, "1.csv", [PERSON])
    warehouse.deliver(CLAIMS, "1.csv", claims(1, 3, service_date="2024-12-30"))
    warehouse.deliver(PLANS, "1.csv", [PLAN])
    # Down, slow, up again: three runs, one message.
    warehouse.url = NOWHERE
    warehouse.build("--log-level-file", "debug")
    line = "  alerts               not delivered ({}); tried again in the next run"
    assert line.format("connection refused") in warehouse.output
    first = warehouse.alerts()
    assert first and {row[1:] for row in first} == {(False, 1, "connection_refused")}
    with warehouse.channel:
        warehouse.url = warehouse.channel.url
        warehouse.channel.behavior = "silent"
        with warehouse.tells("(?s).*"):
            assert warehouse.dbt(*CHEAP).success
        assert line.format("timed out") in warehouse.output
        warehouse.channel.behavior = "200"
        with warehouse.tells(told_by(warehouse)):
            assert warehouse.dbt(*CHEAP).success
        assert "alerts  " not in warehouse.output
        assert {row[1:] for row in warehouse.alerts()} == {(True, 3, None)}
        with warehouse.tells():
            assert warehouse.dbt(*CHEAP).success
        chosen_findings(warehouse)
        failed_runs(warehouse)
        refused_runs(warehouse)
        killed_runs(warehouse)
        assert all(is_posted for _, is_posted, *_ in warehouse.alerts())
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 500
    for path in files:
        assert SECRET.encode() not in path.read_bytes(), path


def told_by(warehouse: Warehouse) -> str:
    """The message about all findings, in plain Python."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in warehouse.rows("marts.findings"):
        if row["severity"] in ("Critical", "High") and not row["resolved_at"]:
            found.setdefault((row["severity"], row["kind"]), []).append(row["company_name"])
    assert found
    lines = [f"Benefits warehouse: {sum(map(len, found.values()))} new finding(s)?"]
    for (severity, kind), names in sorted(found.items()):
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        told = f"{kind.replace('_', ' ')} ({len(names)}): {', '.join(sorted(names)[:5])}{more}"
        lines.append(re.escape(f"{severity}: {told}"))
    return "\n".join(lines)


def chosen_findings(warehouse: Told) -> None:
    """Grave ones that nobody decided about, refused files and overdue feeds; again if reopened."""
    path = warehouse.database / ".build/analytics.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            """create temp table planted as select * from marts.findings limit 1;
            insert into marts.findings
            select planted.* replace (
                'F' || row_number() over () as finding_id, 'Acme' as company_name,
                md5('F' || row_number() over ()) as subject_key,
                new.severity as severity, new.kind as kind, new.status as status,
                if(new.status = 'resolved', first_found_at, null) as resolved_at
            )
            from planted, (values
                ('Medium', 'cost_spike', 'new'), ('High', 'cost_spike', 'accepted'),
                ('High', 'cost_spike', 'snoozed'), ('Critical', 'cost_spike', 'resolved'),
                ('High', 'cost_spike', 'open'), ('Low', 'feed_overdue', 'new'),
                ('Low', 'file_refused', 'new')
            ) as new (severity, kind, status);
            update marts.findings set reopened_at = last_found_at, status = 'reopened'
            where kind = 'coverage_gap' and severity = 'Critical'"""
        )
    text = "Critical: coverage gap (1): Acme\nHigh: cost spike (1): Acme\n"
    text += "Low: feed overdue (1): Acme\nLow: file refused (1): Acme"
    with warehouse.tells(re.escape(f"Benefits warehouse: 4 new findings\n{text}")):
        assert warehouse.dbt(*CHEAP).success
    with warehouse.tells():
        assert warehouse.dbt(*CHEAP).success


def failed_runs(warehouse: Told) -> None:
    """A run that fails is told; what it found, when a run publishes it."""
    warehouse.mistake.write_text(MISTAKE)
    warehouse.channel.behavior = "500"
    run = r"dbt build of \d{4}-\d\d-\d\d \d\d:\d\d UTC failed at 1 node: assert_mistaken"
    with warehouse.tells(f"Benefits warehouse: trouble with 1 run\n{run}"):
        assert not warehouse.dbt("build", "--select", "assert_mistaken").success
    assert "not delivered (http 500)" in warehouse.output
    warehouse.channel.behavior = "429"
    warehouse.deliver(CLAIMS, "Ada Lovelace.csv.gz", b"no archive")
    with warehouse.tells(f"Benefits warehouse: trouble with 2 runs\n{run}\n{run}"):
        assert not warehouse.dbt("build").success
    assert "not delivered (http 429)" in warehouse.output
    warehouse.channel.behavior = "200"
    warehouse.mistake.unlink()
    found = f"trouble with 2 runs, 1 new finding\n{run}\n{run}\nHigh: file refused \\(1\\)"
    with warehouse.tells(f"Benefits warehouse: {found}"):
        warehouse.build()


def refused_runs(warehouse: Told) -> None:
    """A run that is refused at the start has no end and no record, and yet is told once."""
    text = "Benefits warehouse: trouble with 1 run\ndbt run stopped before its end"
    wrong = {"variables": {"date_order": "sideways"}, "manifest": warehouse.manifest()}
    with warehouse.tells(text):
        assert not warehouse.dbt(*CHEAP, **wrong).success
    assert "Fix the vars" in warehouse.output and "not delivered" not in warehouse.output
    with warehouse.tells():
        assert warehouse.dbt(*CHEAP).success
    assert ("run_stopped", True, 1, None) in warehouse.alerts()
    warehouse.url = NOWHERE
    with warehouse.tells():
        assert not warehouse.dbt(*CHEAP, **wrong).success
    assert "not delivered (connection refused)" in warehouse.output
    warehouse.url = warehouse.channel.url
    with warehouse.tells(text):
        assert warehouse.dbt(*CHEAP).success
    assert ("run_stopped", True, 2, None) in warehouse.alerts()
    assert not (warehouse.database / ".build/stopped_runs").exists()


def killed_runs(warehouse: Told) -> None:
    """A killed run is told by the next; a message is told twice if a kill came before its note."""
    run = Run(warehouse, *CHEAP)
    with warehouse.tells():
        assert run.kill_when(lambda run: FIRST_HOOK in run.output)
    began = r"of \d{4}-\d\d-\d\d \d\d:\d\d UTC"
    text = f"Benefits warehouse: trouble with 1 run\ndbt run {began} was killed before its end"
    with warehouse.tells(text):
        assert warehouse.dbt(*CHEAP).success
    overdue = "Benefits warehouse: 2 new findings\nCritical: feed overdue \\(2\\)"
    with warehouse.tells(overdue):
        run = Run(warehouse, "build", prelude=CLOCK.format(seconds=60 * 86400))
        warehouse.channel.before_answer = run.kill
        run.process.join()
    warehouse.channel.before_answer = lambda: None
    with warehouse.tells(overdue):
        assert warehouse.dbt(*CHEAP).success
    with warehouse.tells():
        assert warehouse.dbt(*CHEAP).success
