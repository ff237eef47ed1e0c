"""`newsdiff unwatch`: the end of watching."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping

import click

from agents.detect.url import canonical_url
from schemas import topics
from schemas.schedule import Schedule
from streams.commands.watch import with_scheme
from streams.commands.watching import schedules, shown_by
from streams.settings import Settings
from streams.writer import write_all


@click.command("unwatch")
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option("--articles", is_flag=True, help="And the articles and feeds that they have shown.")
@click.pass_obj
def command(settings: Settings, *, urls: tuple[str, ...], articles: bool) -> None:
    """Watch these URLs no longer; articles that a source has shown stay watched, without --articles."""
    ended = {canonical_url(with_scheme(url)) for url in urls}
    known = asyncio.run(schedules(settings))
    for url in sorted(ended - known.keys()):
        click.echo(f"{url} is not watched", err=True)  # or only since now: its end is written all the same
    ended |= {there for url in ended for there in led_to(url, known)}
    if articles:
        shown = shown_by(known.values())
        ended |= {canonical_url(each.url) for url in ended & known.keys() for each in shown[known[url].url]}
    asyncio.run(write_all(settings, topics.WATCH, dict.fromkeys(ended)))
    click.echo(f"{len(ended & known.keys())} watched no longer", err=True)


def led_to(url: str, known: Mapping[str, Schedule]) -> Iterator[str]:
    """What is watched in the place of a URL that has moved, and in the place of that."""
    seen = {url}
    while (row := known.get(url)) is not None and row.state == "moved" and row.article not in {None, *seen}:
        assert row.article is not None
        url = row.article
        seen.add(url)
        yield url
