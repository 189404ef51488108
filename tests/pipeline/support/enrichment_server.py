"""An enrichment service on loopback that answers, or misbehaves on command, and keeps a log.

What it does is said by the first label of the asked domain, such as `drip` in drip.example; a list
in `script` says it attempt by attempt. It speaks HTTP/1.1 by hand, since no library misbehaves so.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import multiprocessing
import socket
import ssl
import struct
import threading
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

GOOD = {"industry": "Weaving", "revenue": "100M", "headcount": "1,200"}


@dataclass
class Asked:
    """A request as it came."""

    domain: str
    target: str
    headers: dict[str, str]
    at: float = field(default_factory=time.monotonic)


class Misbehaving:
    """The server, in a thread of its own.

    Args:
        latency: seconds before each answer.
        tls: context of a TLS server; plain HTTP without.
    """

    def __init__(self, latency: float = 0.0, tls: ssl.SSLContext | None = None) -> None:
        self.latency, self.tls = latency, tls
        self.asked: list[Asked] = []
        self.script: dict[str, list[str]] = {}
        self.at_once = self.most_at_once = 0
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.tasks: set[asyncio.Task[Any]] = set()

    def __enter__(self) -> Misbehaving:
        self.thread.start()
        starting = asyncio.run_coroutine_threadsafe(self._start(), self.loop)
        self.port = starting.result(10)
        self.url = f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"
        return self

    async def _start(self) -> int:
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, ssl=self.tls)
        return self.server.sockets[0].getsockname()[1]

    def __exit__(self, *_: object) -> None:
        async def stop() -> None:
            self.server.close()
            for task in self.tasks:
                task.cancel()

        asyncio.run_coroutine_threadsafe(stop(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    @property
    def domains(self) -> list[str]:
        """The domains that were asked for, in order."""
        return [one.domain for one in self.asked]

    def times(self) -> dict[str, int]:
        """How often each domain was asked for."""
        counts: dict[str, int] = defaultdict(int)
        for domain in self.domains:
            counts[domain] += 1
        return dict(counts)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self.tasks.add(task)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while line := await reader.readline():
                target = line.split()[1].decode()
                headers = {}
                while (header := await reader.readline()).strip():
                    name, _, value = header.decode().partition(":")
                    headers[name.lower()] = value.strip()
                domain = parse_qs(urlsplit(target).query).get("domain", [""])[0]
                self.asked.append(Asked(domain, target, headers))
                self.at_once += 1
                self.most_at_once = max(self.most_at_once, self.at_once)
                try:
                    await asyncio.sleep(self.latency)
                    if not await self.behave(domain, target, writer):
                        break
                finally:
                    self.at_once -= 1
        writer.close()
        self.tasks.discard(task)

    async def behave(self, domain: str, target: str, writer: asyncio.StreamWriter) -> bool:
        """Answer; False where the connection is over."""
        steps = self.script.get(domain)
        what = steps.pop(0) if steps else domain.split(".")[0]
        name, _, argument = what.partition(" ")
        send = self.sender(writer)
        if name == "hang":
            await asyncio.sleep(60)
        elif name == "drip":
            await send(200, b"", length=500)
            await drip(writer, b" " * 500)
        elif name == "dripheaders":
            await drip(writer, b"HTTP/1.1 200 OK\r\n" + b"X-Slow: 1\r\n" * 100)
        elif name == "reset":
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
        elif name == "hangup":
            writer.close()
        elif name == "short":
            await send(200, b'{"industry":', length=500)
            writer.close()
        elif name == "nonsense":
            writer.write(b"250 OK, this is no HTTP\r\n\r\n")
        elif name == "busy":
            await send(429, b"later", **{"Retry-After": argument or "1"})
        elif name == "redirect":
            await send(302, b"", Location=argument)
        elif name == "loop":
            await send(302, b"", Location=target)
        elif name.isdigit():
            await send(int(name), b"<h1>no</h1>")
        elif name == "html":
            await send(200, b"<!doctype html><h1>Sign in</h1>", **{"Content-Type": "text/html"})
        elif name == "broken":
            await send(200, b'{"industry": "Weav')
        elif name == "binary":
            await send(200, b"\xff\xfe\x00{")
        elif name == "deep":
            await send(200, b"[" * 60000)
        elif name == "digits":
            await send(200, b'{"headcount": ' + b"9" * 9000 + b"}")
        elif name == "types":
            await send(
                200, json.dumps({"industry": ["a"], "revenue": {}, "headcount": True}).encode()
            )
        elif name == "list":
            await send(200, b"[1, 2]")
        elif name == "long":
            await send(200, json.dumps({"industry": "x" * 5000}).encode())
        elif name == "huge":
            await send(200, b"", length=10**9)
            with contextlib.suppress(ConnectionError):
                while True:
                    writer.write(b" " * 65536)
                    await writer.drain()
        elif name == "bomb":
            packed = gzip.compress(b" " * 10**7)
            await send(200, packed, **{"Content-Encoding": "gzip"})
        elif name == "cookie":
            await send(200, json.dumps(GOOD).encode(), **{"Set-Cookie": "who=me; Path=/"})
        elif name == "odd":
            odd = {"industry": " Oil\t& \x00Gas ", "revenue": "50-100M", "headcount": "about 20"}
            await send(200, json.dumps(odd).encode())
        elif name == "numbers":
            await send(200, json.dumps({"revenue": 1500000, "headcount": 12, "x": [1]}).encode())
        elif name == "empty":
            await send(200, b'{"industry": null, "revenue": ""}')
        elif name == "missing":
            await send(404, b"{}")
        else:
            await send(200, json.dumps({**GOOD, "industry": f"Trade of {domain}"}).encode())
        return name not in ("reset", "hangup", "short", "nonsense", "drip", "huge", "hang")

    def sender(self, writer: asyncio.StreamWriter) -> Callable[..., Awaitable[None]]:
        async def send(status: int, body: bytes, length: int | None = None, **headers: str) -> None:
            lines = [f"HTTP/1.1 {status} Said", f"Content-Length: {length or len(body)}"]
            lines += [f"{name}: {value}" for name, value in headers.items()]
            writer.write("\r\n".join([*lines, "", ""]).encode() + body)
            await writer.drain()

        return send


async def drip(writer: asyncio.StreamWriter, data: bytes) -> None:
    """Byte by byte, each in time for a client that only looks at the time since the last."""
    for number in range(len(data)):
        writer.write(data[number : number + 1])
        await writer.drain()
        await asyncio.sleep(0.1)


def _alone(latency: float, pipe: Any) -> None:
    with Misbehaving(latency) as server:
        pipe.send(server.url)
        pipe.recv()
        pipe.send((server.times(), server.most_at_once))


@contextlib.contextmanager
def served_alone(latency: float) -> Any:
    """The server in a process of its own: its url, and a function that ends it."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_alone, args=(latency, there), daemon=True)
    process.start()

    def end() -> tuple[dict[str, int], int]:
        here.send(None)
        return here.recv()

    try:
        yield here.recv(), end
    finally:
        process.kill()
        process.join()
