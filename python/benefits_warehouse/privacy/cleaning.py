"""SQL of the macros in macros/cleaning, for Python that compares values as the warehouse does."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment

MACROS = Path(__file__).resolve().parents[3] / "macros" / "cleaning"


@cache
def macros() -> Any:
    """All of them as one Jinja module, since they call each other; dbt is not needed for it.

    Vars are not known here, so that clean_date and clean_timestamp need an order.
    """
    texts = [path.read_text() for path in sorted(MACROS.glob("*.sql"))]
    return Environment().from_string("".join(texts)).module


def cleaned(macro: str, expression: str, **options: str) -> str:
    """SQL of a cleaning macro.

    Args:
        macro: its name, such as clean_email.
        expression: SQL of the text; for clean_text and tidy_text as delivered, else tidied.
        options: further arguments of the macro, such as order.

    Returns:
        What dbt makes of the macro with that argument.
    """
    return str(getattr(macros(), macro)(expression, **options))
