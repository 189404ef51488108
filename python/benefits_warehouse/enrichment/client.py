"""The http client of company enrichment: polite, bounded in every way, and it tells nothing.

`GET {base_url}/enrich/company?domain={domain}`, many at once over kept connections (httpx), with
retries, exponential backoff and jitter (tenacity). A service may be slow, broken, moved or hostile:
each attempt, each domain and the whole run have a deadline, bodies and redirects have a limit, and
a redirect leads neither to a private address nor away from TLS. Names are resolved here and the
address that was checked is the one that is connected to. No proxy, netrc or cookie is used, so that
what leaves the machine is the domain, and the token for the service alone.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import random
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import certifi
import httpx
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
)

from benefits_warehouse.enrichment.answers import Answer, Client, Keep
from benefits_warehouse.enrichment.values import UnexpectedAnswer, read_answer
from benefits_warehouse.progress import every_beat, say

TOKEN = "DBT_ENV_SECRET_ENRICHMENT_TOKEN"
AGAIN = {408, 425, 429, *range(500, 600)}
MOVED = {301, 302, 303, 307, 308}
BODY_LIMIT = 64 << 10  # bytes; an answer has three short values
REDIRECT_LIMIT = 3
LONGEST_PAUSE = 8.0  # seconds between two attempts, unless the service asks for more
# IPv4 addresses as IPv6 ones: translated (RFC 6052), and compatible (RFC 4291, outdated).
TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))
ISATAP = 0x5EFE  # before an IPv4 address within any network (RFC 5214), but for a bit
# Not of the public internet, whatever the library of the Python at hand says of them.
LOCAL = tuple(
    map(
        ipaddress.ip_network,
        (
            *("64:ff9b:1::/48", "fec0::/10", "2001::/23", "2001:db8::/32", "3fff::/20"),
            *("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15"),
            *("240.0.0.0/4", "100::/64", "5f00::/16"),
        ),
    )
)


class Failed(Exception):
    """An attempt that is not repeated.

    Args:
        kind: what went wrong, in a word.
        http_status: of the response, where there was one.
    """

    def __init__(self, kind: str, http_status: int | None = None) -> None:
        super().__init__(kind)
        self.kind, self.http_status = kind, http_status


class TryAgain(Failed):
    """An attempt that may be repeated.

    Args:
        kind: what went wrong, in a word.
        http_status: of the response, where there was one.
        pause: seconds that the service asked to wait (Retry-After).
    """

    def __init__(self, kind: str, http_status: int | None = None, pause: float = 0.0) -> None:
        super().__init__(kind, http_status)
        self.pause = pause


@dataclass(frozen=True)
class Settings:
    """How the service is asked (vars enrichment_*, all times in seconds).

    Args:
        base_url: https URL without query, fragment and user; the path /enrich/company is added.
        token: sent as `Authorization: Bearer`, to the host of base_url alone; '' sends none.
        attempt_seconds: most that one attempt may take, redirects and body included.
        domain_seconds: most that one domain may take, pauses included.
        run_seconds: most that all may take; what is not answered by then is a failure.
        attempts: most attempts for a domain.
        calls_at_once: most calls at one time.
        allow_insecure: base_url may be http, and at a private address.
        first_pause: seconds before the first repetition; each further one waits twice as long.
    """

    base_url: str
    token: str = field(default="", repr=False)
    attempt_seconds: float = 5.0
    domain_seconds: float = 30.0
    run_seconds: float = 600.0
    attempts: int = 4
    calls_at_once: int = 16
    allow_insecure: bool = False
    first_pause: float = 0.5

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Settings:
        """From the model's meta; the token from the environment."""
        names = set(cls.__dataclass_fields__) & set(given)
        return cls(token=os.environ.get(TOKEN, ""), **{name: given[name] for name in names})


def http_client(settings: Settings, log: Callable[[str], None] = say) -> Client:
    """A client that asks a real service.

    Args:
        settings: where and how.
        log: called with a line when the service is refused, and on long work.
    """

    def ask_all(domains: Sequence[str], keep: Keep) -> None:
        if not domains:
            return
        if refusal := refused(settings):
            log(f"enrichment: no request was made, {refusal}")
            for domain in domains:
                keep(domain, Answer("failed", attempts=0, error="base_url_refused"))
            return
        asyncio.run(Service(settings, log, keep).ask_all(domains))

    return Client(httpx.URL(settings.base_url).host or "unknown", ask_all)


def refused(settings: Settings) -> str:
    """Why base_url is not asked, with the remedy; '' where it is."""
    url = httpx.URL(settings.base_url)
    if url.scheme not in ("https", "http") or not url.host:
        return "since enrichment_base_url is not an https URL"
    if url.userinfo or url.query or url.fragment:
        return (
            f"since enrichment_base_url holds a user, a query or a fragment; a key goes to {TOKEN}"
        )
    if settings.allow_insecure:
        return ""
    remedy = "enrichment_allow_insecure: true allows it, for tests and services of your own"
    if url.scheme != "https":
        return f"since enrichment_base_url is not https ({remedy})"
    literal = literal_address(url.host)
    if url.host == "localhost" or (literal and not is_public(literal)):
        return f"since enrichment_base_url is a private address ({remedy})"
    return ""


def literal_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that a host is written as, None for a name."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def last_four(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address:
    """The IPv4 address that the last four bytes are."""
    return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is one of the public internet, also where it wraps another one."""
    if any(address in network for network in LOCAL if network.version == address.version):
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if any(address in network for network in TRANSLATED):
            return is_public(last_four(address))
        if wrapped := address.ipv4_mapped or address.sixtofour:
            return is_public(wrapped)
        if int(address) >> 32 & 0xFDFF_FFFF == ISATAP and not is_public(last_four(address)):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def pause_of(value: str | None, now: datetime | None = None) -> float:
    """The seconds that a Retry-After asks for, as number or date; 0 where it can't be read.

    Args:
        value: the header's text; None where there is none.
        now: UTC, for tests.
    """
    if not value:
        return 0.0
    if value.strip().isdigit():
        return float(value.strip()[:9])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - (now or datetime.now(UTC))).total_seconds(), 0.0)


def certificates() -> ssl.SSLContext:
    """The authorities of certifi, and those of the machine (SSL_CERT_FILE, for a site's own)."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    return context


class Service:
    """One run against the service.

    Args:
        settings: where and how.
        log: called with a line every few seconds.
        keep: called with each answer as it comes.
    """

    def __init__(self, settings: Settings, log: Callable[[str], None], keep: Keep) -> None:
        self.settings, self.log, self.keep = settings, log, keep
        self.url = httpx.URL(settings.base_url.rstrip("/") + "/enrich/company")
        self.addresses: dict[tuple[bool, str, int], str] = {}
        self.paused_until = 0.0  # monotonic; a service that is asked too much is left alone by all
        self.unheard = 0  # domains in a row without any response
        self.done = self.failed = 0

    async def ask_all(self, domains: Sequence[str]) -> None:
        """Ask for all, some at once, until all are answered or the time is over."""
        waiting, trusted = iter(domains), certificates()
        count = min(self.settings.calls_at_once, len(domains))
        try:
            with every_beat(lambda: self.show(len(domains))):
                async with asyncio.timeout(self.settings.run_seconds):
                    await asyncio.gather(*(self.work(waiting, trusted) for _ in range(count)))
        except TimeoutError:
            self.log("enrichment: the time limit is reached; the next run asks for the rest")

    def show(self, count: int) -> None:
        """Show how many of so many domains are answered."""
        self.log(f"enrichment: {self.done:,} of {count:,} domains answered, {self.failed:,} failed")

    async def work(self, waiting: Iterator[str], trusted: ssl.SSLContext) -> None:
        """Ask for one domain after the other, over a connection of its own.

        Shared by all, httpx's pool would look at each connection at each step: half of its time.
        """
        async with httpx.AsyncClient(
            verify=trusted,
            limits=httpx.Limits(max_connections=1),
            timeout=self.settings.attempt_seconds,
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
            trust_env=False,
        ) as client:
            for domain in waiting:
                answer = await self.ask(client, domain)
                self.done += 1
                self.failed += answer.status == "failed"
                self.keep(domain, answer)

    async def ask(self, client: httpx.AsyncClient, domain: str) -> Answer:
        """What the service says of a domain, with repetitions; never an exception."""
        if self.unheard >= 2 * self.settings.calls_at_once:
            return Answer("failed", attempts=0, error="service_unreachable")
        attempts, last = 0, Failed("timeout")
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(TryAgain),
            stop=stop_after_attempt(self.settings.attempts)
            | stop_before_delay(self.settings.domain_seconds),
            wait=self.pause,
            reraise=True,
        )
        try:
            async with asyncio.timeout(self.settings.domain_seconds):
                async for attempt in retrying:
                    with attempt:
                        await self.wait_while_paused()
                        attempts += 1
                        try:
                            answer = await self.attempt(client, domain, attempts)
                        except Failed as failure:
                            last = failure
                            raise
            self.unheard = 0
            return answer
        except Failed as failure:
            last = failure
        except TimeoutError:
            last = Failed("deadline", last.http_status)
        self.unheard = 0 if last.http_status or not attempts else self.unheard + 1
        return Answer("failed", last.http_status, attempts, error=last.kind)

    def pause(self, state: RetryCallState) -> float:
        """Seconds before the next attempt: doubled each time, with jitter, or as asked for."""
        failure = state.outcome.exception() if state.outcome else None
        doubled = self.settings.first_pause * 2.0 ** (state.attempt_number - 1)
        jittered = min(doubled, LONGEST_PAUSE) * random.uniform(0.5, 1.0)
        return max(jittered, failure.pause if isinstance(failure, TryAgain) else 0.0)

    async def wait_while_paused(self) -> None:
        """Leave a service alone that asked for it; not at all, where it asked for too long.

        Raises:
            Failed: the service asked for a longer pause than a domain may take.
        """
        pause = self.paused_until - time.monotonic()
        if pause > self.settings.domain_seconds:
            raise Failed("rate_limited", 429)
        if pause > 0:
            await asyncio.sleep(pause + random.uniform(0, self.settings.first_pause))

    async def attempt(self, client: httpx.AsyncClient, domain: str, number: int) -> Answer:
        """Ask once.

        Args:
            client: the connection to use.
            domain: what is asked for.
            number: of the attempt, from 1.

        Raises:
            TryAgain: worth another attempt.
            Failed: not worth one.
        """
        try:
            async with asyncio.timeout(self.settings.attempt_seconds):
                url = self.url.copy_with(params={"domain": domain})
                return await self.follow(client, url, number)
        except (TimeoutError, httpx.TimeoutException):
            raise TryAgain("timeout") from None
        except UnexpectedAnswer as failure:
            raise Failed(failure.kind, 200) from None
        except httpx.TransportError as failure:
            if is_distrust(failure):
                raise Failed("certificate_not_trusted") from None
            raise TryAgain("connection") from None
        except (httpx.InvalidURL, UnicodeError):
            raise Failed("wrong_url") from None

    async def follow(self, client: httpx.AsyncClient, url: httpx.URL, number: int) -> Answer:
        """Ask, and go where the service has moved to.

        Args:
            client: the connection to use.
            url: with the domain in its query.
            number: of the attempt, from 1.

        Raises:
            TryAgain: worth another attempt.
            Failed: not worth one, such as too many redirects.
        """
        for _ in range(REDIRECT_LIMIT + 1):
            pinned, host = await self.pinned(url)
            headers = {"Host": url.netloc.decode(), "Accept": "application/json"}
            headers |= {"Accept-Encoding": "identity", "User-Agent": "benefits-warehouse"}
            if self.settings.token and self.is_ours(url):
                headers["Authorization"] = f"Bearer {self.settings.token}"
            extensions = {"sni_hostname": host}
            async with client.stream(
                "GET", pinned, headers=headers, extensions=extensions
            ) as response:
                if response.status_code not in MOVED:
                    return await self.read(response, number)
                url = url.join(response.headers.get("location", ""))
        raise Failed("too_many_redirects", response.status_code)

    def is_ours(self, url: httpx.URL) -> bool:
        """Whether a URL has scheme, host and port of base_url."""
        return (url.scheme, url.host, url.port) == (self.url.scheme, self.url.host, self.url.port)

    async def pinned(self, url: httpx.URL) -> tuple[httpx.URL, str]:
        """A URL with the address of its host in its place, and the host, for TLS.

        Raises:
            Failed: it is not https, or not public, and not base_url that is allowed to be neither.
            TryAgain: the name leads nowhere.
        """
        is_allowed = self.settings.allow_insecure and self.is_ours(url)
        if url.scheme != "https" and not is_allowed:
            raise Failed("redirect_refused" if not self.is_ours(url) else "base_url_refused")
        port = url.port or (443 if url.scheme == "https" else 80)
        place = is_allowed, url.host, port
        if place not in self.addresses:
            try:
                found = await asyncio.get_running_loop().getaddrinfo(
                    url.host, port, type=socket.SOCK_STREAM
                )
            except OSError:
                raise TryAgain("name_not_found") from None
            texts = [str(entry[4][0]) for entry in found]
            usable = [
                text
                for text in texts
                if is_allowed or is_public(ipaddress.ip_address(text.partition("%")[0]))
            ]
            if not usable:
                raise Failed("redirect_refused" if not self.is_ours(url) else "base_url_refused")
            self.addresses[place] = usable[0]
        return url.copy_with(host=self.addresses[place]), url.host

    async def read(self, response: httpx.Response, number: int) -> Answer:
        """The answer that a response is.

        Args:
            response: its body is not read yet.
            number: of the attempt, from 1.

        Raises:
            TryAgain: the service is busy or broken.
            Failed: it refuses, or says more or other than it should.
            UnexpectedAnswer: the body is not what the contract says.
        """
        status = response.status_code
        if status == 404:
            return Answer("not_found", status, number)
        if status in AGAIN:
            pause = pause_of(response.headers.get("retry-after"))
            self.paused_until = max(self.paused_until, time.monotonic() + pause)
            raise TryAgain(f"http_{status}", status, pause)
        if status != 200:
            raise Failed(f"http_{status}", status)
        if response.headers.get("content-encoding", "identity") != "identity":
            raise Failed("encoded", status)
        body = bytearray()
        async for piece in response.aiter_raw():
            body += piece
            if len(body) > BODY_LIMIT:
                raise Failed("too_large", status)
        return Answer("ok", status, number, **read_answer(bytes(body)))


def is_distrust(failure: BaseException | None) -> bool:
    """Whether a certificate is what a connection failed for."""
    while failure:
        if isinstance(failure, ssl.SSLCertVerificationError):
            return True
        failure = failure.__cause__ or failure.__context__
    return False
