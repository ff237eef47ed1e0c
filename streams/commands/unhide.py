"""`newsdiff unhide`: an article that may be shown again."""

from __future__ import annotations

from dataclasses import replace

import click

from agents.detect.url import canonical_url
from streams.clock import Clock
from streams.commands.watch import with_scheme
from streams.settings import Settings
from streams.takedowns import page_of, wish, wished


@click.command("unhide")
@click.argument("url")
@click.pass_obj
def command(settings: Settings, url: str) -> None:
    """Show an article again that was hidden; read one again that was forgotten, as if nobody had known it."""
    key = canonical_url(with_scheme(url))
    takedown = wished(settings, key)
    if takedown is None or takedown.released:
        click.echo(f"{key} is not taken down", err=True)
        return
    is_forgotten = takedown.state == "forgotten"  # that stays: an archive that is made anew must not bring it back
    wish(settings, key, replace(takedown, released=True, at=Clock.of(settings.clock).now()) if is_forgotten else None)
    what = "may be read again" if is_forgotten else "is shown again"
    click.echo(f"{key} {what}: {page_of(settings, key)}", err=True)
