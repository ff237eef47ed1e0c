"""`newsdiff hide`: an article that shall not be shown."""

from __future__ import annotations

import click

from agents.detect.url import canonical_url
from schemas.takedown import Takedown, TakedownState
from streams.clock import Clock
from streams.commands.watch import with_scheme
from streams.settings import Settings
from streams.takedowns import ForgottenError, page_of, wish, wished

MAX_WHY = 500


@click.command("hide")
@click.argument("url")
@click.option("--why", required=True, metavar="REASON", help="For readers, who are told it.")
@click.pass_obj
def command(settings: Settings, url: str, why: str) -> None:
    """Hide an article: its pages and feeds answer 451 with the reason. `unhide` takes it back."""
    takedown = takedown_of(settings, url, "hidden", why)
    known = wished(settings, takedown.url)
    if known is not None and known.state == "forgotten":
        what = "is forgotten" if not known.released else "was forgotten once: forget it again"
        raise ForgottenError(f"{takedown.url} {what}; hiding it would bring back what it was before")
    wish(settings, takedown.url, takedown)
    click.echo(f"{takedown.url} is hidden: {page_of(settings, takedown.url)} answers 451, if it is there", err=True)


def takedown_of(settings: Settings, url: str, state: TakedownState, why: str) -> Takedown:
    """A wish of now.

    Raises:
        click.BadParameter: there is no such URL, or the reason is too long.
    """
    if not why.strip() or len(why) > MAX_WHY:
        raise click.BadParameter(f"write a reason of {MAX_WHY} characters at most", param_hint="--why")
    return Takedown(
        url=canonical_url(with_scheme(url)), state=state, why=why.strip(), at=Clock.of(settings.clock).now()
    )
