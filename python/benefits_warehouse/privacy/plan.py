"""What an erasure has to do, kept in a file until it is done."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from benefits_warehouse.whole_files import PRIVATE_FILE, write_text

Who = dict[str, set[str]]  # identifiers by kind, see forgotten.KINDS


@dataclass
class Plan:
    """What an erasure has to do, and how far it is.

    Args:
        run_id: id of the erasure as a run.
        started_at: when it began, UTC, as ISO text without a zone.
        who: identifiers of the person by kind.
        names: full names of the person, tidied.
        pairs: the words by which texts name the person, two each, see names.pairs_sql.
        hashes: content hashes of the person's landed rows, as text.
        holders: feed to the delivered files that hold the person.
        models: names of the models below the feeds that name persons.
        lines: feed to malformed lines that name the person; None until they are counted.
        erased: feed to the numbers of rows and lines emptied; None until that is done.
        history: records of the person in snapshots, counted when the rows are emptied.
    """

    run_id: str
    started_at: str
    who: dict[str, list[str]]
    names: list[str] = field(default_factory=list)
    pairs: list[str] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    holders: dict[str, list[str]] = field(default_factory=dict)
    models: list[str] = field(default_factory=list)
    lines: dict[str, int] | None = None
    erased: dict[str, list[int]] | None = None
    history: int = 0

    def save(self, path: Path) -> None:
        """Write the plan down, whole or not at all; only its owner may read it."""
        write_text(path, json.dumps(asdict(self)), PRIVATE_FILE)

    @classmethod
    def load(cls, path: Path) -> Plan:
        """The plan that was written down; what another version added to it is left out."""
        known = {entry.name for entry in fields(cls)}
        written = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{name: value for name, value in written.items() if name in known})
