"""The page: sections put into the template, and everything that it needs put into the file."""

from __future__ import annotations

import base64
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

from benefits_warehouse.dashboard.findings import kind_title
from benefits_warehouse.dashboard.section import Chart, Section, as_text

FOLDER = Path(__file__).parent


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


def page(
    sections: Sequence[Section],
    facts: dict[str, Any],
    attention: dict[str, Any] | None,
    charts: Sequence[Chart],
    data: dict[str, Any],
) -> str:
    """The whole page as text.

    Args:
        sections: in their order.
        facts: what the head says: as_of, month, run, run_ended, written, is_masked.
        attention: the first screen, see findings.first_screen; None without findings.
        charts: further ones than those of the sections.
        data: findings and companies, for the page's script.
    """
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined
    )
    environment.filters["as_text"] = as_text
    environment.filters["kind_title"] = kind_title
    scripts = [library(), *((FOLDER / name).read_text() for name in ("page.js", "findings.js"))]
    specifications = {
        chart.key: {"specification": chart.spec, "alternative": chart.alternative}
        for chart in [*charts, *(chart for section in sections for chart in section.charts)]
        if chart.spec
    }
    return environment.get_template("page.html.jinja").render(
        sections=sections,
        facts=facts,
        policy=policy_of(*scripts),
        style=Markup((FOLDER / "page.css").read_text()),
        specifications=for_script(specifications),
        attention=attention,
        data=for_script(data),
        scripts=[Markup(script) for script in scripts],
    )
