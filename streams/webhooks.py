"""Tells others of changes by webhooks: each in order, signed, as often as it takes, and a dead letter in the end.

Each webhook is a consumer group of its own, so that one that does not answer holds up no other. Requests are those of
https://www.standardwebhooks.com: the body is the change event, its id the event's; what answers 410 is told no more.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
import time
from collections.abc import Sequence
from http import HTTPStatus
from importlib.metadata import version

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector
from aiokafka.errors import KafkaError

from schemas.dead_letter import dead_letter
from schemas.errors import NewsdiffError, Reason
from schemas.record import Record
from streams.client import changes_async
from streams.connection import connection
from streams.metrics import DEAD_LETTERS, WEBHOOKS
from streams.settings import Settings
from streams.topics import webhook_prefix
from streams.webhook_files import Webhook
from streams.writer import Writer

PAUSES: tuple[float, ...] = (1, 5, 30, 120, 600, *[1800.0] * 46)
"""Seconds until a request is made again that failed: a day in all."""

ANSWER_TIMEOUT = 15.0
"""Seconds that an answer may take."""

RETRY_EVERY = 10.0
"""Seconds until Kafka is asked again."""

DELIVERED, GONE = "2xx", str(HTTPStatus.GONE.value)
"""What may come of a request, beside other statuses, `timeout` and `connection`."""

OUTCOMES = ("2xx", "3xx", "4xx", "5xx", "timeout", "connection")
"""As what requests are counted."""

STEP = "webhook "
"""Before the webhook's name in a dead letter's step."""

DAY_MS = 24 * 3600 * 1000

log = logging.getLogger(__name__)


def group_of(settings: Settings, webhook: Webhook) -> str:
    """The consumer group of a webhook."""
    return webhook_prefix(settings) + webhook.name


def step_of(webhook: Webhook) -> str:
    """What a dead letter names as the step that could not use a change."""
    return f"{STEP}{webhook.name}"


def new_session() -> ClientSession:
    """What requests are made with; as many at a time as there are webhooks."""
    headers = {"User-Agent": f"newsdiff/{version('newsdiff')}", "Content-Type": "application/json"}
    timeout = ClientTimeout(total=ANSWER_TIMEOUT)
    return ClientSession(headers=headers, timeout=timeout, connector=TCPConnector(limit=0))


async def tell_all(
    settings: Settings, webhooks: Sequence[Webhook], waiting: set[str], pauses: Sequence[float] = PAUSES
) -> None:
    """Tell all webhooks of what is new to them, until cancelled.

    `waiting`: is kept to the names of those for which Kafka cannot be read now.
    """
    waiting |= {one.name for one in webhooks}
    for one in webhooks:
        for outcome in OUTCOMES:
            WEBHOOKS.labels(one.name, outcome)  # 0, from which Prometheus sees that the first one is an increase
    async with new_session() as session, Writer(settings) as letters:
        await asyncio.gather(
            *(_tell(settings, one, session, letters, waiting=waiting, pauses=pauses) for one in webhooks)
        )
        await asyncio.Event().wait()  # all are gone: whoever started this anew would have them told again


async def _tell(
    settings: Settings,
    webhook: Webhook,
    session: ClientSession,
    letters: Writer,
    *,
    waiting: set[str],
    pauses: Sequence[float],
) -> None:
    """Tell one webhook of each change that it wants, in their order in each partition, until it is gone."""
    options = connection(settings)
    kafka = options.pop("bootstrap_servers")
    group = group_of(settings, webhook)
    # While a request is made again and again, no record is asked for.
    options["max_poll_interval_ms"] = 2 * DAY_MS
    while True:
        try:
            async with changes_async(kafka, group=group, start="latest", wanted=webhook.wants, **options) as found:
                waiting.discard(webhook.name)
                async for change in found:
                    outcome = await _delivered(session, webhook, change.meta.id, found.record.value or b"", pauses)
                    if outcome == DELIVERED:
                        continue
                    await _set_aside(letters, webhook, found.record, outcome)
                    if outcome == GONE:
                        log.error("%s is gone (410): it is told no more until this program starts again", webhook)
                        return
        except (NewsdiffError, KafkaError) as error:
            log.warning("%s is not told for now: %s", webhook, error)
        except Exception:  # whatever it is, it holds up no other webhook
            log.exception("%s is not told for now", webhook)
        waiting.add(webhook.name)
        await asyncio.sleep(RETRY_EVERY)


async def _delivered(
    session: ClientSession, webhook: Webhook, identity: str, body: bytes, pauses: Sequence[float]
) -> str:
    """Tell a webhook of a change, as often as it takes; what came of it in the end."""
    for pause in (*pauses, None):
        outcome = await post(session, webhook, identity, body)
        if outcome in (DELIVERED, GONE):
            break
        log.warning("%s was not told of %s: %s", webhook, identity, outcome)
        if pause is not None:
            await asyncio.sleep(pause)
    return outcome


async def _set_aside(letters: Writer, webhook: Webhook, record: Record, outcome: str) -> None:
    """Keep a change that a webhook did not take."""
    letter = dead_letter(
        record, step=step_of(webhook), reason=Reason.FAILED, error=f"it was not taken, the last time: {outcome}"
    )
    await letters.write(letter.topic, letter.key or b"", letter.value or b"", letter.headers)
    DEAD_LETTERS.labels("webhook", Reason.FAILED.value).inc()


async def post(session: ClientSession, webhook: Webhook, identity: str, body: bytes) -> str:
    """Make a request, and count it; what came of it: DELIVERED, GONE, a status, or another word."""
    stamp = str(int(time.time()))
    headers = {
        "webhook-id": identity,
        "webhook-timestamp": stamp,
        "webhook-signature": signature(webhook.key, identity, stamp, body),
    }
    try:
        async with session.post(webhook.url, data=body, headers=headers, allow_redirects=False) as answer:
            outcome = DELIVERED if answer.status // 100 == HTTPStatus.OK // 100 else str(answer.status)
    except TimeoutError:
        outcome = "timeout"
    except (ClientError, OSError, ValueError) as error:  # yarl and the encodings of host names raise ValueErrors
        log.info("%s: %s", webhook, type(error).__name__)  # its message would name the address
        outcome = "connection"
    WEBHOOKS.labels(webhook.name, f"{outcome[0]}xx" if outcome.isdigit() else outcome).inc()
    return outcome


def signature(key: bytes, identity: str, stamp: str, body: bytes) -> str:
    """The signature of a request: HMAC-SHA256 over its id, its time and its body."""
    digest = hmac.new(key, b".".join((identity.encode(), stamp.encode(), body)), hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
