"""The audit log of what touches clear values: who, when, why; `make audit-log` prints it.

Clear builds, erasures, disclosures, shares, removals and rotations of the pepper are entries of
`restricted/audit.jsonl`, one JSON object a line. Each holds the hash of the one before and its own,
and the last one's stands in `.build/audit.head`, too: an entry that was changed, taken out or cut
off shows. Nobody's name, address or id is in it. Who is the user of the system, or
BENEFITS_AUDIT_USER; why is BENEFITS_AUDIT_REASON.
"""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from benefits_warehouse.whole_files import PRIVATE_FILE, write_text

LOG, HEAD = Path("restricted/audit.jsonl"), Path(".build/audit.head")
FIRST = "0" * 64  # what the first entry holds in the place of the hash before


def hash_of(entry: dict[str, Any]) -> str:
    """SHA-256 of an entry without its own hash, as JSON with sorted names."""
    rest = {name: value for name, value in entry.items() if name != "hash"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def entries(folder: Path) -> list[dict[str, Any]]:
    """The entries so far.

    Args:
        folder: the warehouse folder.

    Raises:
        RuntimeError: a line is none; it was changed.
    """
    path = folder / LOG
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except FileNotFoundError:
        return []
    except ValueError:
        raise RuntimeError(f"{path} was changed: a line of it is no entry.") from None


def record(folder: Path, kind: str, **what: Any) -> bool:
    """Add an entry; the caller holds the lock of the warehouse.

    Args:
        folder: the warehouse folder.
        kind: what was done: clear build, erasure, disclosure, share, retention or rotation.
        what: counts and ids of runs, never of whom.

    Returns:
        True: it is on the disk.
    """
    known = entries(folder)
    entry = {
        "number": len(known) + 1,
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "who": os.environ.get("BENEFITS_AUDIT_USER") or getpass.getuser(),
        "kind": kind,
        "why": os.environ.get("BENEFITS_AUDIT_REASON") or "not given",
        **what,
        "before": known[-1]["hash"] if known else FIRST,
    }
    entry["hash"] = hash_of(entry)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
    handle = os.open(folder / LOG, flags, PRIVATE_FILE)
    with open(handle, "w", encoding="utf-8") as file:
        file.write(json.dumps(entry, sort_keys=True) + "\n")
        file.flush()
        os.fsync(handle)
    write_text(folder / HEAD, f"{entry['number']} {entry['hash']}", PRIVATE_FILE)
    return True


def needed_reason() -> None:
    """Refuse what needs a reason, and has none.

    Raises:
        RuntimeError: BENEFITS_AUDIT_REASON is not set; nothing was changed.
    """
    if not os.environ.get("BENEFITS_AUDIT_REASON", "").strip():
        raise RuntimeError(
            "The audit log wants a reason: REASON='…' behind make, or BENEFITS_AUDIT_REASON. "
            "Nothing was changed."
        )


def problem(folder: Path) -> str:
    """What is wrong with the log; '' where it is whole.

    Args:
        folder: the warehouse folder.
    """
    before, known = FIRST, entries(folder)
    for number, entry in enumerate(known, start=1):
        is_next = (entry.get("number"), entry.get("before")) == (number, before)
        if not is_next or entry.get("hash") != hash_of(entry):
            return f"entry {number} is not as it was written, or one before it is gone"
        before = entry["hash"]
    head = (folder / HEAD).read_text() if (folder / HEAD).exists() else f"0 {FIRST}"
    # A kill between the two writes leaves the head one entry behind.
    behind = f"{len(known) - 1} {known[-1]['before']}" if known else ""
    if head not in (f"{len(known)} {before}", behind):
        return f"it has {len(known)} entries, and the last one written was number {head.split()[0]}"
    return ""


def main() -> int:
    """Print the log; 1 with a message where it is not whole."""
    folder = Path(os.environ.get("BENEFITS_DB_DIR") or "warehouse").resolve()
    try:
        wrong = problem(folder)
        for entry in entries(folder):
            known = ("number", "at", "who", "kind", "why")
            what = {k: v for k, v in entry.items() if k not in (*known, "before", "hash")}
            print(*(entry.get(name) for name in known), json.dumps(what, sort_keys=True), sep="  ")
    except RuntimeError as error:
        wrong = str(error)
    if wrong:
        print(f"The audit log is not whole: {wrong}.", file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
