"""The app that watches, beside that of `streams.topology`.

article.watch.v1 ────────► schedule ──► article.fetch-request.v1 ──► fetch ──► article.fetch.v1 ──► detect ...
article.version.v1 ──────►  │  ▲  │                                   │
article.outcome.v1 ──────►  │  │  └──► article.schedule.v1            │
article.takedown.v1 ─────►  │  │                                      │
│  └────────── article.check.v1 ◄─────────┘
links of sources: watch ◄─┘
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Coroutine
from typing import Any

from aiokafka import TopicPartition

from agents.fetch.client import Client
from agents.schedule.step import Schedules
from schemas import topics
from streams.clock import Clock
from streams.exactly_once import App
from streams.host_queues import AT_ONCE, READERS, HostQueues, Requests
from streams.readers import Readers
from streams.settings import Settings
from streams.stage import Reader, Stage
from streams.timer import Timer
from streams.topics import MIB, watch_app_id
from streams.topology import app_of
from streams.transaction import Input, Transaction

SCHEDULE_READS = (topics.WATCH, topics.CHECK, topics.VERSION, topics.OUTCOME, topics.TAKEDOWN)

MAX_ROW = MIB // 2
"""Bytes of a row of the schedule: its topic takes twice as many, and so does that of the request that is made of it."""


def watch_settings(settings: Settings) -> Settings:
    """The settings of the app that watches: its consumer group is another one, and its directory."""
    return dataclasses.replace(settings, app_id=watch_app_id(settings), data=settings.data / "watch")


def new_watch_app(settings: Settings, client: Client, clock: Clock) -> App:
    """The Faust app that watches, with `watch_settings`."""
    schedule = Schedules()
    turns, readers = asyncio.Semaphore(AT_ONCE), Readers(READERS)

    def new_input(tp: TopicPartition, transaction: Transaction, stage: Reader) -> Input:
        if stage.name == Requests.name:
            return HostQueues(
                tp,
                transaction,
                client=client,
                clock=clock,
                crash=app.crash,
                turns=turns,
                read=readers.document,
                tracer=app.spans,
            )
        return app.step_input(tp, transaction, stage)

    def beside(stage: Reader, transaction: Transaction) -> Coroutine[Any, Any, None] | None:
        is_timed = stage.name != Requests.name
        return Timer(transaction, schedule, clock).run() if is_timed else None

    app = app_of(
        settings,
        (Stage("schedule", SCHEDULE_READS, schedule, max_row=MAX_ROW), Requests()),
        {"schedule": topics.SCHEDULE},
        new_input=new_input,
        beside=beside,
    )
    return app
