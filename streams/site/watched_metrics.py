"""How much is watched and overdue, counted in the archive now and then, for Prometheus."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from agents.archive.figures import Figures
from streams.clock import Clock
from streams.metrics import OVERDUE, WATCHED

COUNT_EVERY = 60.0
"""Seconds between two counts."""

PATIENCE = timedelta(minutes=10)
"""What a look may be late: hosts have their pace, and the archive hears of a look after it."""

log = logging.getLogger(__name__)


async def count_watched(figures: Figures, clock: Clock) -> None:
    """Count until cancelled."""
    while True:
        try:
            WATCHED.clear()
            for (state, kind), number in (await figures.watched()).items():
                WATCHED.labels(state, kind).set(number)
            OVERDUE.set(await figures.overdue(clock.now() - PATIENCE))
        except (SQLAlchemyError, OSError) as error:
            log.info("what is watched cannot be counted: %s", type(error).__name__)
        await asyncio.sleep(COUNT_EVERY)
