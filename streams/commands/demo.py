"""`newsdiff demo`: everything in one place, and a press that gives it something to do."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import click
from rich.console import Console

from schemas import topics
from schemas.change import Change
from schemas.codec import decode
from schemas.errors import NewsdiffError
from streams.commands.tail import records, seek
from streams.commands.up import Running, everything
from streams.commands.watch import watch
from streams.commands.watching import schedules
from streams.data_directory import locked
from streams.kafka import committed_consumer
from streams.press.life import page_at
from streams.press.score import Score
from streams.press.server import Press
from streams.press.story import PAPERS
from streams.settings import Settings
from streams.show import show
from streams.source_files import NamedSource
from streams.supervisor import LOOK_EVERY

SOURCES = {"lantern/feed.xml": PAPERS["lantern"], "orrery/sitemap.xml": PAPERS["orrery"], "tally/": PAPERS["tally"]}
"""What is watched: the first paper by its feed, the second by its sitemap, the third by its front page."""

EVERY, EVERY_BRIEF = 10.0, 0.25
"""Minutes between two looks at them: articles are edited an hour after the one before, brief ones a minute."""

FETCH_TAKES = timedelta(seconds=0.2)
"""A page is as it stands when it is answered, a little later than its fetch was begun: that is minutes of the press."""

SCORE_EVERY = 1.0
"""Seconds; less than any article lives after its last edit."""


@click.command("demo")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="The directory for all that is kept.")
@click.pass_obj
def command(settings: Settings, data: Path | None) -> None:
    """Run `up` with a small local press: three invented papers that publish, edit and retract their own articles.

    They are watched, and what they change appears here as word diffs. Ctrl-C ends it; starting it again goes on where
    it was.
    """
    settings = dataclasses.replace(settings, data=data or settings.data / "demo", sources=None)
    if "NEWSDIFF_BROKER_PORT" not in os.environ:
        settings = dataclasses.replace(settings, broker_port=0)  # any free one: the demo is in nobody's way
    if "NEWSDIFF_SITE" not in os.environ:
        settings = dataclasses.replace(settings, site="127.0.0.1:0")
    with contextlib.suppress(KeyboardInterrupt), locked(settings.data, "demo"):
        press = Press(settings.data / "press")
        settings = dataclasses.replace(settings, clock=press.clock.setting, inside=press.address)
        with everything(settings, workers=1) as running:
            try:
                asyncio.run(_demo(press, running))
            except* NewsdiffError as errors:
                raise errors.exceptions[0] from None


async def _demo(press: Press, running: Running) -> None:
    settings = running.settings
    async with press, committed_consumer(settings, topics.CHANGE) as consumer:
        click.echo(f"{press.summary}\nKafka is at {settings.bootstrap}; Ctrl-C ends it", err=True)
        await seek(consumer, "latest")
        console, score = Console(), Score()
        async with _told_at_the_end(press, score), asyncio.TaskGroup() as tasks:
            tasks.create_task(_look_after(running))
            tasks.create_task(_watch(press, settings))
            tasks.create_task(_keep_score(press, settings, score))
            async for record in records(consumer):
                change = decode(record.value, Change, record.place)
                score.tell(urlsplit(change.article.url).path, change.meta.dt + press.clock.pace * FETCH_TAKES)
                show(change, console)
                console.print(f"{score}\n", style="dim")


@contextlib.asynccontextmanager
async def _told_at_the_end(press: Press, score: Score) -> AsyncIterator[None]:
    """Say which edits were not found, once the demo is ended."""
    try:
        yield
    finally:
        click.echo(score, err=True)
        for path, edited in score.open():
            click.echo(f"not found: {press.url}{path}, edited at {edited:%Y-%m-%d %H:%M} of press time", err=True)


async def _look_after(running: Running) -> None:
    while True:
        running.look_after()
        await asyncio.sleep(LOOK_EVERY)


async def _watch(press: Press, settings: Settings) -> None:
    """Have the papers watched, and more often once they print brief articles."""
    before = None
    while True:
        every = EVERY_BRIEF if press.clock.caught_up else EVERY
        if every != before:
            papers = [NamedSource(f"{press.url}/{path}", name, every) for path, name in SOURCES.items()]
            await asyncio.to_thread(watch, settings, papers)
        before = every
        await asyncio.sleep(LOOK_EVERY)


async def _keep_score(press: Press, settings: Settings, score: Score) -> None:
    """Count the edits that are made, once everything was read and the watcher is at work."""
    started = press.clock.now()
    has_begun = False
    while True:
        has_begun = has_begun or await _all_read(press, settings, started)
        if has_begun:
            score.look(press.living(), press.clock.now())
        await asyncio.sleep(SCORE_EVERY)


async def _all_read(press: Press, settings: Settings, since: datetime) -> bool:
    """Whether every page that is there has been read once, and any of them since a time."""
    now = press.clock.now()
    there = {article.path for article in press.living() if page_at(article, now).text}
    rows = (await schedules(settings)).values()
    read = {urlsplit(row.url).path: row.last_check for row in rows if row.last_check is not None}
    return there <= read.keys() and max(read.values()) > since
