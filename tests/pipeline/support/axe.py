"""axe-core, the checker of web accessibility, from npm; the repository holds no copy of it."""

from __future__ import annotations

import functools
import hashlib
import os
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import pytest
from browser import Sight

VERSION = "4.10.3"
DIGEST = "0f2b4d7dcdf7d1219df8d1959ad68e565f51d14c3f0d88bb71cd59abeb956292"
SECONDS = 120


@functools.cache
def script() -> str:
    """The checker; skips where npm can't bring it, or fails where REQUIRE_AXE says it must."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", f"axe-core@{VERSION}", "--silent", "--pack-destination", folder]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=SECONDS, cwd=folder)
        except (OSError, subprocess.SubprocessError) as error:
            message = f"npm brings no axe-core {VERSION} ({type(error).__name__})"
            if os.environ.get("REQUIRE_AXE"):
                pytest.fail(f"{message}, and REQUIRE_AXE is set")
            pytest.skip(message)
        (packed,) = Path(folder).glob("*.tgz")
        assert hashlib.sha256(packed.read_bytes()).hexdigest() == DIGEST
        with tarfile.open(packed) as archive:
            member = archive.extractfile("package/axe.min.js")
            assert member
            return member.read().decode()


def violations(sight: Sight) -> list[str]:
    """What breaks WCAG 2.1 level A or AA on the page as it stands, one line an element."""
    sight.page.evaluate(script())
    found: list[dict[str, Any]] = sight.page.evaluate(
        """async () => (await axe.run(document, {
            runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], resultTypes: ["violations"],
        })).violations"""
    )
    return [
        f"{rule['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
        for rule in found
        for node in rule["nodes"]
    ]
