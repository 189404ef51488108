"""A chat's webhook on loopback that takes messages, or misbehaves on command, and keeps them."""

from __future__ import annotations

import contextlib
import http.server
import json
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any

SECRET = "topsecretpath"  # part of the URL that must be found nowhere
LONG = 30.0  # seconds, longer than any budget


class Channel:
    """The server, in a thread of its own.

    Args:
        behavior: what it does: a status, or a name of `misbehave`.
        tls: context of a TLS server; plain HTTP without.
    """

    def __init__(self, behavior: str = "200", tls: ssl.SSLContext | None = None) -> None:
        self.behavior = behavior
        self.posts: list[dict[str, Any]] = []
        self.before_answer: Callable[[], object] = lambda: None
        self.over = threading.Event()
        channel = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                assert self.headers["Content-Type"] == "application/json"
                channel.posts.append(json.loads(body))
                channel.before_answer()
                with contextlib.suppress(OSError):
                    channel.misbehave(self)

            def do_GET(self) -> None:
                channel.posts.append({"text": "a redirect was followed"})

            def log_message(self, *_: object) -> None:
                """Nothing is printed."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.server.server_port}/{SECRET}"

    def misbehave(self, request: Any) -> None:
        """Answer, or not."""
        name, _, argument = self.behavior.partition(" ")
        if name.isdigit():
            request.send_response(int(name))
            if int(name) in (429, 503):
                request.send_header("Retry-After", "86400")
            request.end_headers()
            request.wfile.write(argument.encode())
        elif name == "redirect":
            request.send_response(int(argument.split()[0]))
            request.send_header("Location", argument.split()[1])
            request.end_headers()
        elif name == "silent":
            self.over.wait(LONG)
        elif name == "drip":
            request.wfile.write(b"HTTP/1.1 200 OK\r\n")
            self.endless(request, b"X: 1\r\n", pause=0.1)
        elif name == "continue":
            self.endless(request, b"HTTP/1.1 100 Continue\r\n\r\n", pause=0.01)
        elif name == "flood":
            request.send_response(int(argument))
            request.end_headers()
            self.endless(request, b"\x1b[2J\xff\xfe" * 10_000)
        elif name == "garbage":
            request.wfile.write(b"250 OK, this is no HTTP\r\n\r\n")
        elif name == "hangup":
            request.connection.close()
        else:
            raise AssertionError(name)

    def endless(self, request: Any, piece: bytes, pause: float = 0.0) -> None:
        """Send on and on."""
        until = time.monotonic() + LONG
        while time.monotonic() < until and not self.over.is_set():
            request.wfile.write(piece)
            request.wfile.flush()
            time.sleep(pause)

    @property
    def texts(self) -> list[str]:
        """The texts of the messages so far."""
        return [post["text"] for post in self.posts]

    def __enter__(self) -> Channel:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.server.shutdown()
        self.server.server_close()
