"""`newsdiff webhooks`: tell others of changes by HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Sequence

import click

from schemas.errors import SettingsError
from streams import health, logs
from streams.settings import Settings
from streams.webhook_files import Webhook, read_webhooks
from streams.webhooks import tell_all


@click.command("webhooks")
@click.pass_obj
def command(settings: Settings) -> None:
    """Send changes to those whom the file in NEWSDIFF_WEBHOOKS names, until it is stopped."""
    if settings.webhooks is None:
        raise SettingsError("NEWSDIFF_WEBHOOKS is not set: name a TOML file of webhooks")
    logs.configure(settings)
    webhooks = read_webhooks(settings.webhooks)
    asyncio.run(_until_stopped(settings, webhooks))


async def _until_stopped(settings: Settings, webhooks: Sequence[Webhook]) -> None:
    """Tell them until a signal comes, and answer how that goes."""
    waiting: set[str] = set()

    def unready() -> str | None:
        return f"these are not told for now: {', '.join(sorted(waiting))}" if waiting else None

    health.serve(settings, live=health.gets_on(asyncio.get_running_loop()), ready=unready)
    task = asyncio.create_task(tell_all(settings, webhooks, waiting))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task
