"""Tells others of changes by webhooks: each in order, signed, as often as it takes, and a dead letter in the end.

Each webhook is a consumer group of its own, so that one that does not answer holds up no other. Requests are those of
https://www.standardwebhooks.com: the body is the change event, its id the event's.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
import time
from collections.abc import Sequence
from importlib.metadata import version

from aiohttp import ClientError, ClientSession, ClientTimeout

from schemas.change import Change
from schemas.codec import encode
from schemas.dead_letter import dead_letter
from schemas.errors import NewsdiffError, Reason
from streams.client import changes_async
from streams.connection import connection
from streams.metrics import WEBHOOKS
from streams.settings import Settings
from streams.webhook_files import Webhook
from streams.writer import Writer

PAUSES: tuple[float, ...] = (1, 5, 30, 120, 600, *[1800.0] * 46)
"""Seconds until a request is made again that failed: a day in all."""

ANSWER_TIMEOUT = 15.0
"""Seconds that an answer may take."""

RETRY_EVERY = 10.0
"""Seconds until Kafka is asked again."""

DAY_MS = 24 * 3600 * 1000

log = logging.getLogger(__name__)


def group_of(settings: Settings, webhook: Webhook) -> str:
    """The consumer group of a webhook."""
    return f"{settings.app_id}-webhook-{webhook.name}"


async def tell_all(settings: Settings, webhooks: Sequence[Webhook], pauses: Sequence[float] = PAUSES) -> None:
    """Tell all webhooks of what is new to them, until cancelled."""
    headers = {"User-Agent": f"newsdiff/{version('newsdiff')}", "Content-Type": "application/json"}
    timeout = ClientTimeout(total=ANSWER_TIMEOUT)
    async with ClientSession(headers=headers, timeout=timeout) as session, Writer(settings) as letters:
        await asyncio.gather(*(_tell(settings, one, session, letters, pauses) for one in webhooks))


async def _tell(
    settings: Settings, webhook: Webhook, session: ClientSession, letters: Writer, pauses: Sequence[float]
) -> None:
    """Tell one webhook of each change that it wants, in their order in each partition."""
    options = connection(settings)
    kafka = options.pop("bootstrap_servers")
    group = group_of(settings, webhook)
    while True:
        try:
            # While a request is made again and again, no record is asked for.
            options["max_poll_interval_ms"] = 2 * DAY_MS
            async with changes_async(kafka, group=group, start="latest", wanted=webhook.wants, **options) as found:
                async for change in found:
                    if not await _delivered(session, webhook, change, pauses):
                        why = f"{webhook.url} took it not once in {len(pauses) + 1} times"
                        letter = dead_letter(
                            found.record, step=f"webhook {webhook.name}", reason=Reason.FAILED, error=why
                        )
                        await letters.write(letter.topic, letter.key or b"", letter.value or b"", letter.headers)
        except NewsdiffError as error:
            log.warning("%s is not told for now: %s", webhook, error)
        await asyncio.sleep(RETRY_EVERY)


async def _delivered(session: ClientSession, webhook: Webhook, change: Change, pauses: Sequence[float]) -> bool:
    """Tell a webhook of a change, as often as it takes; whether it took it in the end."""
    body = encode(change)
    for pause in (*pauses, None):
        outcome = await _post(session, webhook, change.meta.id, body)
        WEBHOOKS.labels(webhook.name, outcome).inc()
        if outcome == "2xx":
            return True
        log.warning("%s was not told of %s: %s", webhook, change.meta.id, outcome)
        if pause is not None:
            await asyncio.sleep(pause)
    return False


async def _post(session: ClientSession, webhook: Webhook, identity: str, body: bytes) -> str:
    """Make a request; what came of it, in a word."""
    stamp = str(int(time.time()))
    headers = {
        "webhook-id": identity,
        "webhook-timestamp": stamp,
        "webhook-signature": signature(webhook.key, identity, stamp, body),
    }
    try:
        async with session.post(webhook.url, data=body, headers=headers, allow_redirects=False) as answer:
            return f"{answer.status // 100}xx"
    except TimeoutError:
        return "timeout"
    except (ClientError, OSError) as error:
        log.info("%s: %r", webhook, error)
        return "connection"


def signature(key: bytes, identity: str, stamp: str, body: bytes) -> str:
    """The signature of a request: HMAC-SHA256 over its id, its time and its body."""
    digest = hmac.new(key, b".".join((identity.encode(), stamp.encode(), body)), hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
