"""dbt-autofix without a network: it would ask for schemas of YAML files and names of the hub.

The schemas are those that the locked dbt-core brings, so that the same tree gets the same result
everywhere. Words are those of `dbt-autofix`.
"""

from __future__ import annotations

import sys
import urllib.request
from typing import Any

from dbt.jsonschemas.jsonschemas import project_schema, resources_schema


def refuse(*_: Any, **__: Any) -> None:
    """Stands where the hub is asked; without an answer dbt-autofix continues."""
    raise OSError("no network")


urllib.request.urlopen = refuse

from dbt_autofix import retrieve_schemas  # noqa: E402
from dbt_autofix.main import app  # noqa: E402

retrieve_schemas.get_fusion_latest_version = lambda _: "of dbt-core"
retrieve_schemas.get_fusion_yml_schema = lambda *_: resources_schema()
retrieve_schemas.get_fusion_dbt_project_schema = lambda *_: project_schema()

if __name__ == "__main__":
    sys.exit(app())
