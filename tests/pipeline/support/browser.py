"""Headless Chromium, for tests of what people see."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
# No look-ups and updates of its own: a request in a test is one that the page made.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def path_of_chromium() -> str:
    """The browser of this machine; skips, or fails where REQUIRE_CHROMIUM says that it must be."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    message = f"no Chromium on this machine (looked for {', '.join(NAMES)})"
    if os.environ.get("REQUIRE_CHROMIUM"):
        pytest.fail(f"{message}, and REQUIRE_CHROMIUM is set")
    pytest.skip(message)


@dataclass
class Sight:
    """An open page, and what went wrong or out while it was open.

    Args:
        page: Playwright's page.
        errors: errors of the console and of scripts.
        requests: addresses that the page asked for, the page itself included.
    """

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def count(self, selector: str) -> int:
        """Number of elements."""
        return self.page.locator(selector).count()

    def texts(self, selector: str) -> list[str]:
        """Texts of elements, hidden ones too."""
        return [text.strip() for text in self.page.locator(selector).all_text_contents()]

    def overflow(self) -> int:
        """Pixels by which the page is wider than its window."""
        return int(
            self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )

    def outward(self) -> list[str]:
        """Requests for anything that is no file and not inlined."""
        return [url for url in self.requests if not url.startswith(("file:", "data:", "blob:"))]


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser."""
    path = path_of_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, headless=True)
        yield browser
        browser.close()


@contextlib.contextmanager
def opened(
    browser: Browser, address: str | Path, width: int = 1200, height: int = 900, **options: Any
) -> Iterator[Sight]:
    """A page in a window of its own.

    Args:
        browser: from chromium().
        address: URL, or a file, which is opened from disk.
        width: of the window, in pixels.
        height: likewise.
        options: of the window, as Playwright's new_context takes them.
    """
    viewport = {"width": width, "height": height}
    context = browser.new_context(viewport=viewport, reduced_motion="reduce", **options)
    try:
        page = context.new_page()
        sight = Sight(page)
        page.on("pageerror", lambda error: sight.errors.append(str(error)))
        page.on(
            "console",
            lambda said: sight.errors.append(said.text) if said.type == "error" else None,
        )
        page.on("request", lambda request: sight.requests.append(request.url))
        page.goto(address.resolve().as_uri() if isinstance(address, Path) else address)
        yield sight
    finally:
        context.close()
