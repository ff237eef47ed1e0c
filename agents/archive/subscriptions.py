"""The subscriptions at the hubs of watched sources (WebSub), as the archive keeps them.

They are made from the sources that the archive knows. Where it is made anew, so are they: their addresses are others
then, and hubs drop the old ones.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from agents.archive.tables import subscription, watching

RENEWED_AT = 0.8
"""Of a lease: then it is asked for again."""

AGAIN, LONGEST = timedelta(hours=1), timedelta(days=7)
"""After a hub did not grant a subscription the first time; twice that after each further one, up to a week."""

MAX_ERROR = 500
"""Characters of it that are kept."""

_IS_OF = and_(
    subscription.c.url == watching.c.url,
    subscription.c.hub == watching.c.hub,
    subscription.c.topic == watching.c.hub_topic,
)
_IS_WANTED = and_(watching.c.hub.is_not(None), watching.c.state == "watched")


class Subscriptions:
    """Reads and writes them."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def drop_unwanted(self) -> None:
        """Forget those of sources that are watched no longer, or name another hub."""
        wanted = select(watching.c.url).where(_IS_OF, _IS_WANTED).exists()
        async with self._engine.begin() as connection:
            await connection.execute(subscription.delete().where(~wanted))

    async def due(self, now: datetime, count: int) -> Sequence[Any]:
        """The rows of those that a hub has to be asked for now, `count` at most.

        It is noted before the hub is asked: whatever comes of it, it is not asked again at once.
        """
        query = select(watching.c.url, watching.c.hub, watching.c.hub_topic, subscription.c.failures)
        query = query.outerjoin(subscription, _IS_OF).where(_IS_WANTED)
        query = query.where(or_(subscription.c.url.is_(None), subscription.c.ask_at <= now))
        async with self._engine.begin() as connection:
            found = (await connection.execute(query.order_by(watching.c.url).limit(count))).all()
            for row in found:
                failures = row.failures or 0
                values = {"ask_at": now + min(LONGEST, AGAIN * 2 ** min(failures, 10)), "failures": failures + 1}
                if row.failures is None:
                    values |= {"id": secrets.token_hex(16), "secret": secrets.token_urlsafe(32)}
                    values |= {"url": row.url, "hub": row.hub, "topic": row.hub_topic}
                    await connection.execute(subscription.insert().values(values))
                else:
                    of_url = subscription.update().where(subscription.c.url == row.url)
                    await connection.execute(of_url.values(values))
            asked = select(subscription).where(subscription.c.url.in_([row.url for row in found]))
            return (await connection.execute(asked)).all()

    async def find(self, id_: str) -> Any | None:  # noqa: ANN401 - a row
        """A subscription."""
        async with self._engine.connect() as connection:
            return (await connection.execute(select(subscription).where(subscription.c.id == id_))).one_or_none()

    async def granted(self, id_: str, now: datetime, lease: timedelta) -> None:
        """Note that the hub tells news for so long."""
        await self._update(id_, until=now + lease, ask_at=now + RENEWED_AT * lease, failures=0, error=None)

    async def refused(self, id_: str, error: str) -> None:
        """Note that the hub does not."""
        await self._update(id_, error=error[:MAX_ERROR])

    async def told(self, id_: str, at: datetime) -> None:
        """Note when its last news are looked at."""
        await self._update(id_, told_at=at)

    async def _update(self, id_: str, **values: object) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(subscription.update().where(subscription.c.id == id_).values(**values))
