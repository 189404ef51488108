"""Which rows each delivery of a snapshot feed held, and what their absence from later ones means.

A content (all values of a row) is landed once per sender. Presence says of each content by which
deliveries it was held, as spans in the order of the deliveries, so that a delivery that comes late
finds its place, and one that is withdrawn leaves no trace. From presence follow the states:
the spans that count, and whether a content is deleted: by the first later delivery of the sender
that may delete, and that speaks for the content's company where the feed is sent by company.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from benefits_warehouse.declarations import columns_of
from benefits_warehouse.landing.contract import Feed
from benefits_warehouse.sql import identifier, only_row, quoted

PRESENCE = columns_of("landing", "landing_presence")
STATES = columns_of("landing", "landing_states")
# A person without a company is spoken for by whoever speaks for those that came along.
TOGETHER = """
    with sent as (
        select distinct held.last_number, others.company
        from (select distinct last_number from alive where company is null) as held
        left join holdings as others
            on held.last_number between others.first_number and others.last_number
            and others.company is not null
    )
    select last_number from sent
    where company in (select company from held_now)
        or (company is null and not exists (from held_now where company is not null))"""


class Presence:
    """The presence of the snapshot feeds of a warehouse.

    Args:
        connection: DuckDB connection; temporary tables hold what changes until it is saved.
        schema: SQL name of the schema with the tables landing_presence and landing_states.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, schema: str) -> None:
        self.connection = connection
        self.schema = schema
        self.changed: set[tuple[str, str, str]] = set()
        self.opened: tuple[str, str, str] | None = None
        for name, types in {"landing_presence": PRESENCE, "landing_states": STATES}.items():
            columns = ", ".join(f"{identifier(column)} {kind}" for column, kind in types.items())
            self.connection.execute(f"create table if not exists {schema}.{name} ({columns})")

    def run(self, sql: str) -> None:
        """Execute a statement."""
        self.connection.execute(sql)

    def open(self, feed: Feed) -> None:
        """Let the temporary table `presence` be that of a feed and sender; the last one is saved.

        Args:
            feed: the feed, of one sender.
        """
        place = feed.source, feed.name, feed.sender
        if self.opened != place:
            self.close()
            self.connection.execute(
                f"""create or replace temp table presence as from {self.schema}.landing_presence
                where (source, feed, sender) = (?, ?, ?)""",
                place,
            )
            self.opened = place

    def close(self) -> None:
        """Write the temporary table `presence` back where it changed."""
        table = f"{self.schema}.landing_presence"
        if self.opened in self.changed:
            self.connection.execute(
                f"delete from {table} where (source, feed, sender) = (?, ?, ?)", self.opened
            )
            self.run(f"insert into {table} by name from presence")
        self.opened = None

    def deliver(self, feed: Feed, files: Sequence[Path], companies: str) -> None:
        """Make the temporary table `delivered`: each content of a delivery and its first place.

        A content that is landed already keeps the place where it was landed first.

        Args:
            feed: the feed.
            files: Parquet files of the rows of the delivery.
            companies: SQL of the company of a row, see companies_sql.
        """
        paths = ", ".join(quoted(path) for path in files)
        keys = ", ".join(f"lower(trim({identifier(column)}))" for column in feed.key)
        self.run(
            f"""create or replace temp table delivered as
            select content_hash,
                min(place) as place,
                any_value(known.file_id) as known_file,
                any_value(known.source_row) as known_row,
                arg_min(key_hash, place) as key_hash,
                arg_min(company, place) as company
            from (
                select content_hash, hash({keys}) as key_hash, {companies} as company,
                    file_id * 100000000000 + file_row_number + 1 as place
                from read_parquet([{paths}], file_row_number = true)
                where change = 'upsert'
            ) as delivered_rows
            left join (
                select content_hash, any_value(file_id) as file_id,
                    any_value(source_row) as source_row
                from presence group by content_hash
            ) as known using (content_hash)
            group by content_hash"""
        )

    def deliver_again(self, delivery_id: int, order: Sequence[int]) -> None:
        """Make the temporary table `delivered` of what an earlier delivery held.

        Args:
            delivery_id: that delivery.
            order: the deliveries of the sender that presence knows, in their order.
        """
        self.place(order)
        self.run(
            f"""create or replace temp table delivered as
            select content_hash, null::bigint as place, file_id as known_file,
                source_row as known_row, key_hash, company
            from presence
            inner join places as first on first_delivery = first.delivery_id
            inner join places as last on last_delivery = last.delivery_id
            where {order.index(delivery_id)} between first.place and last.place"""
        )

    def place(self, order: Sequence[int]) -> None:
        """Make the temporary table `places` of deliveries in their order."""
        self.connection.execute(
            """create or replace temp table places as
            select unnest(?::bigint[]) as delivery_id, unnest(range(?)) as place""",
            [list(order), len(order)],
        )

    def insert(
        self, feed: Feed, delivery_id: int, before: Sequence[int], after: Sequence[int]
    ) -> None:
        """Let presence know of the delivery in the temporary table `delivered`.

        Args:
            feed: the feed.
            delivery_id: the delivery.
            before: the deliveries of the sender without it, in the order that presence has.
            after: the same with it, in their order.
        """
        of_content = f"""{quoted(feed.source)} as source, {quoted(feed.name)} as feed,
            {quoted(feed.sender)} as sender, content_hash,
            coalesce(known_file, place // 100000000000) as file_id,
            coalesce(known_row, place % 100000000000) as source_row, key_hash, company"""
        if list(after[:-1]) == list(before):
            if before:
                self.run(
                    f"""update presence set last_delivery = {delivery_id}
                    where last_delivery = {before[-1]}
                    and content_hash in (select content_hash from delivered)"""
                )
            self.run(
                f"""insert into presence by name
                select {of_content}, {delivery_id} as first_delivery,
                    {delivery_id} as last_delivery
                from delivered
                where content_hash not in (
                    select content_hash from presence where last_delivery = {delivery_id}
                )"""
            )
        else:
            self.spread(before)
            self.run(
                f"""insert into spread by name
                select {of_content}, {delivery_id} as delivery_id from delivered"""
            )
            self.gather(after)
        self.changed.add((feed.source, feed.name, feed.sender))

    def take_over(self, feed: Feed, folder: Path, companies: str, loads: Mapping[int, int]) -> None:
        """Make `presence` of the events that an older version wrote: what appeared, what was gone.

        Args:
            feed: the feed.
            folder: of its landed Parquet files.
            companies: SQL of the company of a row.
            loads: load_id to delivery_id.
        """
        keys = ", ".join(f"lower(trim({identifier(column)}))" for column in feed.key)
        self.connection.execute(
            """create or replace temp table loads as
            select unnest(?::bigint[]) as load_id, unnest(?::bigint[]) as delivery_id""",
            [[*loads], [*loads.values()]],
        )
        self.run(
            f"""create or replace temp table presence as
            with rows as (
                select *, coalesce(source_row, file_row_number + 1) as place
                from read_parquet(
                    {quoted(folder / "*.parquet")}, union_by_name = true, file_row_number = true
                )
            ),
            held as (
                select *, (
                    select min(gone.load_id) from rows as gone
                    where gone.content_hash = rows.content_hash
                        and gone.change in ('deleted', 'unseen') and gone.load_id > rows.load_id
                ) as gone_with
                from rows where change = 'upsert'
            )
            select {quoted(feed.source)} as source, {quoted(feed.name)} as feed,
                {quoted(feed.sender)} as sender, content_hash,
                first_value(file_id) over first_time as file_id,
                first_value(place) over first_time as source_row,
                hash({keys}) as key_hash, {companies} as company,
                (
                    select delivery_id from loads where loads.load_id = held.load_id
                ) as first_delivery,
                (
                    select max(delivery_id) from loads
                    where loads.load_id < coalesce(held.gone_with, {sys.maxsize})
                ) as last_delivery
            from held
            window first_time as (partition by content_hash order by load_id)"""
        )
        self.changed.add((feed.source, feed.name, feed.sender))

    def reorder(self, feed: Feed, before: Sequence[int], after: Sequence[int]) -> None:
        """Express presence in another order of the same deliveries.

        Args:
            feed: the feed.
            before: the deliveries of the sender, in the order that presence has.
            after: the same in the order that it is to have.
        """
        self.spread(before)
        self.gather(after)
        self.changed.add((feed.source, feed.name, feed.sender))

    def spread(self, order: Sequence[int]) -> None:
        """Make the temporary table `spread`: a row per content and delivery that held it."""
        self.place(order)
        self.run(
            """create or replace temp table spread as
            select presence.* exclude (first_delivery, last_delivery), places.delivery_id
            from presence
            inner join places as first on first_delivery = first.delivery_id
            inner join places as last on last_delivery = last.delivery_id
            inner join places on places.place between first.place and last.place"""
        )

    def gather(self, order: Sequence[int]) -> None:
        """Make `presence` of `spread`: spans in an order of the deliveries."""
        self.place(order)
        self.run(
            """create or replace temp table presence as
            select source, feed, sender, content_hash,
                arg_max(file_id, place) as file_id, arg_max(source_row, place) as source_row,
                arg_max(key_hash, place) as key_hash, arg_max(company, place) as company,
                arg_min(delivery_id, place) as first_delivery,
                arg_max(delivery_id, place) as last_delivery
            from (
                select *, place - row_number() over (
                    partition by content_hash order by place
                ) as span
                from spread inner join places using (delivery_id)
            )
            group by source, feed, sender, content_hash, span"""
        )

    def hold(self, deliveries: Sequence[Mapping[str, Any]]) -> None:
        """Make the temporary table `holdings`: presence without the deliveries that don't count.

        Its first_number and last_number are places among the deliveries that count, from 1.

        Args:
            deliveries: all of the sender in their order, each with is_withdrawn.
        """
        counts = [not delivery["is_withdrawn"] for delivery in deliveries]
        self.connection.execute(
            """create or replace temp table places as
            select delivery_id, counts, sum(counts::int) over (order by place) as upto
            from (
                select unnest(?::bigint[]) as delivery_id, unnest(?::boolean[]) as counts,
                    unnest(range(?)) as place
            )""",
            [[delivery["delivery_id"] for delivery in deliveries], counts, len(counts)],
        )
        self.run(
            """create or replace temp table holdings as
            with numbered as (
                select presence.*, first.upto - first.counts::int + 1 as first_number,
                    last.upto as last_number
                from presence
                inner join places as first on first_delivery = first.delivery_id
                inner join places as last on last_delivery = last.delivery_id
            ),
            begun as (
                select *, coalesce(first_number > lag(last_number) over (
                    partition by content_hash order by first_number
                ) + 1, true) as is_begin
                from numbered where first_number <= last_number
            ),
            spans as (
                select *, sum(is_begin::int) over (
                    partition by content_hash order by first_number
                ) as span
                from begun
            )
            select content_hash, any_value(file_id) as file_id,
                any_value(source_row) as source_row,
                arg_max(key_hash, first_number) as key_hash,
                arg_max(company, first_number) as company,
                min(first_number)::bigint as first_number, max(last_number)::bigint as last_number
            from spans
            group by content_hash, span"""
        )

    def begin(self, feed: Feed, numbers: Mapping[int, int], known: int) -> None:
        """Make the temporary tables `deletions` and `alive`, as the first deliveries left them.

        Args:
            feed: the feed.
            numbers: number of each delivery that counts, by delivery_id.
            known: how many of the first of them are as they were when the states were saved.
        """
        self.connection.execute(
            f"""create or replace temp table deletions as
            select content_hash, numbers.number as last_number, deleted_by
            from {self.schema}.landing_states as states
            inner join (
                select unnest(?::bigint[]) as delivery_id, unnest(?::bigint[]) as number
            ) as numbers on states.last_delivery = numbers.delivery_id
            where source = ? and feed = ? and sender = ? and is_deleted and deleted_by in (
                select unnest(?::bigint[])
            )""",
            [
                [*numbers],
                [*numbers.values()],
                feed.source,
                feed.name,
                feed.sender,
                [delivery for delivery, number in numbers.items() if number <= known],
            ],
        )
        self.run(
            f"""create or replace temp table alive as
            select content_hash, key_hash, company,
                least(last_number, {known}) as last_number
            from holdings
            where first_number <= {known}
            qualify row_number() over (partition by content_hash order by first_number desc) = 1
            """
        )
        self.run(
            """delete from alive where (content_hash, last_number) in (
                select (content_hash, last_number) from deletions
            )"""
        )

    def weigh(self, feed: Feed, number: int) -> tuple[int, int]:
        """Make the temporary tables `held_now` and `missed` of a delivery.

        Args:
            feed: the feed.
            number: of the delivery.

        Returns:
            How many keys were there before that it speaks for, and how many of them it lacks.
        """
        self.run(
            f"""create or replace temp table held_now as
            from holdings where {number} between first_number and last_number"""
        )
        spoken_for = "true"
        if feed.speaks_for:
            spoken_for = f"""(
                company in (select company from held_now)
                or (company is null and last_number in ({TOGETHER}))
            )"""
        self.run(
            f"""create or replace temp table missed as
            select content_hash, key_hash, last_number,
                content_hash in (select content_hash from held_now) as is_held
            from alive where {spoken_for}"""
        )
        present, lost = only_row(
            self.connection,
            """select count(distinct key_hash), count(distinct key_hash) filter (
                where key_hash not in (select key_hash from held_now)
            ) from missed""",
        )
        return present, lost

    def advance(self, number: int, delivery_id: int, may_delete: bool) -> None:
        """Let `alive` be what a delivery that was weighed leaves.

        Args:
            number: of the delivery.
            delivery_id: its id.
            may_delete: what it lacks is deleted.
        """
        if may_delete:
            self.run(
                f"""insert into deletions by name
                select content_hash, last_number, {delivery_id} as deleted_by
                from missed where not is_held"""
            )
            self.run(
                """delete from alive where content_hash in (
                    select content_hash from missed where not is_held
                )"""
            )
        self.run("delete from alive where content_hash in (select content_hash from held_now)")
        self.run(
            f"""insert into alive
            select content_hash, key_hash, company, {number} from held_now"""
        )

    def write_states(self, feed: Feed, deliveries: Sequence[Mapping[str, Any]]) -> None:
        """Replace the states of a feed and sender by what `holdings` and `deletions` say.

        Args:
            feed: the feed.
            deliveries: those of the sender that count in their order, with place and delivered_on.
        """
        where = "source = ? and feed = ? and sender = ?"
        names = [feed.source, feed.name, feed.sender]
        self.connection.execute(f"delete from {self.schema}.landing_states where {where}", names)
        self.connection.execute(
            f"""insert into {self.schema}.landing_states by name
            with numbers as (
                select unnest(?::bigint[]) as delivery_id, unnest(?::bigint[]) as place,
                    unnest(?::date[]) as delivered_on, unnest(range(1, ? + 1)) as number
            )
            select ? as source, ? as feed, ? as sender, file_id, source_row, content_hash,
                company, first.delivery_id as first_delivery, last.delivery_id as last_delivery,
                first.place as first_place, last.place as last_place, first.delivered_on,
                row_number() over (
                    partition by content_hash order by first_number desc
                ) = 1 as is_latest,
                deletions.deleted_by is not null as is_deleted, deletions.deleted_by
            from holdings
            inner join numbers as first on first_number = first.number
            inner join numbers as last on holdings.last_number = last.number
            left join deletions using (content_hash, last_number)""",
            [
                [delivery["delivery_id"] for delivery in deliveries],
                [delivery["place"] for delivery in deliveries],
                [delivery["delivered_on"] for delivery in deliveries],
                len(deliveries),
                *names,
            ],
        )
