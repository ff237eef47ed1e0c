"""WebSub (W3C Recommendation of 23 January 2018): hubs tell of the news of sources, which are then looked at at once.

Whatever a hub says is no more than a hint: the source itself is asked, at the pace of its host.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from agents.archive.subscriptions import Subscriptions
from agents.detect.url import canonical_url
from agents.fetch.client import Client
from schemas import topics
from schemas.codec import encode
from schemas.watch import Watch
from streams.clock import Clock

LOOK_EVERY = 60.0
"""Seconds between two looks for sources that have a hub, or whose subscription ends."""

AT_ONCE = 20
"""Hubs that are asked in one look."""

LEASE = timedelta(days=10)
"""That is asked for; a hub may grant another one."""

SHORTEST, LONGEST = timedelta(minutes=10), timedelta(days=90)
"""Of the leases that are believed."""

TOLD_EVERY = timedelta(minutes=1)
"""Between two looks at a source because of its hub."""

DIGESTS = ("sha1", "sha256", "sha384", "sha512")

Write = Callable[[str, bytes, bytes], Awaitable[None]]
"""Puts a record, as topic, key and value, on its topic."""

log = logging.getLogger(__name__)


class Hubs:
    """The hubs of the sources that are watched. `public_url`: the site, as they reach it."""

    def __init__(
        self, subscriptions: Subscriptions, client: Client, public_url: str, clock: Clock, write: Write
    ) -> None:
        self.subscriptions = subscriptions
        self._client = client
        self._public_url = public_url
        self.clock = clock
        self._write = write

    async def run(self) -> None:
        """Ask hubs for what is missing, until cancelled."""
        while True:
            try:
                await self.subscriptions.drop_unwanted()
                for row in await self.subscriptions.due(self.clock.now(), AT_ONCE):
                    await self.subscribe(row)
            except (SQLAlchemyError, OSError) as error:
                log.warning("the archive's database does not answer: %s", type(error).__name__)
            await self.clock.sleep(LOOK_EVERY)

    async def subscribe(self, row: Any) -> None:  # noqa: ANN401 - a row
        """Ask a hub to tell the news of a source."""
        form = {
            "hub.mode": "subscribe",
            "hub.topic": row.topic,
            "hub.callback": f"{self._public_url}/websub/{row.id}",
            "hub.secret": row.secret,
            "hub.lease_seconds": str(int(LEASE.total_seconds())),
        }
        answer = await self._client.post(row.hub, form)
        if answer.failure is not None:
            await self.subscriptions.refused(row.id, f"{answer.failure}: {answer.detail}")
        elif answer.status is None or answer.status // 100 != 2:  # noqa: PLR2004 - accepted
            await self.subscriptions.refused(row.id, f"status {answer.status}")

    async def grant(self, row: Any, seconds: int) -> None:  # noqa: ANN401 - a row
        """Note that a hub tells news of a source for so long."""
        lease = min(LONGEST, max(SHORTEST, timedelta(seconds=seconds)))
        await self.subscriptions.granted(row.id, self.clock.now(), lease)

    async def tell(self, row: Any) -> None:  # noqa: ANN401 - a row
        """Let a source be looked at: now, or a minute after the last time; not again, if that is still to come."""
        now = self.clock.now()
        if row.told_at is not None and row.told_at > now:
            return
        at = max(now, row.told_at + TOLD_EVERY) if row.told_at is not None else now
        watch = Watch(url=row.url, added_at=at, found_in=row.hub, modified=now, is_news=True)
        await self._write(topics.WATCH, canonical_url(row.url).encode(), encode(watch))
        await self.subscriptions.told(row.id, at)


class Signature:
    """What a hub signs a body with; `given` is METHOD=DIGEST, as it stands in `X-Hub-Signature`."""

    def __init__(self, given: str, secret: str) -> None:
        method, _, self._digest = given.partition("=")
        known = method.lower() if method.lower() in DIGESTS else None
        self._made = hmac.new(secret.encode(), digestmod=getattr(hashlib, known)) if known else None

    def add(self, chunk: bytes) -> None:
        """Add the next bytes of the body."""
        if self._made is not None:
            self._made.update(chunk)

    @property
    def is_right(self) -> bool:
        """Whether the body is from who knows the secret."""
        return self._made is not None and hmac.compare_digest(
            self._made.hexdigest().encode(), self._digest.strip().lower().encode("utf-8", "replace")
        )
