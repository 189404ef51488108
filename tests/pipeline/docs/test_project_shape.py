"""The project keeps its shape: layers, contracts, documentation, privacy labels, sizes and names.

Everything is read from what dbt itself parsed, so that a new model, column, macro or var that
breaks a rule of the house fails here, with its name.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import PROJECT, Warehouse

from benefits_warehouse.feeds import load_feeds
from benefits_warehouse.feeds_files import by_hand, differences

Node = dict[str, Any]

# Arrows run down this list only; enrichment stands before intermediate and reads nothing but seeds.
LAYERS = [
    "seeds",
    "landing",
    "staging",
    "enrichment",
    "intermediate",
    "quality",
    "marts",
    "ops",
    "findings",
]
CI = PROJECT / ".ci"
PUBLISHED = {"quality", "marts", "ops", "findings"}
PII = {"none", "pseudonym", "masked"}
DOMAINS = {"people", "coverage", "claims", "spending", "quality", "operations", "companies"}
PERSONAL = {column for feed in load_feeds().values() for column in feed.having("pii")}
# Published columns that are named after a personal one, with what they hold instead.
HARMLESS = {"email_domain": "a company's domain", "email_domains": "the same"}
HARMLESS |= {"email_token": "a keyed token"}

QUARANTINE = "rejection_reason all_reasons source_file source_row first_seen_at run_id"
# Section 3 of the specification: relation to the columns that must be there; more are welcome.
SPECIFIED = {
    "marts.dim_companies": "company_ein company_name expected_employees email_domains industry "
    "revenue headcount enrichment_status enriched_at",
    "marts.dim_employees": "person_id full_name title email email_domain company_ein "
    "company_ein_source start_date dq_flags is_deleted load_id",
    "marts.fct_claims": "claim_id company_ein service_date amount claim_type dq_flags load_id",
    "marts.fct_plan_coverage": "company_ein plan_type coverage_start coverage_end carriers "
    "plan_count",
    "marts.plan_gaps": "company_ein company_name plan_type gap_type gap_start gap_end "
    "gap_length_days previous_carrier next_carrier claims_in_gap claim_cost_in_gap",
    "marts.claims_cost_windows": "company_ein window_start window_end prev_90d_cost "
    "current_90d_cost pct_change status",
    "marts.claims_cost_spikes": "company_ein company_name first_flagged_on last_flagged_on "
    "window_start window_end prev_90d_cost current_90d_cost pct_change claims_current claims_prev "
    "frequency_effect severity_effect top_claim_share",
    "marts.roster_mismatch": "company_ein company_name expected observed quarantined difference "
    "pct_diff direction severity",
    "marts.roster_differences": "company_ein side person_id employee_id difference_type",
    "marts.dim_account_holders": "employee_id first_name last_name email hire_date status "
    "is_terminated terminated_on dq_flags is_deleted load_id",
    "marts.dim_benefit_programs": "benefit_type program_name monthly_allowance",
    "marts.dim_merchants": "merchant primary_category transaction_count",
    "marts.fct_transactions": "transaction_id employee_id benefit_account_id merchant amount "
    "transaction_at category benefit_type program_name dq_flags load_id",
    "marts.account_utilization": "benefit_account_id month allowance spend utilization_pct "
    "over_allowance",
    "quality.quarantine_employees": "person_id full_name title email company_ein start_date notes "
    f"last_updated {QUARANTINE}",
    "quality.quarantine_plans": "company_ein plan_type carrier_name start_date end_date "
    f"last_updated {QUARANTINE}",
    "quality.quarantine_claims": "claim_id company_ein service_date amount claim_type "
    f"last_updated {QUARANTINE}",
    "quality.quarantine_account_holders": "employee_id first_name last_name email hire_date status "
    f"termination_date last_updated {QUARANTINE}",
    "quality.quarantine_benefit_accounts": "benefit_account_id employee_id benefit_type "
    f"program_name monthly_allowance current_balance last_updated {QUARANTINE}",
    "quality.quarantine_transactions": "transaction_id employee_id benefit_account_id merchant "
    f"amount timestamp category last_updated {QUARANTINE}",
    "quality.validation_errors": "row_id source feed record_key field error_reason tier rule_rank "
    "source_file source_row first_seen_at run_id",
    "quality.rejected_lines": "source feed source_file source_line error_reason run_id",
    "quality.reconciliation": "source feed rows_landed rows_superseded rows_deleted rows_valid "
    "rows_quarantined lines_rejected difference",
    "quality.dq_scorecard": "source feed rule_id tier rows_failed rows_checked pass_rate",
    "quality.column_profile": "source feed column_name rows_total null_rate distinct_count "
    "unparseable_rate",
    "quality.schema_drift": "source feed column_name drift severity detected_at run_id",
    "ops.run_history": "run_id started_at finished_at status command rows_in rows_out "
    "rows_quarantined validation_errors enriched enrichment_failed runtime_seconds versions",
    "ops.node_history": "run_id node resource_type status rows_affected execution_seconds message",
    "ops.watermarks": "source feed last_load_id last_loaded_at max_last_updated rows_total",
    "ops.loaded_files": "source feed file size content_hash status reason rows rejected load_id "
    "run_id",
}


# What a visitor meets first; a new name there is a decision.
TOP_LEVEL = {
    *(".ci", ".dockerignore", ".editorconfig", ".github", ".gitignore", ".sqlfluffignore"),
    *("Dockerfile", "Makefile", "README.md", "compose.yaml", "dbt_project.yml", "profiles.yml"),
    *("package-lock.yml", "packages.yml", "pyproject.toml", "requirements.lock", "selectors.yml"),
    *("analyses", "macros", "models", "packages", "python", "seeds", "snapshots", "tests"),
}


@pytest.fixture(scope="module")
def manifest() -> Node:
    return json.loads((Warehouse.parsed() / "target" / "manifest.json").read_text())


@pytest.fixture(scope="module")
def models(manifest: Node) -> list[Node]:
    found = [node for node in own(manifest["nodes"]) if node["resource_type"] == "model"]
    assert len(found) > 50
    return found


@pytest.fixture(scope="module")
def snapshots(manifest: Node) -> list[Node]:
    found = [node for node in own(manifest["nodes"]) if node["resource_type"] == "snapshot"]
    assert len(found) > 1
    return found


@pytest.fixture(scope="module")
def published(models: list[Node]) -> list[Node]:
    """The last layers, without the parts that become no relation of their own."""
    return [model for model in models if layer_of(model) in PUBLISHED and is_built(model)]


@pytest.fixture(scope="module")
def macros(manifest: Node) -> list[Node]:
    found = [
        macro
        for macro in own(manifest["macros"])
        if macro["original_file_path"].startswith("macros/") and not is_form(macro)
    ]
    assert len(found) > 40
    return found


def is_form(macro: Node) -> bool:
    """Whether a macro is the form for an engine of the macro that names its file."""
    return macro["name"].partition("__")[2] == Path(macro["original_file_path"]).stem


def own(nodes: dict[str, Node]) -> list[Node]:
    """What is the project's, not a package's."""
    return [node for node in nodes.values() if node["package_name"] == "benefits_warehouse"]


def is_built(node: Node) -> bool:
    """False for a model that is only a part of the SQL of others."""
    return node["config"]["materialized"] != "ephemeral"


def layer_of(node: Node) -> str:
    """The layer of a seed, a source or a model: the first folder of a model."""
    return "seeds" if node["resource_type"] == "seed" else node["fqn"][1]


def meta_of(column: Node) -> Node:
    return column.get("config", {}).get("meta", {})


def columns_of(nodes: list[Node]) -> Iterator[tuple[str, Node]]:
    """`model.column` and the column, over all nodes."""
    for node in nodes:
        for column in node["columns"].values():
            yield f"{node['name']}.{column['name']}", column


def texts(*folders: str, suffixes: tuple[str, ...] = (".sql", ".py", ".yml")) -> dict[Path, str]:
    """The project's own files below some folders, with their text."""
    return {
        path: path.read_text()
        for folder in folders
        for path in sorted((PROJECT / folder).rglob("*"))
        if path.suffix in suffixes and path.is_file()
    }


def fail_on(problems: list[str]) -> None:
    assert not problems, "\n".join(["", *problems])


def test_the_top_level_stays_small() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert {name.split("/")[0] for name in listed.stdout.splitlines()} == TOP_LEVEL
    assert len((PROJECT / "README.md").read_text().splitlines()) <= 150


def test_specified_columns_are_in_the_contract(published: list[Node]) -> None:
    relations = {f"{model['schema']}.{model['alias']}": model for model in published}
    fail_on(
        [
            f"{relation}.{column} is in the specification, but not in the contract"
            for relation, columns in SPECIFIED.items()
            for column in columns.split()
            if column not in relations.get(relation, {"columns": {}})["columns"]
        ]
    )
    assert set(relations) >= set(SPECIFIED)


def test_published_columns_are_described_typed_and_labelled(published: list[Node]) -> None:
    problems = []
    for name, column in columns_of(published):
        meta = meta_of(column)
        problems += [
            f"{name} has no {part}" for part in ("description", "data_type") if not column[part]
        ]
        if meta.get("pii") not in PII:
            problems.append(f"{name}: meta.pii is {meta.get('pii')!r}, not one of {sorted(PII)}")
        if meta.get("domain") not in DOMAINS:
            problems.append(f"{name}: meta.domain is {meta.get('domain')!r}")
    fail_on(problems)


def test_published_personal_data_is_masked(published: list[Node]) -> None:
    """A direct identifier is never published, whatever its label says."""
    fail_on(
        [
            f"{name} is personal data and must be masked"
            for name, column in columns_of(published)
            if (column["name"] in PERSONAL or meta_of(column).get("pii") == "direct")
            and meta_of(column).get("pii") != "masked"
        ]
    )


def test_columns_named_after_personal_ones_are_masked(published: list[Node]) -> None:
    """work_email or email_text: what is called so is masked, or known to be harmless."""
    fail_on(
        [
            f"{name} is named after {personal}, and labelled {meta_of(column).get('pii')}"
            for name, column in columns_of(published)
            for personal in PERSONAL
            if re.search(rf"(^|_){personal}s?(_|$)", column["name"])
            and column["name"] not in HARMLESS
            and meta_of(column).get("pii") != "masked"
        ]
    )


def test_labels_agree_with_the_feeds(manifest: Node) -> None:
    """What var feeds masks is labelled direct where it is landed, and nothing else is.

    Masks of quarantine and evidence follow var feeds, what dbt shows and stores follows labels.
    """
    problems = []
    for name, feed in load_feeds().items():
        landed = f"land_{name.replace('.', '__')}"
        source = manifest["sources"][f"source.benefits_warehouse.landing.{landed}"]
        labelled = {
            column["name"]
            for column in source["columns"].values()
            if meta_of(column).get("pii") == "direct"
        }
        problems += [
            f"{landed}.{column} is labelled direct or masked by var feeds, and not both"
            for column in labelled ^ set(feed.having("pii"))
        ]
    fail_on(problems)


def test_files_of_the_feeds_are_what_the_registry_makes_of_them() -> None:
    """Byte for byte: who changes the registry runs `make feed`, and nobody edits these by hand."""
    assert differences(PROJECT) == []


def test_every_feed_has_its_models_rules_and_tests(manifest: Node) -> None:
    """What a feed needs beside the registry: a model that judges it, and rows of dq_rules."""
    problems = []
    for name, feed in load_feeds().items():
        problems += [f"{name} still needs {line}" for line in by_hand(PROJECT, name, feed)]
        for model in filter(None, (feed.mart, f"int_{feed.entity}_judged")):
            if f"model.benefits_warehouse.{model}" not in manifest["nodes"]:
                problems.append(f"{name}: there is no model {model}")
    fail_on(problems)


def test_restricted_personal_columns_are_labelled_direct(
    models: list[Node], snapshots: list[Node]
) -> None:
    """Wherever a restricted model carries a personal column on, its label goes with it."""
    fail_on(
        [
            f"{name} is personal, and labelled {meta_of(column).get('pii')}"
            for name, column in columns_of(models + snapshots)
            if column["name"] in PERSONAL and meta_of(column).get("pii") not in ("direct", "masked")
        ]
    )


def test_published_models_have_contract_group_owner_and_access(
    published: list[Node], manifest: Node
) -> None:
    owners = {group["name"]: group["owner"] for group in manifest["groups"].values()}
    problems = []
    for model in published:
        owner = owners.get(model["group"], {})
        if not model["contract"]["enforced"]:
            problems.append(f"{model['name']}: the contract is not enforced")
        if model["access"] != "public":
            problems.append(f"{model['name']}: access is {model['access']}, not public")
        if not owner.get("name") or not owner.get("email"):
            problems.append(f"{model['name']}: no group with an owner (name and email)")
        if model["database"] != "analytics":
            problems.append(f"{model['name']} is published, but built in {model['database']}")
    fail_on(problems)


def test_snapshots_are_restricted_history(snapshots: list[Node]) -> None:
    """They hold clear personal data, keep who left, and have an owner like all that people read."""
    wanted = {
        "database": "restricted",
        "schema": "snapshots",
        "hard_deletes": "new_record",
        "group": "benefits_data",
    }
    fail_on(
        [
            f"{snapshot['name']}: {name} is {snapshot['config'].get(name)}, not {value}"
            for snapshot in snapshots
            for name, value in wanted.items()
            if snapshot["config"].get(name) != value
        ]
    )


def test_models_say_what_a_row_is(models: list[Node], snapshots: list[Node]) -> None:
    fail_on(
        [
            f"{model['name']}: the description does not start with 'One row per'"
            for model in models + snapshots
            if not model["description"].startswith("One row per ")
        ]
    )


def test_all_columns_are_documented_as_built(
    models: list[Node], snapshots: list[Node], manifest: Node, seed_warehouse: Warehouse
) -> None:
    """Of restricted ones and landed rows too; `dbt docs generate` tells what is really there."""
    result = seed_warehouse.dbt("docs", "generate")
    assert result.success, seed_warehouse.output[-3000:]
    found = json.loads((seed_warehouse.folder / "target" / "catalog.json").read_text())
    catalog = found["nodes"] | found["sources"]
    landed = list(manifest["sources"].values())
    assert len(landed) > 5
    problems = []
    for model in [*filter(is_built, models), *snapshots, *landed]:
        built = {
            column["name"]: column["type"].lower().replace(" ", "")
            for column in catalog[model["unique_id"]]["columns"].values()
        }
        documented = {column["name"]: column for column in model["columns"].values()}
        for name in built.keys() ^ documented.keys():
            where = "built" if name in built else "documented"
            problems.append(f"{model['name']}.{name} is only {where}")
        for name, column in documented.items():
            wanted = (column["data_type"] or "").lower().replace(" ", "")
            if not column["description"].strip():
                problems.append(f"{model['name']}.{name} has no description")
            if not meta_of(column).get("pii") or meta_of(column).get("domain") not in DOMAINS:
                problems.append(f"{model['name']}.{name} has no meta.pii or meta.domain")
            if wanted and name in built and built[name] != wanted:
                problems.append(f"{model['name']}.{name} is {built[name]}, documented as {wanted}")
    fail_on(problems)


def test_arrows_run_down_the_layers(models: list[Node], manifest: Node) -> None:
    """A snapshot counts as part of the lowest layer that it reads."""

    def rank(node: Node) -> int:
        if node["resource_type"] == "snapshot":
            return max(rank(manifest["nodes"][parent]) for parent in node["depends_on"]["nodes"])
        return LAYERS.index(layer_of(node))

    problems = []
    for model in models:
        for parent_id in model["depends_on"]["nodes"]:
            parent = (manifest["nodes"] | manifest["sources"])[parent_id]
            arrow = f"{parent['name']} -> {model['name']}"
            if rank(parent) > rank(model):
                problems.append(f"{arrow}: up from {layer_of(parent)} to {layer_of(model)}")
            if layer_of(model) == "enrichment" and parent["resource_type"] != "seed":
                problems.append(f"{arrow}: enrichment reads seeds only")
    fail_on(problems)


def test_models_are_small_and_named_short(models: list[Node]) -> None:
    problems = [
        f"{model['name']} is longer than 40 characters"
        for model in models
        if len(model["name"]) > 40
    ]
    for path, text in texts("models", suffixes=(".sql",)).items():
        name, lines = path.relative_to(PROJECT), text.splitlines()
        if len(lines) > 150:
            problems.append(f"{name} has {len(lines)} lines, more than 150")
        problems += [
            f"{name}:{number} has {len(line)} columns, more than 100"
            for number, line in enumerate(lines, start=1)
            if len(line) > 100
        ]
    fail_on(problems)


def test_macros_are_documented(macros: list[Node]) -> None:
    problems = []
    for macro in macros:
        if not macro["description"].strip():
            problems.append(f"{macro['name']} has no description")
        for argument in macro["arguments"]:
            if not argument["type"] or not argument["description"].strip():
                problems.append(f"{macro['name']}: {argument['name']} has no type or description")
    fail_on(problems)


def test_macro_files_are_named_like_their_macro(macros: list[Node]) -> None:
    """One macro a file; in macros/system, look-ups of the one that names the file stand with it."""
    problems = []
    kinds = re.compile(r"^(materialization_\w+)_(duckdb|spark)$")
    for macro in macros:
        path = Path(macro["original_file_path"])
        main = kinds.sub(r"\1", macro["name"])
        if main != path.stem and path.parts[1] != "system":
            problems.append(f"{path} holds {macro['name']}")
    stems = {kinds.sub(r"\1", macro["name"]) for macro in macros}
    problems += [
        f"{path.relative_to(PROJECT)} has no macro of its name"
        for path in texts("macros", suffixes=(".sql",))
        if path.stem not in stems
    ]
    fail_on(problems)


def test_the_rooms_of_the_system_stay_small() -> None:
    files = [*(PROJECT / "macros" / "system").rglob("*.sql")]
    assert 10 < len(files) <= 30


def test_every_var_is_read() -> None:
    project = PROJECT / "dbt_project.yml"
    sources = texts("models", "macros", "snapshots", "analyses", "seeds", "tests")
    everything = "\n".join([project.read_text(), *sources.values()])
    read = set(re.findall(r"""\bvar\(\s*["'](\w+)["']""", everything))
    for text in texts("python").values():  # commands beside dbt
        read |= set(re.findall(r"""\bgiven_vars\(\w+\)\[["'](\w+)["']\]""", text))
    known = yaml.safe_load(project.read_text())["vars"]
    fail_on(
        [f"var {name} is set in dbt_project.yml, but read nowhere" for name in known.keys() - read]
    )


def test_dbt_has_no_complaint(macros: list[Node]) -> None:
    """No deprecation, and no argument in a macro's YAML that its Jinja or dbt does not know."""
    names = "|".join(re.escape(macro["name"]) for macro in macros)
    complaint = re.compile(rf"deprecat|\bmacro ({names}) (does not match|has an invalid)", re.I)
    told = (Warehouse.parsed() / "console").read_text()
    fail_on([line for line in told.splitlines() if complaint.search(line)])


def test_every_export_has_an_exposure(manifest: Node) -> None:
    """With the models that the export reads: who changes one sees the file that changes."""
    exports = (PROJECT / "macros" / "exports" / "export_files.sql").read_text()
    files = {}
    for call in re.split(r"do (?=export_(?:csv|file)\()", exports)[1:]:
        name = re.search(r'"(\w+\.(?:csv|parquet))"', call)[1]
        of_csv = re.match(r'export_csv\(\s*"[\w.]+",\s*"(\w+)"', call)
        files[name] = {of_csv[1]} if of_csv else set(re.findall(r'relation_of\("(\w+)"', call))
        assert files[name], name
    assert len(files) > 5
    files["run_log.jsonl"] = {"run_history"}
    exposures = {exposure["label"]: exposure for exposure in manifest["exposures"].values()}
    for name, models in files.items():
        depends_on = {node.split(".")[-1] for node in exposures[name]["depends_on"]["nodes"]}
        assert depends_on == models, name


def test_exposures_and_semantic_models_rest_on_published_models(manifest: Node) -> None:
    problems = []
    for kind in ("exposures", "semantic_models"):
        assert len(manifest[kind]) > 8
        for node in own(manifest[kind]):
            problems += [
                f"{node['name']} rests on {parent}, which is not published"
                for parent in node["depends_on"]["nodes"]
                if layer_of(manifest["nodes"][parent]) not in PUBLISHED
            ]
            if not node["description"].strip():
                problems.append(f"{node['name']} has no description")
    for exposure in manifest["exposures"].values():
        if not exposure["owner"].get("email") or not exposure["owner"].get("name"):
            problems.append(f"{exposure['name']} has no owner")
    fail_on(problems)


def test_metrics_are_described_and_asked(manifest: Node) -> None:
    """Each metric has a query in .ci/metrics.sql, which `make grade` compares with plain SQL."""
    asked = set()
    for names in re.findall(r"^-- mf .*--metrics (\S+)", (CI / "metrics.sql").read_text(), re.M):
        asked |= set(names.split(","))
    metrics = own(manifest["metrics"])
    assert {metric["name"] for metric in metrics} == asked
    fail_on(
        [
            f"{metric['name']} has no label or description"
            for metric in metrics
            if not metric["description"].strip()
            or metric["label"] == metric["name"]
            or metric["description"].startswith("Metric created from")
        ]
    )
