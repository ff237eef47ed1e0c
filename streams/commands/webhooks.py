"""`newsdiff webhooks`: tell others of changes by HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from typing import Any

import click

from schemas.errors import SettingsError
from streams import health, logs
from streams.settings import Settings
from streams.webhook_files import read_webhooks
from streams.webhooks import tell_all


@click.command("webhooks")
@click.pass_obj
def command(settings: Settings) -> None:
    """Send changes to those whom the file in NEWSDIFF_WEBHOOKS names, until it is stopped."""
    if settings.webhooks is None:
        raise SettingsError("NEWSDIFF_WEBHOOKS is not set: name a TOML file of webhooks")
    logs.configure(settings)
    webhooks = read_webhooks(settings.webhooks)
    health.serve(settings, live=lambda: None, ready=lambda: None)
    asyncio.run(_until_stopped(tell_all(settings, webhooks)))


async def _until_stopped(work: Coroutine[Any, Any, None]) -> None:
    """Work until a signal comes."""
    task = asyncio.create_task(work)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task
