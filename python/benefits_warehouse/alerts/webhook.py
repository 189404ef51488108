"""Posts a message to the webhook of a chat channel: Slack, Teams, Mattermost.

The URL is a secret, since whoever has it can post. It comes from DBT_ENV_SECRET_ALERT_WEBHOOK and
gets into no message, error, table or SQL text: of an exception, whose words may quote it, only the
kind is told. A server may be down, slow or hostile: all of it ends after a few seconds, no redirect
is followed, and of an answer only the status counts. An https URL is asked through the proxy that
the environment names (HTTPS_PROXY); certificates are verified.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import os
import queue
import re
import socket
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import certifi

WEBHOOK = "DBT_ENV_SECRET_ALERT_WEBHOOK"
SECONDS = 5.0  # for all of it: name, connection, TLS and answer
TEAMS = (".logic.azure.com", ".powerplatform.com", ".powerautomate.com", ".webhook.office.com")
ANSWER_LIMIT = 200  # bytes of an answer that `make alert-test` may show
KINDS = (  # the first that fits is what is told
    (TimeoutError, "timed_out"),
    (ssl.SSLCertVerificationError, "certificate_not_trusted"),
    (ssl.SSLError, "tls_failed"),
    (socket.gaierror, "name_not_found"),
    (ConnectionRefusedError, "connection_refused"),
    (ConnectionError, "connection_lost"),
    (http.client.HTTPException, "no_http_answer"),
    (OSError, "not_reachable"),
)


@dataclass(frozen=True)
class Outcome:
    """What became of a message.

    Args:
        error: kind of the failure, in words with underscores; '' where it was taken.
        status: of the HTTP answer, None without one.
        said: a refusal's own words where they are a plain code, such as invalid_payload.
    """

    error: str
    status: int | None = None
    said: str = ""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer like others: the message goes to the URL that was set, or nowhere."""

    def redirect_request(self, *_: Any) -> None:
        """No request follows."""


def webhook() -> str:
    """The URL that alerts are posted to; '' where none is set."""
    return os.environ.get(WEBHOOK, "").strip()


def refusal(url: str) -> str:
    """Why a URL is not asked, without quoting it; '' where it is.

    Args:
        url: https, or http to this machine or a private address that is given in numbers.
    """
    if not re.fullmatch(r"[!-~]+", url):
        return "it holds blanks or signs that no URL has"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "it is no URL"
    if parts.scheme not in ("https", "http") or not host:
        return "it is no https URL"
    if "@" in parts.netloc or parts.fragment:
        return "it holds a user or a fragment"
    if parts.scheme == "https" or host == "localhost":
        return ""
    with contextlib.suppress(ValueError):
        address = ipaddress.ip_address(host)
        if address.is_loopback or (address.is_private and not address.is_link_local):
            return ""
    return "http goes to localhost or to a private address given in numbers only; use https"


def body_of(lines: Sequence[str], host: str) -> bytes:
    """The JSON that a chat takes: {text}, and for Teams a card of the same lines, as it needs one.

    Args:
        lines: of the message.
        host: of the webhook.
    """
    body: dict[str, Any] = {"text": "\n".join(lines)}
    if host.endswith(TEAMS):
        blocks = [{"type": "TextBlock", "text": line, "wrap": True} for line in lines]
        card = {"type": "AdaptiveCard", "version": "1.2", "body": blocks}
        attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
        body |= {"type": "message", "attachments": [attachment]}
    return json.dumps(body).encode()


def post(url: str, lines: Sequence[str], seconds: float = SECONDS) -> Outcome:
    """Post a message once. It raises nothing.

    Args:
        url: of the webhook.
        lines: of the message.
        seconds: most that it may take, whatever the server and the name service do.
    """
    if refusal(url):
        return Outcome("url_refused")
    outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()

    def work() -> None:
        outcomes.put(send(url, lines, seconds))

    # A thread that is left behind ends with the process: nothing else bounds a look-up of a name.
    threading.Thread(target=work, daemon=True).start()
    try:
        return outcomes.get(timeout=seconds)
    except queue.Empty:
        return Outcome("timed_out")


def send(url: str, lines: Sequence[str], seconds: float) -> Outcome:
    """Post a message; each wait for the server may take so many seconds. See `post`."""
    try:
        is_plain = urlsplit(url).scheme == "http"
        trusted = ssl.create_default_context(cafile=certifi.where())
        trusted.load_default_certs()  # of the machine too (SSL_CERT_FILE), for a site's own
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({} if is_plain else None),
            urllib.request.HTTPSHandler(context=trusted),
            NoRedirect,
        )
        request = urllib.request.Request(
            url,
            body_of(lines, urlsplit(url).hostname or ""),
            {"Content-Type": "application/json", "User-Agent": "benefits-warehouse"},
        )
        with opener.open(request, timeout=seconds) as answer:
            return Outcome("", answer.status)
    except urllib.error.HTTPError as answer:
        with answer:
            error = "redirected" if 300 <= answer.code < 400 else f"http_{answer.code}"
            return Outcome(error, answer.code, words_of(answer, url))
    except Exception as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        return Outcome(next((name for kind, name in KINDS if isinstance(reason, kind)), "failed"))


def words_of(answer: urllib.error.HTTPError, url: str) -> str:
    """A refusal's words where they are a plain code; '' for all else, as it may be anything."""
    try:
        text = answer.read(ANSWER_LIMIT).decode().strip()
    except (OSError, ValueError, http.client.HTTPException):
        return ""
    return text if re.fullmatch(r"[a-z]+(_[a-z]+)*", text) and text not in url else ""
