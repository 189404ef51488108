"""Known vulnerabilities of all locked Python packages: new ones fail, accepted ones are listed.

The data are PyPI's (`/pypi/<name>/<version>/json`, the same that pip-audit asks). Where they can't
be had at all, on a sealed machine say, nothing was audited: that is said in one line, and is no
failure. An answer that is missing among others is one, since what it hides may be new.

Accepted findings stand in known_vulnerabilities.csv (id, package, accepted_on, until, reason), each
with a day after which it counts as new again.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import csv
import datetime as dt
import json
import os
import re
import sys
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
INDEX = os.environ.get("AUDIT_INDEX", "https://pypi.org/pypi")
TIMEOUT = 10  # seconds for one answer
AT_ONCE = 4
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", re.M)

Finding = tuple[str, str, str]  # package, id, what it says


def locked(text: str) -> list[tuple[str, str]]:
    """(name, version) of each package of a lock file."""
    return PINNED.findall(text)


def ask(package: tuple[str, str]) -> list[Finding]:
    """The findings of one version that are not withdrawn.

    Raises:
        OSError: no answer, or none with such data.
    """
    name, version = package
    url = f"{INDEX}/{name}/{version}/json"
    with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
        try:
            found = json.load(answer)["vulnerabilities"]
        except (ValueError, KeyError, TypeError) as error:
            raise OSError(f"{url} gives no vulnerabilities") from error
    return [
        (name, entry["id"], (entry.get("summary") or entry.get("details") or "")[:100])
        for entry in found
        if not entry.get("withdrawn")
    ]


def ask_patiently(package: tuple[str, str]) -> list[Finding] | None:
    """The findings of one version, asked for up to three times; None without an answer."""
    for _ in range(3):
        with contextlib.suppress(OSError):
            return ask(package)
    return None


def sort_findings(
    findings: Iterable[Finding], accepted: Iterable[Mapping[str, str]], today: dt.date
) -> tuple[list[Finding], list[Finding], list[str]]:
    """Tell new findings from old ones.

    Args:
        findings: what is known of the locked versions.
        accepted: rows of known_vulnerabilities.csv.
        today: the day on which the list is read.

    Returns:
        New findings (or accepted ones whose day has passed), old ones, and ids that are on the list
        and no longer found.
    """
    until = {(row["package"], row["id"]): dt.date.fromisoformat(row["until"]) for row in accepted}
    new: list[Finding] = []
    old: list[Finding] = []
    for finding in sorted(set(findings)):
        day = until.pop(finding[:2], None)
        (old if day and today <= day else new).append(finding)
    return new, old, sorted(name for _, name in until)


def main() -> int:
    """Print what is known; 1 where something is new."""
    locks = [FOLDER.parent / "requirements.lock", *sorted(FOLDER.glob("locks/*.lock"))]
    packages = list(dict.fromkeys(entry for lock in locks for entry in locked(lock.read_text())))
    with (FOLDER / "known_vulnerabilities.csv").open(newline="") as file:
        accepted = list(csv.DictReader(file))
    try:
        first = ask(packages[0])  # alone: on a sealed machine one answer is waited for, not all
    except OSError as error:
        print(
            f"NOT AUDITED: {INDEX} gives no data on vulnerabilities here ({error}). This says "
            f"nothing about the {len(packages)} locked packages; run it where PyPI can be reached."
        )
        return 0
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(ask_patiently, packages[1:]))
    findings = first + [finding for answer in answers for finding in answer or []]
    missing = [
        name for (name, _), answer in zip(packages[1:], answers, strict=True) if answer is None
    ]
    new, old, gone = sort_findings(findings, accepted, dt.datetime.now(dt.UTC).date())
    for label, rows in (("accepted", old), ("NEW", new)):
        for package, name, text in rows:
            print(f"{label:<9} {package} {name} {text}")
    for name in gone:
        print(f"no longer {name} is found: take it off the list")
    for name in missing:
        print(f"no answer {name}")
    audited = len(packages) - len(missing)
    print(
        f"{audited} of {len(packages)} packages audited: {len(new)} new findings, "
        f"{len(old)} accepted."
    )
    return 1 if new or missing else 0


if __name__ == "__main__":
    sys.exit(main())
