"""`newsdiff watch`: articles, feeds, sitemaps and front pages that shall be watched."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

import click

from agents.detect.url import canonical_url, has_user
from schemas import topics
from schemas.codec import encode
from schemas.errors import BadRecordError
from schemas.watch import Watch
from streams.clock import Clock
from streams.settings import Settings
from streams.source_files import MAX_EVERY, NamedSource, read_sources
from streams.writer import write_all


@click.command("watch")
@click.argument("named", metavar="URL|FILE...", nargs=-1, required=True)
@click.option("--source", metavar="NAME", help="The name of the paper.")
@click.option(
    "--every", type=click.FloatRange(1, MAX_EVERY), metavar="MINUTES", help="Look so often, whatever seems likely."
)
@click.pass_obj
def command(settings: Settings, *, named: tuple[str, ...], source: str | None, every: float | None) -> None:
    """Watch articles, feeds, sitemaps or front pages; what each is, is found out.

    A file, .toml or .opml, names several.
    """
    sources = []
    for name in named:
        is_file = name.endswith((".toml", ".opml")) and "://" not in name
        found = read_sources(Path(name)) if is_file else [NamedSource(with_scheme(name))]
        sources += [NamedSource(one.url, source or one.name, every or one.every) for one in found]
    click.echo(f"{watch(settings, sources)} watched", err=True)


def watch(settings: Settings, sources: Iterable[NamedSource]) -> int:
    """Put the watch records of sources on their topic; how many there are."""
    now = Clock.of(settings.clock).now()
    wishes = {
        canonical_url(one.url): encode(
            Watch(url=one.url, source=one.name, added_at=now, every=one.every * 60 if one.every else None)
        )
        for one in sources
    }
    asyncio.run(write_all(settings, topics.WATCH, wishes))
    return len(wishes)


def with_scheme(url: str) -> str:
    """The URL that is to be fetched: https where a person names no scheme.

    Raises:
        click.BadParameter: it is no URL, or has a user in it.
    """
    given = url if "://" in url else f"https://{url}"
    try:
        canonical_url(given)
    except BadRecordError as error:
        raise click.BadParameter(str(error), param_hint="URL") from None
    if has_user(given):
        raise click.BadParameter("there is a user in it: leave that out, it would be kept", param_hint="URL")
    return given
