"""The page: sections put into the template, and everything that it needs put into the file."""

from __future__ import annotations

import base64
import datetime as dt
import functools
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from benefits_warehouse.dashboard.section import Section

FOLDER = Path(__file__).parent
NOTHING = "–"


def as_text(value: Any, kind: str = "text") -> str:
    """A value as a table shows it; a number has its separators, nothing is a dash.

    Args:
        value: what a query gave.
        kind: as in section.Column.
    """
    if value is None or value == "":
        return NOTHING
    match kind:
        case "count":
            return f"{value:,}"
        case "money" | "percent" | "number":
            return f"{value:,.2f}"
        case "signed":
            shown = f"{value:+,}" if isinstance(value, int) else f"{value:+,.2f}"
            return shown.replace("-", "−")
        case "date":
            return f"{value:%Y-%m-%d}"
        case "month":
            return f"{value:%Y-%m}"
        case "time":
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case "yes":
            return "yes" if value else "no"
        case _:
            return str(value)


def for_script(value: Any) -> Markup:
    """A value as JSON that can't end the script element that it stands in."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


@functools.cache
def library() -> str:
    """Vega-Lite, Vega and Vega-Embed as one script.

    Raises:
        RuntimeError: when it could end the script element that it stands in.
    """
    major_minor = ".".join(alt.SCHEMA_VERSION.lstrip("v").split(".")[:2])
    bundle = vl_convert.javascript_bundle(vl_version=major_minor)  # type: ignore[call-arg]
    script = bundle.replace("\r\n", "\n")
    if "</script" in script.lower() or "<!--" in script:
        raise RuntimeError("The charting library can't be inlined: it holds an end of script.")
    return script


def policy_of(*scripts: str) -> str:
    """A content policy that lets these scripts run, and nothing else: no network, no frame."""
    digests = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in scripts
    )
    return (
        f"default-src 'none'; script-src {digests}; style-src 'unsafe-inline'; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )


def page(sections: Sequence[Section], facts: dict[str, Any]) -> str:
    """The whole page as text.

    Args:
        sections: in their order.
        facts: what the head says: as_of, month, run, run_ended, written, is_masked.
    """
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined
    )
    environment.filters["as_text"] = as_text
    scripts = [library(), (FOLDER / "page.js").read_text()]
    specifications = {
        chart.key: {"specification": chart.spec, "alternative": chart.alternative}
        for section in sections
        for chart in section.charts
        if chart.spec
    }
    return environment.get_template("page.html.jinja").render(
        sections=sections,
        facts=facts,
        policy=policy_of(*scripts),
        style=Markup((FOLDER / "page.css").read_text()),
        specifications=for_script(specifications),
        library=Markup(scripts[0]),
        script=Markup(scripts[1]),
    )


def moment(time: dt.datetime | None) -> str:
    """A time, UTC, as the head of the page shows it."""
    return f"{time:%Y-%m-%d %H:%M:%S} UTC" if time else NOTHING
