"""What an alert says: counts, companies and kinds, nobody's data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

LINES = 12  # below the headline; a chat cuts long messages off, and nobody reads them
NODES = 3  # names of failed nodes in a line
COMPANIES = 5  # names of companies in a line
NAME_LENGTH = 60  # characters of a company's name
MARKUP = set("<>[]@*_~`|#\\")  # what the chats read as links, mentions and formats
SEVERITIES = ("Critical", "High", "Medium", "Low")
RUNS = {
    "run_failed": "failed",
    "run_interrupted": "was killed before its end",
    "run_stopped": "stopped before its end",
}


def plain(text: str) -> str:
    """A text of one line without markup and control signs, cut where it is long."""
    kept = "".join(sign if sign.isprintable() and sign not in MARKUP else " " for sign in text)
    words = " ".join(kept.split())
    return words if len(words) <= NAME_LENGTH else words[: NAME_LENGTH - 1].rstrip() + "…"


def counted(number: int, word: str) -> str:
    """A number and its word, such as `1 run` and `2,000 findings`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def run_line(alert: Mapping[str, Any]) -> str:
    """The line of a run: `dbt build of 2025-06-30 04:00 UTC failed at 2 nodes: …`."""
    began = f" of {alert['began']} UTC" if alert["began"] else ""
    line = f"dbt {alert['command'] or 'run'}{began} {RUNS[alert['kind']]}"
    nodes = list(alert["nodes"] or [])
    if nodes:
        more = f" and {len(nodes) - NODES} more" if len(nodes) > NODES else ""
        line += f" at {counted(len(nodes), 'node')}: {', '.join(nodes[:NODES])}{more}"
    return line if alert["alerts"] == 1 else f"{line} ({alert['alerts']:,} times)"


def finding_line(severity: str | None, kind: str, alerts: Sequence[Mapping[str, Any]]) -> str:
    """The line of a severity and kind: `High: coverage gap (3): Acme, Birch`."""
    names = [plain(a["company"]) for a in alerts if a["company"]]
    names = sorted(name for name in names if name)
    more = f" and {len(names) - COMPANIES:,} more" if len(names) > COMPANIES else ""
    companies = f": {', '.join(names[:COMPANIES])}{more}" if names else ""
    number = sum(a["alerts"] for a in alerts)
    return f"{severity or 'Not rated'}: {plain(kind)} ({number:,}){companies}"


def lines_of(alerts: Sequence[Mapping[str, Any]]) -> list[str]:
    """The lines of a message, the headline first, then the runs and the worst findings.

    Args:
        alerts: each with kind, alerts (how many it stands for), severity, company, and of runs
            command, began and nodes (names of the failed ones).
    """
    runs = sorted((a for a in alerts if a["kind"] in RUNS), key=lambda a: a["began"] or "")
    groups: dict[tuple[str | None, str], list[Mapping[str, Any]]] = {}
    for alert in alerts:
        if alert["kind"] not in RUNS:
            groups.setdefault((alert["severity"], alert["kind"]), []).append(alert)
    ranks = {severity: rank for rank, severity in enumerate(SEVERITIES)}
    ordered = sorted(groups.items(), key=lambda item: (ranks.get(item[0][0] or "", 9), item[0][1]))
    told = [(run_line(run), run["alerts"]) for run in runs]
    told += [(finding_line(*key, of), sum(a["alerts"] for a in of)) for key, of in ordered]
    counts = {
        "trouble with {}": (sum(number for _, number in told[: len(runs)]), "run"),
        "{}": (sum(number for _, number in told[len(runs) :]), "new finding"),
    }
    head = [words.format(counted(*count)) for words, count in counts.items() if count[0]]
    left = sum(number for _, number in told[LINES:])
    return [
        f"Benefits warehouse: {', '.join(head)}",
        *(line for line, _ in told[:LINES]),
        *([f"and {left:,} more"] if left else []),
    ]
