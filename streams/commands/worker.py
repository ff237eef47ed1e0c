"""`newsdiff worker`: one worker, or several under a supervisor."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import click
import faust
from prometheus_client import REGISTRY

from agents.fetch.client import Client
from streams import health, logs
from streams.clock import Clock
from streams.commands.topics import ensure_topics
from streams.data_directory import locked
from streams.exactly_once import App
from streams.held_metrics import Held
from streams.liveness import Watch
from streams.membership import leave_for_predecessor
from streams.rule_files import load_rules
from streams.settings import Settings
from streams.supervisor import WATCHER, WORKER, WorkerProcesses
from streams.topology import new_app
from streams.watch_topology import new_watch_app, watch_settings

STOP_TIMEOUT = 15.0
"""Seconds that a worker has to commit and leave its group: less than its supervisor waits."""


@click.command("worker")
@click.option("--workers", type=click.IntRange(1, 64), help="Start so many, and start those again that end.")
@click.option("--watch", "watches", is_flag=True, help="Watch: look again at what is watched, and fetch it.")
@click.pass_obj
def command(settings: Settings, *, workers: int | None, watches: bool) -> None:
    """Run a worker: it detects versions and publishes changes, or watches, until it is stopped."""
    logs.configure(settings)
    load_rules(settings.rules)  # what is wrong in them is told before anything starts
    asyncio.run(ensure_topics(settings))
    if workers is not None:
        program = WATCHER if watches else WORKER
        with contextlib.suppress(KeyboardInterrupt), WorkerProcesses(settings, workers, program) as processes:
            processes.supervise()
        return
    if watches:
        settings = watch_settings(settings)
    with locked(settings.data, "worker"):
        asyncio.run(leave_for_predecessor(settings))
        run(settings, _new_watch_app if watches else new_app)


def _new_watch_app(settings: Settings) -> App:
    client = Client(settings.contact, allowed=settings.inside_addresses)
    return new_watch_app(settings, client, Clock.of(settings.clock))


def run(settings: Settings, make_app: Callable[[Settings], App] = new_app) -> None:
    """Run one worker in this process until it is told to stop. It exits by itself, with code 1, when it crashes."""
    logs.configure(settings)
    logging.getLogger("aiokafka").setLevel(logging.WARNING)
    # On a new cluster there is no coordinator for some seconds; where it stays so, liveness tells.
    logging.getLogger("aiokafka.consumer.group_coordinator").addFilter(
        lambda record: "GroupCoordinatorNotAvailableError" not in record.getMessage()
    )
    # A commit that takes longer than the interval is no news for an operator: lag is what counts.
    logging.getLogger("mode.timers").setLevel(logging.ERROR)
    gc.freeze()  # the modules stay: no collection need look at them, which saves a tenth of the time
    app = make_app(settings)
    watch = Watch(settings, app.held)
    REGISTRY.register(Held(lambda: list(app.partitions.values()), lambda: watch.lag, lambda: watch.committed))
    health.serve(settings, live=watch.wrong, ready=lambda: app.unready() or watch.unanswered())
    watch.start()
    worker = Worker(app, override_logging=False, redirect_stdouts=False, quiet=True, loglevel="WARNING")
    worker.execute_from_commandline()


class Worker(faust.Worker):
    """Faust's worker without its spinner, and without a word on Ctrl-C."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spinner = None

    def _schedule_shutdown(self, number: signal.Signals) -> None:
        _exit_after(STOP_TIMEOUT)
        super()._schedule_shutdown(number)

    def on_worker_shutdown(self) -> None:
        """Call when the worker stops, also after a crash."""
        _exit_after(STOP_TIMEOUT)


def _exit_after(seconds: float) -> None:
    """End this process, however its stop hangs: what is not committed is aborted by whoever takes its partitions."""
    timer = threading.Timer(seconds, os._exit, (1,))
    timer.daemon = True
    timer.start()
