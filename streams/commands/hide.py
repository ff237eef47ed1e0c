"""`newsdiff hide`: an article that shall not be shown."""

from __future__ import annotations

import asyncio

import click

from agents.detect.url import canonical_url
from schemas import topics
from schemas.codec import encode
from schemas.takedown import Takedown, TakedownState
from streams.clock import Clock
from streams.commands.watch import with_scheme, write
from streams.settings import Settings

MAX_WHY = 500


@click.command("hide")
@click.argument("url")
@click.option("--why", required=True, metavar="REASON", help="For readers, who are told it.")
@click.pass_obj
def command(settings: Settings, url: str, why: str) -> None:
    """Hide an article: its pages and feeds answer 451 with the reason. `unhide` takes it back."""
    take_down(settings, url, "hidden", why)


def take_down(settings: Settings, url: str, state: TakedownState, why: str) -> None:
    """Put a takedown record on its topic.

    Raises:
        click.BadParameter: there is no such URL, or the reason is too long.
        WriteError: Kafka did not take it.
    """
    if not why.strip() or len(why) > MAX_WHY:
        raise click.BadParameter(f"write a reason of {MAX_WHY} characters at most", param_hint="--why")
    url = canonical_url(with_scheme(url))
    event = Takedown(url=url, state=state, why=why.strip(), at=Clock.of(settings.clock).now())
    asyncio.run(write(settings, topics.TAKEDOWN, {url: encode(event)}))
