"""The vars of dbt_project.yml: what each may hold.

A var that the project does not know, or of a wrong type or range, stops the run before anything
changes: dbt itself takes any name and any value, so that a misspelt threshold does nothing.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    ValidationError,
)

from benefits_warehouse.feeds import PROJECT

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]  # takes whole ones, not booleans
Share = Annotated[Number, Field(ge=0, le=1)]
Percent = Annotated[Number, Field(ge=0, le=100)]
Seconds = Annotated[Number, Field(ge=0.1)]
Count = Annotated[StrictInt, Field(ge=1)]
Place = Annotated[
    StrictStr, Field(pattern=r"^$|\S", title="the path of a folder, or empty, and not blank")
]
Threshold = Number | dict[str, Number | None] | Literal["rhythm_days"] | None


def calendar_day(value: str) -> str:
    """A day as YYYY-MM-DD, or nothing."""
    if value and dt.date.fromisoformat(value).isoformat() != value:
        raise ValueError
    return value


def ascending(values: tuple[Number, ...]) -> tuple[Number, ...]:
    """Numbers, each above the one before."""
    if list(values) != sorted(set(values)):
        raise ValueError
    return values


class Known(BaseModel):
    """Knows no name but its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Gate(Known):
    """A gate of quality: where it warns, and where it fails the build."""

    warn: Threshold = None
    error: Threshold = None


class Gates(Known):
    """See tests/quality/assert_gates_are_kept.sql and assert_deliveries_are_usual.sql."""

    rows_min: Gate | None = None
    quarantined_pct_max: Gate | None = None
    unparseable_pct_max: Gate | None = None
    overdue_days_max: Gate | None = None
    volume_times_min: Gate | None = None
    volume_times_max: Gate | None = None


class Usual(Known):
    """What the usual size of a delivery is taken from."""

    of_recent: Count
    at_least: Count
    from_rows: Annotated[StrictInt, Field(ge=0)]


class Variables(Known):
    """The vars; the title says what one must be, and dbt_project.yml what it means."""

    landing_zone: Place
    change_origin: Annotated[StrictBool, Field(title="true or false, without quotes")]
    export_dir: Place
    export_max_rows: Annotated[Count, Field(title="a whole number from 1")]
    as_of_date: Annotated[
        dt.date | Annotated[StrictStr, AfterValidator(calendar_day)],
        Field(title="a day as YYYY-MM-DD, or empty"),
    ]
    plan_gap_min_days: Annotated[StrictInt, Field(ge=0, title="a whole number from 0")]
    spike_window_days: Annotated[Count, Field(title="a whole number from 1")]
    spike_threshold_pct: Annotated[Number, Field(ge=0, title="a number from 0")]
    spike_min_growth: Annotated[Number, Field(ge=0, title="a number from 0")]
    full_credibility_claims: Annotated[Number, Field(gt=0, title="a number above 0")]
    renewal_notice_days: Annotated[StrictInt, Field(ge=1, title="a whole number from 1")]
    roster_severity_bands: Annotated[
        tuple[Number, Number, Number],
        AfterValidator(ascending),
        Field(title="three ascending numbers, such as [20, 50, 100]"),
    ]
    max_unpacked_mb: Annotated[Number, Field(gt=0, title="a number above 0")]
    max_snapshot_shrink_pct: Annotated[Percent, Field(title="a number from 0 to 100")]
    min_cell_size: Annotated[StrictInt, Field(ge=2, title="a whole number from 2")]
    retention_days: Annotated[StrictInt, Field(ge=0, title="a whole number from 0")]
    lake_snapshot_days: Count
    pii_masking_enabled: Annotated[StrictBool, Field(title="true or false, without quotes")]
    enrichment_mode: Annotated[Literal["stub", "http"], Field(title="stub or http")]
    enrichment_ttl_days: Annotated[Number, Field(ge=0, title="a number from 0")]
    enrichment_base_url: Annotated[StrictStr, Field(title="a URL, or empty")]
    enrichment_allow_insecure: Annotated[StrictBool, Field(title="true or false, without quotes")]
    enrichment_attempt_seconds: Annotated[Seconds, Field(title="a number from 0.1")]
    enrichment_domain_seconds: Annotated[Seconds, Field(title="a number from 0.1")]
    enrichment_run_seconds: Annotated[Seconds, Field(title="a number from 0.1")]
    enrichment_attempts: Annotated[Count, Field(title="a whole number from 1")]
    enrichment_calls_at_once: Annotated[Count, Field(title="a whole number from 1")]
    date_order: Annotated[Literal["mdy", "dmy"], Field(title="mdy or dmy")]
    earliest_date: Annotated[
        dt.date | Annotated[StrictStr, Field(min_length=1), AfterValidator(calendar_day)],
        Field(title="a day as YYYY-MM-DD"),
    ]
    feed_modes: Annotated[
        dict[str, Literal["snapshot", "delta"]], Field(title="snapshot or delta, by source.feed")
    ]
    retyped_min_share: Annotated[Share, Field(title="a number from 0 to 1")]
    quality_gates: Annotated[
        Gates, Field(title="numbers, numbers by source.feed, or null, under warn and error")
    ]
    usual_volume: Annotated[Usual, Field(title="of_recent, at_least and from_rows, whole numbers")]
    feeds: dict[str, Any]  # see feeds.py
    record_key: StrictStr = ""  # of analyses/why_is_this_row_not_in_the_mart.sql


def variable_problems(given: Mapping[str, Any], project: Path = PROJECT) -> list[str]:
    """What is wrong with the vars of a run, a sentence each.

    Args:
        given: the vars of the command line, which come before those of the project.
        project: folder of dbt_project.yml.
    """
    known = yaml.safe_load((project / "dbt_project.yml").read_text())["vars"]
    return list(dict.fromkeys(problems_of({**known, **given})))


def problems_of(values: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with values of all vars, a sentence each."""
    fields = Variables.model_fields
    try:
        variables = Variables.model_validate(values)
    except ValidationError as error:
        for problem in error.errors():
            name, *inner = map(str, problem["loc"])
            if problem["type"] == "missing" and not inner:
                yield f"{name} is not in dbt_project.yml"
            elif problem["type"] == "extra_forbidden":
                choices = list(fields if not inner else Gates.model_fields)
                near = difflib.get_close_matches([name, *inner][-1], choices, 1)
                hint = f"; did you mean {near[0]}?" if near else ""
                yield f"there is no {'.'.join([name, *inner])}{hint}"
            else:
                yield f"{name} must be {fields[name].title}"
        return
    feeds = variables.feeds
    named = {"feed_modes": variables.feed_modes}
    for gate, levels in variables.quality_gates:
        for threshold in (levels.warn, levels.error) if levels else ():
            if isinstance(threshold, dict):
                named[f"quality_gates.{gate}"] = threshold
    for place, by_feed in named.items():
        for feed in set(by_feed) - set(feeds):
            near = difflib.get_close_matches(feed, list(feeds), 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            yield f"{place}: there is no feed {feed}{hint}"
    if variables.enrichment_mode == "http" and not variables.enrichment_base_url:
        yield "enrichment_mode http needs enrichment_base_url"
