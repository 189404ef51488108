"""Who is meant, and where in the landed files that person is; nothing is changed here."""

from __future__ import annotations

import datetime as dt
import gzip
import uuid
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

from benefits_warehouse.feeds import seed_of
from benefits_warehouse.privacy.cleaning import cleaned
from benefits_warehouse.privacy.forgotten import TELLING, tidy
from benefits_warehouse.privacy.landed import LandedRows, of_person
from benefits_warehouse.privacy.mentions import Mentions, mentioned
from benefits_warehouse.privacy.names import pairs_sql
from benefits_warehouse.privacy.plan import Plan, Who
from benefits_warehouse.sql import identifier, quoted

PIECE = 1 << 24  # bytes of a refused file that are searched at a time


class Finder:
    """Finds a person in landed rows and in seeds.

    Args:
        landed: the landed rows.
        project: folder of the dbt project, whose seeds are searched.
    """

    def __init__(self, landed: LandedRows, project: Path) -> None:
        self.landed = landed
        self.project = project

    def find(self, who: Who, is_exact: bool, zone: Path | None = None) -> Plan:
        """What an erasure has to do; the models to build anew are not known here.

        Args:
            who: identifiers by kind, as the warehouse compares them.
            is_exact: take these alone, and also where nobody has them.
            zone: the landing zone, whose refused files are searched as well.

        Raises:
            RuntimeError: nobody is found, several persons are, or a seed still holds the person.
        """
        found = who if is_exact else self.complete(who)
        self.add_accounts(found)
        plan = Plan(
            run_id=str(uuid.uuid4()),
            started_at=str(dt.datetime.now(dt.UTC).replace(tzinfo=None)),
            who={kind: sorted(values) for kind, values in found.items()},
        )
        count = self.find_names(found, plan)
        self.find_holders(plan, found, zone)
        if not count and not is_exact:
            raise RuntimeError(
                "Nobody with these identifiers is in the warehouse. Nothing was changed. A line "
                "`exact` puts them on the list anyway, for future deliveries."
            )
        self.refuse_seeds(found)
        return plan

    def complete(self, who: Who) -> Who:
        """A person's identifiers in both systems: those that share a valid e-mail address.

        Raises:
            RuntimeError: that leads to several persons of one system; nothing was changed.
        """
        found = {kind: set(values) for kind, values in who.items()}
        size = -1
        while size != sum(map(len, found.values())):
            size = sum(map(len, found.values()))
            for name, feed in self.landed.feeds.items():
                if "email" not in feed.identifies:
                    continue
                kind = next(kind for kind in feed.identifies if kind != "email")
                number = cleaned("clean_text", kind)
                email = cleaned("clean_email", cleaned("tidy_text", "email"))
                for value, address in self.landed.query(
                    f"""select distinct {number}, {email} from {self.landed.rows(name)}
                    where {tidy(kind, kind)} in (select unnest(?::varchar[]))
                        or {tidy("email", "email")} in (select unnest(?::varchar[]))""",
                    [sorted(found[kind]), sorted(found["email"])],
                ):
                    found["email"] |= {address} - {None}
                    found[kind] |= {value} - {None}
        for kind in ("person_id", "employee_id"):
            if len(found[kind]) > max(1, len(who[kind])):
                raise RuntimeError(
                    f"The e-mail addresses lead to {len(found[kind])} different {kind}: several "
                    "persons share one, or one has several. Nothing was changed. Name each "
                    "identifier of the person, and add a line `exact`."
                )
        return found

    def add_accounts(self, who: Who) -> None:
        """Add the accounts that were never anybody else's."""
        for name, entry in self.landed.registry.items():
            if entry.key == ("benefit_account_id",):
                account = cleaned("clean_text", "benefit_account_id")
                owner = tidy("employee_id", "employee_id")
                who["benefit_account_id"] |= {
                    row[0]
                    for row in self.landed.query(
                        f"""select {account} from {self.landed.rows(name)}
                        where {account} is not null and change = 'upsert'
                        group by {account}
                        having bool_and(coalesce({owner} in (select unnest(?::varchar[])), false))
                        """,
                        [sorted(who["employee_id"])],
                    )
                }

    def find_names(self, who: Who, plan: Plan) -> int:
        """Put into the plan what the person is called.

        Args:
            who: identifiers by kind.
            plan: its names, pairs and hashes are filled in.

        Returns:
            The number of landed rows of the person.
        """
        landed = self.landed
        feeds = [name for name in landed.personal() if landed.files(name)]
        count = sum(self.find_in(name, who, plan) for name in feeds)
        plan.names = sorted({name for name in plan.names if " " in name})
        plan.pairs = sorted(set(plan.pairs))
        return count

    def find_in(self, name: str, who: Who, plan: Plan) -> int:
        """Put into the plan what a feed holds of a person.

        Args:
            name: source.feed.
            who: identifiers by kind.
            plan: its names, pairs and hashes are added to.

        Returns:
            The number of rows found.
        """
        landed = self.landed
        condition = landed.of(name, who)
        rows = f"(from {landed.rows(name)} where change = 'upsert' and {condition})"
        plan.hashes += [
            str(row[0]) for row in landed.query(f"select distinct content_hash from {rows}")
        ]
        names = landed.registry[name].masked("name")
        for parts in landed.registry[name].needs or [names] if names else []:
            full = tidy(f"nullif(concat_ws(' ', {', '.join(parts)}), '')", "name")
            found = landed.query(f"select distinct {full} as name from {rows} where name <> ''")
            plan.names += [row[0] for row in found]
            *first, last = parts
            split = f"concat_ws(' ', {', '.join(first or parts)}), {last if first else 'null'}"
            called = f"(select {split} from {rows}) as called (first_names, last_names)"
            plan.pairs += [row[0] for row in landed.query(pairs_sql(called))]
        return landed.count(f"from {rows}")

    def find_holders(self, plan: Plan, who: Who, zone: Path | None) -> None:
        """Put into the plan which delivered files hold a person: every one that can be told.

        In rows, in texts of others, in malformed lines, in a header or in the name of a file; and
        of files that were refused, so that nothing of them was landed, those that hold the words.

        Args:
            plan: its names are known; its holders are filled in.
            who: identifiers by kind.
            zone: the landing zone, where there is one.
        """
        landed, mentions = self.landed, Mentions(self.landed.connection, plan)
        mentions.note(f"select raw_line from {landed.lines()}")
        lines = {
            row[0]
            for row in landed.query(
                f"select distinct file_id from {landed.lines()} where {self.lines_of(who)}"
            )
        }
        names = "concat_ws(' ', file, list_aggregate(added_columns, 'string_agg', ' '))"
        mentions.note(f"select {names} from restricted.landing.landing_ledger")
        ledger = landed.query(
            f"select source || '.' || feed, file, status, file_id, {mentioned(names)} "
            "from restricted.landing.landing_ledger"
        )
        for name in landed.feeds:
            files = self.holding_files(name, landed.of(name, who)) if landed.files(name) else []
            for text in map(identifier, landed.texts(name)):
                if mentions.note(f"select {text} from {landed.rows(name)}"):
                    files += self.holding_files(name, f"coalesce({mentioned(text)}, false)")
            source, feed = name.split(".")
            words = [value for values in who.values() for value in values if len(value) >= TELLING]
            for file, status, file_id, is_named in (row[1:] for row in ledger if row[0] == name):
                path = zone / source / feed / file if zone else None
                if (
                    is_named
                    or file_id in lines
                    or (status == "refused" and path and holds(path, [*words, *plan.names]))
                ):
                    files.append(file)
            plan.holders[name] = sorted(set(files))

    def lines_of(self, who: Who) -> str:
        """SQL condition: which malformed lines name a person; what they mention is noted.

        Args:
            who: identifiers by kind.
        """
        cells = "string_split_regex(lower(raw_line), '[ ]*[,;|\\t\"]+[ ]*')"
        ids = [value.lower() for values in who.values() for value in sorted(values)]
        telling = [value for value in ids if len(value) >= TELLING or not value.isdecimal()]
        found = f"list_has_any({cells}, [{', '.join(map(quoted, telling))}]::varchar[])"
        return f"({mentioned('raw_line')} or {found})"

    def holding_files(self, name: str, condition: str) -> list[str]:
        """The delivered files that hold a person: of a snapshot all that showed the row.

        Args:
            name: source.feed.
            condition: SQL, which of its rows are of the person.
        """
        source, feed = name.split(".")
        found = self.landed.query(
            f"""
            with rows as (
                select file_id, coalesce(source_row, file_row_number + 1) as source_row
                from {self.landed.rows(name, ", file_row_number = true")}
                where change = 'upsert' and {condition}
            ),
            mine as (
                select * from restricted.landing.landing_files
                where source = {quoted(source)} and feed = {quoted(feed)}
            ),
            spans as (
                select first.place as first_place, last.place as last_place
                from restricted.landing.landing_presence as presence
                inner join rows using (file_id, source_row)
                inner join mine as first on presence.first_delivery = first.file_id
                inner join mine as last on presence.last_delivery = last.file_id
                where presence.source = {quoted(source)} and presence.feed = {quoted(feed)}
            ),
            holding as (
                select file_id from rows
                union all
                select mine.file_id
                from mine
                inner join spans on mine.place between spans.first_place and spans.last_place
            ),
            contents as (
                select content_hash from restricted.landing.landing_ledger
                where file_id in (select file_id from holding)
            )
            select distinct file from restricted.landing.landing_ledger
            where source = {quoted(source)} and feed = {quoted(feed)}
                and content_hash in (select content_hash from contents)
            order by file"""
        )
        return [row[0] for row in found]

    def refuse_seeds(self, who: Who) -> None:
        """Refuse while a seed holds the person: it is ours, and every build reads it whole.

        Raises:
            RuntimeError: names the seeds; nothing was changed.
        """
        origins = self.landed.query("select distinct origin from restricted.landing.landing_ledger")
        holding = []
        for name, feed in self.landed.personal().items():
            seed = seed_of(name, self.landed.registry[name])
            path = self.project / "seeds" / feed.source / f"{seed}.csv"
            if ("seeds",) in origins and path.exists():
                rows = f"read_csv({quoted(path)}, all_varchar = true, header = true)"
                count = self.landed.count(f"from {rows} where {of_person(feed, who)}")
                holding += [f"{path.relative_to(self.project)} ({count} rows)"] * bool(count)
        if holding:
            raise RuntimeError(
                f"Nothing was changed: {', '.join(holding)} still hold the person, and each build "
                "reads its seeds whole. Remove these rows, and run this again."
            )


def holds(path: Path, words: list[str]) -> bool:
    """Whether a file holds one of some words, in any case; packed files are unpacked.

    Args:
        path: the file; one that is gone, or can't be read, holds nothing that can be told.
        words: what to look for.
    """
    wanted = [word.lower() for word in words]

    def is_in(file: IO[bytes]) -> bool:
        """Whether a stream holds one of the words, read piece by piece."""
        rest = ""
        while data := file.read(PIECE):
            text = rest + data.replace(b"\0", b"").decode(errors="replace").lower()
            if any(word in text for word in wanted):
                return True
            rest = text[-200:]
        return False

    try:
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                return any(is_in(packed.open(name)) for name in packed.namelist())
        opener: Any = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rb") as file:
            return is_in(file)
    except (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error):
        return False
