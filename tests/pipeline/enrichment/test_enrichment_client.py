"""The enrichment client against a real server on loopback that misbehaves on command."""

from __future__ import annotations

import ipaddress
import ssl
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
import trustme
from enrichment_server import GOOD, Misbehaving, served_alone

from benefits_warehouse.enrichment.answers import Answer
from benefits_warehouse.enrichment.client import Settings, http_client, is_public, pause_of, refused

TOKEN = "t0ken-that-must-not-show"


@pytest.fixture
def server() -> Iterator[Misbehaving]:
    with Misbehaving() as running:
        yield running


def settings_of(server: Misbehaving, **changed: Any) -> Settings:
    """Short times, so that a test need not wait long."""
    short = Settings(
        server.url,
        TOKEN,
        attempt_seconds=0.6,
        domain_seconds=3.0,
        run_seconds=20.0,
        attempts=3,
        calls_at_once=8,
        allow_insecure=True,
        first_pause=0.02,
    )
    return replace(short, **changed)


def ask(settings: Settings, *domains: str, log: list[str] | None = None) -> dict[str, Answer]:
    """What is answered of each domain, once."""
    answers: dict[str, Answer] = {}

    def keep(domain: str, answer: Answer) -> None:
        assert domain not in answers
        answers[domain] = answer

    lines = [] if log is None else log
    http_client(settings, lines.append).ask_all(list(domains), keep)
    told = " ".join([*lines, *(str(answer) for answer in answers.values())])
    assert TOKEN not in told and TOKEN not in repr(settings)
    return answers


def test_a_good_answer(server: Misbehaving) -> None:
    """One GET, with the domain, the token and nothing else that could tell who asks."""
    assert ask(settings_of(server), "acme.example") == {
        "acme.example": Answer(
            "ok", 200, 1, "Trade of acme.example", GOOD["revenue"], GOOD["headcount"]
        )
    }
    (asked,) = server.asked
    assert asked.target == "/enrich/company?domain=acme.example"
    assert asked.headers == {
        "host": f"127.0.0.1:{server.port}",
        "accept": "application/json",
        "accept-encoding": "identity",
        "user-agent": "benefits-warehouse",
        "authorization": f"Bearer {TOKEN}",
        "connection": "keep-alive",
    }


def test_without_a_token_none_is_sent(server: Misbehaving) -> None:
    ask(
        settings_of(server, token="", base_url=f"{server.url}/v2/"), "acme.example", "b&c=d.example"
    )
    assert all("authorization" not in one.headers for one in server.asked)
    assert sorted(one.target for one in server.asked) == [
        "/v2/enrich/company?domain=acme.example",
        "/v2/enrich/company?domain=b%26c%3Dd.example",
    ]


# What the service does, how often it is asked then, its last status and the kind of failure.
MISCHIEF = {
    "hang": (3, None, "timeout"),
    "drip": (3, None, "timeout"),
    "dripheaders": (3, None, "timeout"),
    "reset": (3, None, "connection"),
    "hangup": (3, None, "connection"),
    "short": (3, None, "connection"),
    "nonsense": (3, None, "connection"),
    "500": (3, 500, "http_500"),
    "503": (3, 503, "http_503"),
    "401": (1, 401, "http_401"),
    "204": (1, 204, "http_204"),
    "html": (1, 200, "not_json"),
    "broken": (1, 200, "not_json"),
    "binary": (1, 200, "not_json"),
    "deep": (1, 200, "not_json"),
    "digits": (1, 200, "not_json"),
    "types": (1, 200, "wrong_types"),
    "list": (1, 200, "wrong_types"),
    "long": (1, 200, "wrong_types"),
    "huge": (1, 200, "too_large"),
    "bomb": (1, 200, "encoded"),
    "loop": (1, 302, "too_many_redirects"),
}


def test_mischief_is_a_failure_of_that_domain_alone(server: Misbehaving) -> None:
    """Each kind has its name and its number of attempts, in time; others are answered."""
    domains = [f"{name}.example" for name in MISCHIEF]
    began = time.monotonic()
    patient = settings_of(server, calls_at_once=40, attempt_seconds=1.5, domain_seconds=8.0)
    answers = ask(patient, *domains, "good.example")
    assert time.monotonic() - began < 8.0 + 5
    found = {name: answers[f"{name}.example"] for name in MISCHIEF}
    assert {name: (one.attempts, one.http_status, one.error) for name, one in found.items()} == (
        MISCHIEF
    )
    assert {one.status for one in found.values()} == {"failed"}
    assert answers["good.example"].status == "ok"
    times = server.times()
    for name, (attempts, _, _) in MISCHIEF.items():
        assert times[f"{name}.example"] == (4 if name == "loop" else attempts), name


def test_other_answers(server: Misbehaving) -> None:
    """404 is an answer, and asked for once; numbers are texts here, blanks and nulls are none."""
    answers = ask(
        settings_of(server), "missing.example", "numbers.example", "empty.example", "odd.example"
    )
    assert answers["missing.example"] == Answer("not_found", 404, 1)
    assert answers["numbers.example"] == Answer("ok", 200, 1, None, "1500000", "12")
    assert answers["empty.example"] == Answer("ok", 200, 1)
    assert answers["odd.example"] == Answer("ok", 200, 1, "Oil & Gas", "50-100M", "about 20")
    assert server.times() == dict.fromkeys(answers, 1)


def test_trouble_that_passes_is_waited_for(server: Misbehaving) -> None:
    """500 then 200; a reset, a hang and an answer; and the attempts are counted."""
    server.script = {"a.example": ["500", "fine"], "b.example": ["reset", "hang", "fine"]}
    answers = ask(settings_of(server), "a.example", "b.example")
    assert [(one.status, one.attempts) for one in answers.values()] == [("ok", 2), ("ok", 3)]


def test_pauses_double_and_differ(server: Misbehaving) -> None:
    ask(settings_of(server, attempts=5, first_pause=0.2), "500.example")
    moments = [one.at for one in server.asked]
    pauses = [later - before for before, later in pairwise(moments)]
    for number, pause in enumerate(pauses):
        assert 0.1 * 2**number <= pause < 0.2 * 2**number + 0.5, pauses


def test_retry_after_is_honoured_by_all(server: Misbehaving) -> None:
    """The one that was told to wait waits, and no other call is made in that time."""
    server.script = {"first.example": ["busy 1", "fine"]}
    others = [f"other{number}.example" for number in range(20)]
    answers = ask(settings_of(server, calls_at_once=1), "first.example", *others)
    assert {one.status for one in answers.values()} == {"ok"}
    assert answers["first.example"].attempts == 2
    assert server.domains[:2] == ["first.example"] * 2
    assert 1.0 <= server.asked[1].at - server.asked[0].at < 3
    server.script = {"first.example": ["busy 1", "fine"]}
    server.asked.clear()
    server.latency = 0.03  # so that the others take longer than the pause
    many = [f"another{number}.example" for number in range(200)]
    answers = ask(settings_of(server, calls_at_once=4), "first.example", *many)
    assert {one.status for one in answers.values()} == {"ok"}
    told = server.asked[0].at
    assert not [one for one in server.asked if told + 0.2 < one.at < told + 1.0]


def test_a_service_that_asks_for_too_long_is_left_alone(server: Misbehaving) -> None:
    """Retry-After beyond the deadline: nobody waits for it, and nobody asks on."""
    server.script = {"first.example": ["busy 3600"]}
    others = [f"other{number}.example" for number in range(50)]
    began = time.monotonic()
    answers = ask(settings_of(server, calls_at_once=1), "first.example", *others)
    assert time.monotonic() - began < 5
    assert answers["first.example"] == Answer("failed", 429, 1, error="http_429")
    assert {answers[one] for one in others} == {Answer("failed", 429, 0, error="rate_limited")}
    assert server.domains == ["first.example"]


def test_retry_after_as_seconds_or_date() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert pause_of("7", now) == 7
    assert pause_of("Thu, 01 Jan 2026 00:01:00 GMT", now) == 60
    assert pause_of("Wed, 31 Dec 2025 00:01:00 GMT", now) == 0
    assert [pause_of(one, now) for one in (None, "", "soon", "-5", "1.5")] == [0] * 5


def test_deadlines_hold(server: Misbehaving) -> None:
    """Of a domain, pauses included, and of the run, whatever is still to be asked."""
    began = time.monotonic()
    answers = ask(settings_of(server, domain_seconds=0.5, attempt_seconds=5), "hang.example")
    assert answers["hang.example"] == Answer("failed", None, 1, error="deadline")
    assert time.monotonic() - began < 4
    began, log = time.monotonic(), []
    domains = [f"hang.x{number}.example" for number in range(200)]
    answers = ask(
        settings_of(server, run_seconds=1.0, calls_at_once=4, attempts=1), *domains, log=log
    )
    assert time.monotonic() - began < 6
    assert len(answers) < 20 and "the time limit is reached" in log[-1]


def test_a_dead_service_is_soon_given_up() -> None:
    """Nobody listens: after two rounds of no response the rest is not tried."""
    with Misbehaving() as server:
        settings = settings_of(server, calls_at_once=4)
    domains = [f"d{number}.example" for number in range(500)]
    began = time.monotonic()
    answers = ask(settings, *domains)
    assert time.monotonic() - began < 10
    errors = [answers[domain].error for domain in domains]
    assert set(errors[:8]) == {"connection"} and set(errors[20:]) == {"service_unreachable"}
    assert sum(answer.attempts for answer in answers.values()) <= 12 * 3


# Where it may go


@pytest.mark.parametrize(
    "goal",
    [
        "http://{other}/enrich/company?domain=x",
        "https://{other}/",
        "http://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://localhost:{port}/",
        "https://0.0.0.0/",
        "//2130706433/",
        "file:///etc/passwd",
        "https://127.0.0.1:{port}/",
    ],
)
def test_redirects_to_private_places_are_refused(server: Misbehaving, goal: str) -> None:
    """Allowed is base_url alone; its permission does not go on to another port, scheme or host."""
    with Misbehaving() as other:
        place = goal.format(other=f"127.0.0.1:{other.port}", port=server.port)
        server.script = {"a.example": [f"redirect {place}"]}
        answer = ask(settings_of(server), "a.example")["a.example"]
        assert answer.status == "failed"
        assert answer.error in ("redirect_refused", "certificate_not_trusted"), answer
        assert not other.asked and len(server.asked) == 1


PRIVATE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("0.0.0.0", "0.1.2.3", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.9"),
    *("224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "192.88.99.1"),
    *("::1", "::", "::10.0.0.1", "::127.0.0.1", "::ffff:10.0.0.1", "::ffff:0:127.0.0.1"),
    *("64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b:1::8.8.8.8", "2002:a00:1::"),
    *("2002:7f00:1::", "2001:0:a00:1::1", "fec0::1", "fc00::1", "fd12::1", "fe80::1", "ff02::1"),
    *("2001:db8::1", "100::1", "3fff::1", "2001:2::1"),
    *("2600::5efe:10.0.0.1", "2600::200:5efe:169.254.169.254"),
]
PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "64:ff9b::8.8.8.8", "2002:808:808::1"]
PUBLIC += ["2600::5efe:8.8.8.8", "2600::1:5efe:10.0.0.1"]


@pytest.mark.parametrize("address", PRIVATE + PUBLIC)
def test_addresses_of_the_public_internet(address: str) -> None:
    """Whatever wraps a private address is private, too."""
    assert is_public(ipaddress.ip_address(address)) is (address in PUBLIC)


def test_redirects_within_the_service_are_followed(server: Misbehaving) -> None:
    """With the token; three of them, not four."""
    steps = ["redirect /a?domain=a.example", "redirect b?domain=a.example"]
    server.script = {"a.example": [*steps, f"redirect {server.url}/c?domain=a.example", "fine"]}
    assert ask(settings_of(server), "a.example")["a.example"].status == "ok"
    assert [one.target.split("?")[0] for one in server.asked] == [
        "/enrich/company",
        "/a",
        "/b",
        "/c",
    ]
    assert all(one.headers["authorization"] for one in server.asked)
    server.script = {"a.example": [*steps, *steps]}
    assert ask(settings_of(server), "a.example")["a.example"].error == "too_many_redirects"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://api.example.com", "not https"),
        ("https://127.0.0.1", "private"),
        ("https://10.1.2.3:8443/v1", "private"),
        ("https://[::1]", "private"),
        ("https://[fd00::1]", "private"),
        ("https://localhost", "private"),
        ("https://169.254.1.1", "private"),
        ("https://100.64.0.1", "private"),
        ("https://user:secret@api.example.com", "user"),
        ("https://api.example.com?key=secret", "query"),
        ("ftp://api.example.com", "not an https URL"),
        ("api.example.com", "not an https URL"),
        ("https://", "not an https URL"),
    ],
)
def test_base_urls_that_are_not_asked(url: str, reason: str) -> None:
    """Each domain is a failure, nothing is sent, and the reason is told without the URL."""
    log: list[str] = []
    answers = ask(Settings(url, TOKEN), "a.example", log=log)
    assert answers == {"a.example": Answer("failed", None, 0, error="base_url_refused")}
    assert len(log) == 1 and reason in log[0] and "secret" not in log[0]


def test_a_name_that_means_a_private_address_is_refused(
    server: Misbehaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A public-looking name of a private address: refused once it is known, nothing is sent."""
    import asyncio

    asked = []

    async def private(self: Any, host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", private)
    url = f"https://enrichment.example:{server.port}"
    assert refused(Settings(url)) == ""
    answers = ask(Settings(url), "a.example", "b.example")
    assert {one.error for one in answers.values()} == {"base_url_refused"}
    assert asked and not server.asked


def test_certificates_are_verified(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of an unknown authority is not trusted, one of a site's own is, for its own name only."""
    authority = trustme.CA()
    for name, error in (("127.0.0.1", None), ("other.example", "certificate_not_trusted")):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        with Misbehaving(tls=context) as server:
            settings = settings_of(server)
            monkeypatch.delenv("SSL_CERT_FILE", raising=False)
            answer = ask(settings, "a.example")["a.example"]
            assert (answer.error, answer.attempts) == ("certificate_not_trusted", 1)
            assert not server.asked
            file = tmp_path / "authority.pem"
            authority.cert_pem.write_to_path(str(file))
            monkeypatch.setenv("SSL_CERT_FILE", str(file))
            assert ask(settings, "a.example")["a.example"].error == error


def test_neither_proxies_nor_cookies_nor_netrc_are_used(
    server: Misbehaving, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Misbehaving() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login me password secret\n")
        monkeypatch.setenv("NETRC", str(netrc))
        ask(settings_of(server, token="", calls_at_once=1), "cookie.a.example", "cookie.b.example")
        assert len(server.asked) == 2 and not proxy.asked
    for one in server.asked:
        assert not {"cookie", "authorization", "proxy-authorization"} & set(one.headers)


@pytest.mark.parametrize("token", ["line\nbreak", "nüll\0", "smile \U0001f600"])
def test_a_token_that_can_not_be_sent_is_not_told(server: Misbehaving, token: str) -> None:
    answers: dict[str, Answer] = {}
    client = http_client(settings_of(server, token=token), print)
    try:
        client.ask_all(["a.example"], answers.__setitem__)
    except Exception as failure:
        assert token not in str(failure)
    else:
        assert answers["a.example"].status == "failed" and token not in str(answers)


# How many


@pytest.mark.parametrize(
    "count", [400, pytest.param(5000, marks=pytest.mark.soak)], ids="{}_domains".format
)
def test_many_domains_are_asked_politely(count: int) -> None:
    """Each once, never more at a time than said, at 50 ms each; a line shows that it moves."""
    domains = [f"d{number}.example" for number in range(count)]
    log: list[str] = []
    with served_alone(latency=0.05) as (url, end):
        began = time.monotonic()
        answers = ask(Settings(url, allow_insecure=True), *domains, log=log)
        seconds = time.monotonic() - began
        times, most_at_once = end()
    assert times == dict.fromkeys(domains, 1) and set(answers) == set(domains)
    assert {one.status for one in answers.values()} == {"ok"}
    assert most_at_once <= 16
    assert seconds < 60
    print(f"\n{count} domains in {seconds:.1f} s, at most {most_at_once} at once; {log}")
    assert count < 5000 or "of 5,000 domains answered" in log[0]
