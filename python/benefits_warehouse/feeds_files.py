"""`make feed`: the files that follow from the registry of feeds, made and compared.

    python -m benefits_warehouse.feeds_files [source.feed] [--check]

Of each feed the staging model, the quarantine model and the header of its seed; for all of them the
YAML of landed rows, staging, quarantine, seeds and rules, the seeds that landing_ledger.py names,
and the quarantine tables that the dashboard reads. They are committed, so that they can be read;
who wants another line changes the registry, or this. What a feed still needs is told at the end.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from benefits_warehouse.feeds import PROJECT, TEXTS, Column, Feed, load_feeds, seed_of

MADE = "Made by `make feed` from var feeds: what is changed here is lost.\n"
YAML_HEAD, SQL_HEAD = f"# {MADE}", f"-- {MADE}"
LEDGER = "models/landing/landing_ledger.py"
BLOCK = re.compile(r"(    # The seeds of the feeds, made by [^\n]*\n).*?(    \}\n)", re.S)
WIDTH = 100
# Columns that each feed has beside its own: name to type and label.
LANDED = {
    "file_id": "none",
    "load_id": "none",
    "source_file": "none",
    "source_row": "none",
    "loaded_at": "none",
    "content_hash": "pseudonym",
    "sender": "none",
}
STAGED = ("row_id", "file_id", "load_id", "loaded_at", "source_row", "content_hash", "sender")
WITHHELD = {
    "rejection_reason": ("varchar", "quality", "Never null here."),
    "all_reasons": ("varchar[]", "quality", "Never empty here."),
    "dq_flags": ("varchar[]", "quality", ""),
    "row_id": ("bigint", "operations", ""),
    "source_file": ("varchar", "operations", ""),
    "source_row": ("bigint", "operations", ""),
    "first_seen_at": ("timestamp", "operations", ""),
    "run_id": ("varchar", "operations", ""),
}
NEVER_NULL = ("rejection_reason", "row_id")
MASKED = {"name": "name_masked", "email": "email_masked", "hidden": "hidden_masked"}


def text_of(column: str, says: Column) -> str:
    """The cleaning of a column in CTE tidied, without what it is called."""
    varied = ", is_varied=true" if says.varied else ""
    if says.varied and says.type in ("money", "timestamp"):
        return column
    macro = {"text": "clean_text", "name": "clean_name"}.get(says.type, "tidy_text")
    return f"{{{{ {macro}('{column}'{varied}) }}}}"


def tidied_lines(column: str, says: Column) -> list[str]:
    """The lines of a column in CTE tidied."""
    text = text_of(column, says)
    name = says.staged_as or column
    if says.pii == "hidden":
        return [f"hash({text}) as {name}", f"{text} is not null as has_{column}_text"]
    if says.type in TEXTS:
        return [f"{text} as {name}"]
    if text == column:
        return [f"{column} as delivered_{column}"]
    token = [f"{column}_token"] if says.kind == "email" else []  # made when the row was landed
    return [f"{text} as {column}_text", *token]


def typed_line(column: str, says: Column) -> str:
    """The line of a column in CTE renamed, where it gets its type and name."""
    name = says.staged_as or column
    if says.pii == "hidden":
        return f"case when has_{column}_text then {name} end as {name}"
    if says.type in TEXTS:
        return name
    macro = "clean_end_date" if says.is_end else f"clean_{says.type}"
    if says.varied and says.type in ("money", "timestamp"):
        return f"{{{{ {macro}('delivered_{column}', is_varied=true) }}}} as {name}"
    return f"{{{{ {macro}('{column}_text') }}}} as {name}"


def ein_lines(column: str, says: Column) -> list[str]:
    """The lines that tell what an EIN that can't be read looks like."""
    name = says.staged_as or column
    return [
        f"{{{{ short_ein('{column}_text') }}}} as short_{name}",
        f"{{{{ holds_ssn('{column}_text') }}}} as has_ssn_in_{name}",
    ]


def time_line(name: str, column: str) -> str:
    """The line that tells whether a timestamp was delivered with a time of day."""
    return f"{{{{ has_time('{name}', '{column}') }}}} as has_{column}_time"


def unlimited_line(column: str) -> str:
    """The line that tells whether an amount is the word unlimited."""
    return f"{{{{ is_unlimited('{column}_text') }}}} as is_unlimited_{column}"


def delivered_line(column: str, says: Column) -> str:
    """The line that tells whether there was something in a column that is typed as delivered."""
    value = says.staged_as or column
    return f"{{{{ is_filled('delivered_{column}', value='{value}') }}}} as has_{column}_text"


def staging_sql(name: str, feed: Feed) -> str:
    """The staging model of a feed."""
    landed = f"land_{name.replace('.', '__')}"
    columns = feed.columns.items()
    raw = [c for c, says in columns if f"delivered_{c}" in "".join(tidied_lines(c, says))]

    def of(*types: str) -> list[str]:
        return [
            typed_line(column, says)
            for kind in types
            for column, says in columns
            if (says.type if says.pii != "hidden" else "hidden") == kind
        ]

    tidied = [line for column, says in columns for line in tidied_lines(column, says)]
    timed = [c for c, says in columns if says.type == "timestamp" and c != "last_updated"]
    tidied += [time_line(name, column) for column in timed]
    renamed = [
        *STAGED,
        *(typed_line(c, s) for c, s in columns if s.type in TEXTS and s.pii != "hidden"),
        *of("hidden", "email", "ein"),
        *(f"{column}_token" for column, says in columns if says.kind == "email"),
        *(line for c, s in columns if s.type == "ein" for line in ein_lines(c, s)),
        *(f"delivered_{column}" for column in raw),
        *of("money"),
        *(unlimited_line(column) for column, says in columns if says.may_be_unlimited),
        *(f"has_{column}_time" for column in timed),
        *(
            f"{{{{ is_filled('{column}_text') }}}} as has_{column}_text"
            for column, says in columns
            if says.type not in TEXTS and column not in raw
        ),
        *of("date", "timestamp"),
        *([] if "last_updated" in feed.columns else ["null::timestamp as last_updated"]),
    ]
    excluded = ", ".join(f"delivered_{column}" for column in raw)
    final = [
        f"* exclude ({excluded})" if raw else "*",
        *(delivered_line(column, feed.columns[column]) for column in raw),
        f"{{{{ entity_key('{name}') }}}} as entity_key",
    ]
    has_ein = any(says.type == "ein" for says in feed.columns.values())
    eins = "-- depends_on: {{ ref('company_identifiers') }}\n" if has_ein else ""
    return f"""{SQL_HEAD}-- depends_on: {{{{ ref('landing_ledger') }}}}
-- depends_on: {{{{ ref('sender_settings') }}}}
{eins}with

source as (
    select *
    from {{{{ settled_rows(
        '{name}',
        source('landing', '{landed}')
    ) }}}}
),

tidied as (
    select
        {{{{ lineage() }}}},
        {indented(tidied, 8)}
    from source
),

renamed as (
    select
        {indented(renamed, 8)}
    from tidied
)

select
    {indented(final, 4)}
from renamed
"""


def indented(lines: list[str], blanks: int) -> str:
    """Lines of a select list."""
    return (",\n" + " " * blanks).join(lines)


def quarantine_sql(name: str, feed: Feed) -> str:
    """The quarantine model of a feed."""
    config = "{{ config(materialized='after_judged', unique_key='row_id') }}\n\n"
    return f"""{SQL_HEAD}{config if feed.growth == "endless" else ""}{{{{ quarantine(
    '{name}',
    judged=ref('int_{feed.entity}_judged'),
    landed=source('landing', 'land_{name.replace(".", "__")}')
) }}}}
"""


class Words:
    """What describes columns: doc blocks, or the words of the registry.

    Args:
        project: the project folder.
    """

    def __init__(self, project: Path) -> None:
        texts = [path.read_text() for path in sorted((project / "models").rglob("*.md"))]
        self.blocks = set(re.findall(r"{% docs (\w+) %}", "\n".join(texts)))

    def of(self, column: str, says: Column) -> str:
        """The description of a column.

        Raises:
            ValueError: there is none.
        """
        block = says.doc or column
        if says.about:
            return says.about
        if block in self.blocks:
            return doc(block)
        raise ValueError(
            f"nothing describes the column {column}: give it `about` in the registry, or write a "
            f"doc block {block} in models/_docs.md"
        )

    def whether(self, column: str) -> str:
        """The description of has_<column>_text."""
        block = f"has_{column}_text"
        told = f"Whether {column} was delivered, readable or not."
        return doc(block) if block in self.blocks else told


def doc(block: str) -> str:
    """A doc block in YAML."""
    return f"{{{{ doc('{block}') }}}}"


def label(says: Column) -> str:
    """How a delivered column is labelled (meta.pii)."""
    if says.pii:
        return "direct"
    return "pseudonym" if says.identifies or (says.key and says.varied) else "none"


def entry(name: str, about: str, config: str, kind: str = "", never_null: bool = False) -> str:
    """The YAML of a column: in one line, or in two where that is too long."""
    kind = f'"{kind}"' if "[" in kind else kind
    parts = [f"name: {name}"] + ([f"data_type: {kind}"] if kind else [])
    parts += ["constraints: [type: not_null]"] if never_null else []
    parts += [f"config: *{config}"]
    text = about.strip()
    quoted = text if re.fullmatch(r"[\w .;/×+|-]+", text) else f'"{text}"'
    line = f"      - {{{', '.join([*parts, f'description: {quoted}'])}}}"
    if len(line) <= WIDTH:
        return line
    return f"      - {{{', '.join(parts)},\n         description: {quoted}}}"


def landed_columns(feed: Feed, words: Words) -> Iterator[str]:
    """The YAML of the columns of landed rows."""
    for name, pii in LANDED.items():
        more = " Null in the rows that record an absence." if name == "source_row" else ""
        yield entry(name, doc(name) + more, f"{pii}_operations")
    for column, says in feed.columns.items():
        about = f"{words.of(column, says)} {doc('as_delivered')}"
        yield entry(column, about, f"{label(says)}_{feed.domain}")
    for column, says in feed.columns.items():
        if says.kind == "email":
            yield entry(f"{column}_token", doc("email_token"), f"pseudonym_{feed.domain}")


def staged_columns(feed: Feed, words: Words) -> Iterator[str]:
    """The YAML of the columns of a staging model."""
    for name in STAGED:
        yield entry(name, doc(name), f"{LANDED.get(name, 'none')}_operations")
    for column, says in feed.columns.items():
        name = says.staged_as or column
        absent = doc("null_if_missing" if says.type in TEXTS else "null_if_unreadable")
        about, pii = f"{words.of(column, says)} {absent}", label(says)
        if says.pii == "hidden":
            about, pii = f"Hash of {column}, to count distinct ones; null without any.", "none"
        yield entry(name, about, f"{pii}_{feed.domain}")
        if says.type == "ein":
            yield entry(f"short_{name}", doc("short_ein"), f"none_{feed.domain}")
            yield entry(f"has_ssn_in_{name}", doc("has_ssn"), f"none_{feed.domain}")
        if says.kind == "email":
            yield entry(f"{column}_token", doc("email_token"), f"pseudonym_{feed.domain}")
        if says.may_be_unlimited:
            yield entry(f"is_unlimited_{name}", doc("is_unlimited"), f"none_{feed.domain}")
        if says.type == "timestamp" and column != "last_updated":
            yield entry(f"has_{column}_time", doc("has_time"), f"none_{feed.domain}")
        if says.type not in TEXTS:
            yield entry(f"has_{column}_text", words.whether(column), f"none_{feed.domain}")
    if "last_updated" not in feed.columns:
        about = "Always null: the sender does not tell when a row changed."
        yield entry("last_updated", about, f"none_{feed.domain}")
    yield entry("entity_key", doc("entity_key"), f"pseudonym_{feed.domain}")


def withheld_columns(feed: Feed, words: Words) -> Iterator[str]:
    """The YAML of the columns of a quarantine table."""
    for column, says in feed.columns.items():
        about = f"{words.of(column, says)} {doc(MASKED.get(says.pii or '', 'as_delivered'))}"
        pii = "masked" if says.pii else label(says)
        yield entry(column, about, f"{pii}_{feed.domain}", "varchar")
    for name, (kind, domain, more) in WITHHELD.items():
        yield entry(name, f"{doc(name)} {more}", f"none_{domain}", kind, name in NEVER_NULL)


def seed_columns(feed: Feed, words: Words) -> Iterator[str]:
    """The YAML of the columns of a feed's seed."""
    for column, says in feed.columns.items():
        about = f"{words.of(column, says)} {doc('as_delivered')}"
        yield entry(column, about, f"{label(says)}_{feed.domain}")


def node(name: str, about: str, columns: Iterator[str], more: str = "") -> str:
    """The YAML of a model, a seed or a table of a source."""
    lines = [""]
    for word in about.split():
        lines[-1] += f"{' ' if lines[-1] else ''}{word}"
        if len(lines[-1]) > 84:
            lines[-1] = lines[-1].removesuffix(word).rstrip()
            lines.append(word)
    text = "".join(f"      {line}\n" for line in lines)
    return f"  - name: {name}\n    description: >-\n{text}{more}    columns:\n" + "\n".join(columns)


def anchored(body: str) -> str:
    """A YAML file, with the anchors of the labels that it uses on top."""
    labels = sorted(set(re.findall(r"config: \*(\w+)", body)))
    lines = []
    for name in labels:
        pii, domain = name.split("_", 1)
        lines.append(f"  - &{name} {{meta: {{pii: {pii}, domain: {domain}}}}}\n")
    return f"{YAML_HEAD}version: 2\n\nanchors:\n{''.join(lines)}\n{body}\n"


def mode_words(feed: Feed) -> str:
    """What a delivery of a feed is."""
    if feed.mode == "snapshot":
        return (
            "A snapshot feed: an unchanged row is not landed again; which deliveries held it is in "
            "landing_states."
        )
    return "A delta feed: every delivered row is landed, and absence means nothing."


def sources_yml(feeds: Mapping[str, Feed], words: Words) -> str:
    """The YAML of the landed rows of all feeds, which are dbt sources."""
    body = (
        "sources:\n  - name: landing\n    description: >-\n"
        "      What was landed, a view a feed on its Parquet files; landing_ledger makes them.\n"
        "    database: \"{{ none if target.type == 'spark' else 'restricted' }}\"\n"
        "    schema: \"{{ 'restricted_' if target.type == 'spark' }}landing\"\n"
        "    config: {meta: {owner: Benefits Data}}\n    tables:\n"
    )
    tables = []
    for name, feed in feeds.items():
        source, part = name.split(".")
        came = "status = 'loaded'" if feed.mode == "delta" else "status <> 'refused'"
        more = (
            "    config:\n"
            f"      freshness: {{warn_after: {{count: {feed.rhythm_days:g}, period: day}}}}\n"
            "      loaded_at_query: >-\n"
            "        select max(loaded_at) from restricted.landing.landing_ledger\n"
            f"        where source = '{source}' and feed = '{part}' and {came}\n"
        )
        about = (
            f"One row per {feed.row} that a load landed, all values as text. {mode_words(feed)} "
            "Rows of loads that the ledger names only: what a killed run left behind is not read."
        )
        table = node(f"land_{source}__{part}", about, landed_columns(feed, words), more)
        tables.append("\n".join(f"    {line}" for line in table.splitlines()))
    return anchored(body + "\n\n".join(tables))


def staging_yml(feeds: Mapping[str, Feed], words: Words) -> str:
    """The YAML of the staging models of a source system."""
    models = [
        node(
            f"stg_{name.replace('.', '__')}",
            f"One row per landed {feed.row}, cleaned and typed. Several versions of one stand "
            "beside each other; unreadable values are null.",
            staged_columns(feed, words),
        )
        for name, feed in feeds.items()
    ]
    return anchored("models:\n" + "\n\n".join(models))


def quarantine_yml(feeds: Mapping[str, Feed], words: Words) -> str:
    """The YAML of all quarantine models."""
    models = [
        node(
            f"quarantine_{feed.entity}",
            f"One row per current {feed.row} that a tier-2 rule withholds from the marts, as "
            "delivered but with personal data masked. A state, not a log: every run judges again "
            "and releases what now passes; deleted rows are not here.",
            withheld_columns(feed, words),
        )
        for feed in feeds.values()
    ]
    return anchored("models:\n" + "\n\n".join(models))


def seeds_yml(feeds: Mapping[str, Feed], words: Words) -> str:
    """The YAML of the seeds of a source system."""
    seeds = [
        node(
            seed_of(name, feed),
            f"One row per {feed.row} and version, as delivered: key {', '.join(feed.key)}, a "
            f"{feed.mode} feed. Invented, and dirty on purpose; planted_cases.csv under "
            "tests/pipeline lists what is planted where.",
            seed_columns(feed, words),
        )
        for name, feed in feeds.items()
    ]
    return anchored("seeds:\n" + "\n\n".join(seeds))


def ledger_py(text: str, feeds: Mapping[str, Feed]) -> str:
    """landing_ledger.py with the seeds of the feeds, which dbt sees as parents only by name."""
    seeds = [seed_of(name, feed) for name, feed in feeds.items()]
    lines = "".join(f'        "{seed}": dbt.ref("{seed}"),\n' for seed in seeds)
    return BLOCK.sub(lambda found: f"{found[1]}    seeds = {{\n{lines}{found[2]}", text)


def rules_yml(feeds: Mapping[str, Feed], project: Path) -> str:
    """The YAML of the macros that hold the conditions of rules."""
    lines = []
    for name, feed in feeds.items():
        of_groups = " that look at a row's neighbors"
        for macro, which in ((feed.entity, ""), (f"{feed.entity}_groups", of_groups)):
            if which == "" or (project / f"macros/quality/rules/{macro}_rules.sql").exists():
                lines.append(
                    f"  - name: {macro}_rules\n    description: >-\n"
                    f"      Dict of rule_id to SQL condition: the rules of {name}{which}, "
                    f"over the facts of\n      int_{feed.entity}_judged.\n"
                )
    return f"{YAML_HEAD}version: 2\n\nmacros:\n" + "\n".join(lines)


def made_files(project: Path = PROJECT) -> dict[Path, str]:
    """All files that follow from a project's registry, and their text; a seed only where it is new.

    Raises:
        ValueError: the registry is wrong, or says too little.
    """
    feeds, words = load_feeds(project), Words(project)
    models = Path("models")
    files = {models / "landing/_landing__sources.yml": sources_yml(feeds, words)}
    for name, feed in feeds.items():
        source, part = name.split(".")
        staging = models / "staging" / source / f"stg_{source}__{part}.sql"
        files[staging] = staging_sql(name, feed)
        files[models / f"quality/quarantine_{feed.entity}.sql"] = quarantine_sql(name, feed)
        seed = Path("seeds") / source / f"{seed_of(name, feed)}.csv"
        if not (project / seed).exists():
            files[seed] = ",".join(feed.columns) + "\n"
    files[models / "quality/_quality_quarantine__models.yml"] = quarantine_yml(feeds, words)
    for source in dict.fromkeys(name.split(".")[0] for name in feeds):
        own = {name: feed for name, feed in feeds.items() if name.startswith(f"{source}.")}
        path = models / "staging" / source / f"_stg_{source}__models.yml"
        files[path] = staging_yml(own, words)
        files[Path("seeds") / source / f"_{source}__seeds.yml"] = seeds_yml(own, words)
    files[Path("macros/quality/rules/_rules__macros.yml")] = rules_yml(feeds, project)
    files[Path(LEDGER)] = ledger_py((project / LEDGER).read_text(), feeds)
    return files


def differences(project: Path = PROJECT) -> list[str]:
    """What differs between a project's files and those that follow from its registry."""
    found = []
    files = made_files(project)
    for path, text in files.items():
        if not (project / path).exists():
            found.append(f"{path} is missing")
        elif (project / path).read_text() != text:
            found.append(f"{path} is not what the registry makes of it")
    for pattern in ("models/staging/*/stg_*.sql", "models/quality/quarantine_*.sql"):
        for path in sorted(project.glob(pattern)):
            is_made = path.read_text().startswith(SQL_HEAD)
            if is_made and path.relative_to(project) not in files:
                found.append(f"{path.relative_to(project)} belongs to no feed")
    for name, feed in load_feeds(project).items():
        seed = project / "seeds" / name.split(".")[0] / f"{seed_of(name, feed)}.csv"
        if seed.exists():
            with seed.open(newline="") as file:
                header = next(csv.reader(file), [])
            if header != list(feed.columns):
                found.append(f"{seed.relative_to(project)} has not the columns of {name}")
    return found


def by_hand(project: Path, name: str, feed: Feed) -> list[str]:
    """What a person still has to write for a feed."""
    rules = (project / "seeds/reference/dq_rules.csv").read_text()
    missing = [
        f"{folder}/{file}.sql: {what}"
        for folder, file, what in (
            ("macros/quality/rules", f"{feed.entity}_rules", "the conditions of its rules"),
            ("models/intermediate", f"int_{feed.entity}_judged", "the model that judges by them"),
        )
        if not any((project / folder).rglob(f"{file}.sql"))
    ]
    if f",{name.replace('.', ',')}," not in rules:
        missing.append("seeds/reference/dq_rules.csv: rows of its rules")
    return missing


def write_files(project: Path = PROJECT) -> list[Path]:
    """Write what differs; returns the files that were written.

    Raises:
        ValueError: a file of that name was written by hand.
    """
    written = []
    for path, text in made_files(project).items():
        goal = project / path
        heads = [head for head in (SQL_HEAD, YAML_HEAD) if text.startswith(head)]
        if heads and goal.exists() and not goal.read_text().startswith(heads[0]):
            raise ValueError(f"{path} was not made by make feed: give the feed another entity")
        if not goal.exists() or goal.read_text() != text:
            goal.parent.mkdir(parents=True, exist_ok=True)
            goal.write_text(text)
            written.append(path)
    return written


def main() -> int:
    """Make the files, or with --check only compare them."""
    parser = argparse.ArgumentParser(prog="make feed", description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="?", help="a feed, source.feed: what it still needs is told")
    parser.add_argument("--check", action="store_true", help="write nothing; fail on differences")
    arguments = parser.parse_args()
    try:
        feeds = load_feeds()
        if arguments.name and arguments.name not in feeds:
            raise ValueError(f"var feeds has no {arguments.name}: {', '.join(feeds)}")
        if arguments.check:
            problems = differences()
            print("\n".join([*problems, "make feed fixes that"] if problems else ["no difference"]))
            return bool(problems)
        for path in write_files():
            print(f"written: {path}")
        for name in [arguments.name] if arguments.name else feeds:
            for line in by_hand(PROJECT, name, feeds[name]):
                print(f"{name} still needs {line}")
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
