"""`newsdiff watching`: what is watched, and when it is looked at next."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

import click
from rich.console import Console
from rich.table import Table

from schemas import topics
from schemas.codec import decode, encode
from schemas.schedule import Schedule
from streams.kafka import committed_consumer, records_until_end
from streams.settings import Settings
from streams.show import visible

MAX_WIDTH = 10_000
"""Of the table where it is not read on a terminal: nothing is left out."""


@click.command("watching")
@click.option("--json", "as_json", is_flag=True, help="One schedule event a line, as it stands in the topic.")
@click.option("--source", metavar="NAME", help="This source only.")
@click.pass_obj
def command(settings: Settings, *, as_json: bool, source: str | None) -> None:
    """Show what is watched: the sources, and how many articles each has shown."""
    rows = asyncio.run(schedules(settings))
    if source is not None:
        rows = {key: row for key, row in rows.items() if row.source == source}
    if as_json:
        for row in rows.values():
            click.echo(encode(row))
    else:
        console = Console()
        if not console.is_terminal:
            console.width = MAX_WIDTH
        console.print(_table(rows), soft_wrap=not console.is_terminal)


async def schedules(settings: Settings) -> dict[str, Schedule]:
    """What is known of each watched URL, by its canonical form."""
    rows: dict[str, bytes | None] = {}
    async with committed_consumer(settings, topics.SCHEDULE) as consumer:
        async for record in records_until_end(consumer):
            rows[(record.key or b"").decode()] = record.value
    known = {key: decode(row, Schedule, key) for key, row in sorted(rows.items()) if row is not None}
    return {key: row for key, row in known.items() if not row.unwatched}


def shown_by(schedules: Iterable[Schedule]) -> dict[str, list[Schedule]]:
    """What the sources have shown, also by way of the feeds that they name: by the URL that a person asked for."""
    rows = {row.url: row for row in schedules}
    shown: dict[str, list[Schedule]] = defaultdict(list)
    for row in rows.values():
        origin, seen = row, {row.url}
        while origin.found_in in rows and origin.found_in not in seen:
            seen.add(origin.found_in)
            origin = rows[origin.found_in]
        if origin is not row:
            shown[origin.url].append(row)
    return shown


def _table(schedules: dict[str, Schedule]) -> Table:
    """A line for each URL that a person asked for, with the articles that it has shown."""
    table = Table(box=None, pad_edge=False)
    for name in ("what", "kind", "source", "articles", "next check", "last change", "error"):
        table.add_column(name, no_wrap=name != "error", overflow="fold")
    shown_by_url = shown_by(schedules.values())
    for row in schedules.values():
        if row.found_in is not None:
            continue
        shown = [each for each in shown_by_url[row.url] if each.state == "watched" and each.kind == "article"]
        changed = max((each.last_changed for each in [row, *shown] if each.last_changed), default=None)
        failing = sum(bool(each.failures) for each in shown)
        error = row.error or (f"{failing} articles fail" if failing else "")
        table.add_row(
            visible(row.url), row.kind or "?", visible(row.source or ""), str(len(shown)),
            _told(row.next_check) if row.state == "watched" else row.state, _told(changed), visible(error),
        )  # fmt: skip
    return table


def _told(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""
