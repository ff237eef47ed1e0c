"""Fetches a second: this project's worker beside other clients, all reading the same topic in the same run.

The first row is the limit of our client: a plain aiokafka loop that hashes and writes what is new (`peers`). All run
one after the other, alone, each on a backlog and by what it has committed (`readers`). The worker does all that it does
in production: with changes, its time ends when the last of these is published. There it reads each new page, which
takes 5 to 12 ms of a processor for these, while the peers only hash: so it gets fewer fetches.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from streams.settings import Settings
from tests.bench.deployment import QUICK, Row, Tables, deployment
from tests.bench.pages import Archive, Written
from tests.bench.peers import LOOP_AIOKAFKA, LOOP_CONFLUENT, QUIX_AT_LEAST_ONCE, QUIX_EXACTLY_ONCE
from tests.bench.readers import FetchTopic, Figures, Readers, is_installed, peer, workers

OURS = "newsdiff, exactly once"
PEERS = {
    LOOP_AIOKAFKA: ("aiokafka", "aiokafka loop, at least once"),
    LOOP_CONFLUENT: ("confluent_kafka", "confluent-kafka loop, at least once"),
    QUIX_AT_LEAST_ONCE: ("quixstreams", "Quix Streams, at least once"),
    QUIX_EXACTLY_ONCE: ("quixstreams", "Quix Streams, exactly once"),
}

CHANGED_EVERY = 20

Run = dict[str, Figures]
"""What each reader took for the same fetches, the first of the rows first."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Counts for one size of page. `fetches` are also those of a peer with changes, `read` those of ours."""

    size: int
    articles: int
    fetches: int
    read: int
    rounds: int


PLANS = (
    [Plan(10_000, 200, 2_000, 400, 3), Plan(100_000, 50, 400, 100, 2)]
    if QUICK
    else [Plan(10_000, 2_000, 60_000, 4_000, 5), Plan(100_000, 500, 8_000, 2_000, 3)]
)


def measure() -> Tables:
    """For each size of page a table of all ways to read it, and one of the first and ours, alternately."""
    tables: Tables = {}
    for plan in PLANS:
        with deployment(session_timeout=300) as settings:
            rows, pairs = _measure(settings, plan)
        size = f"pages of {plan.size // 1000} kB"
        tables[f"{size}, one process each"] = rows
        tables[f"{size}, all unchanged, {plan.rounds} rounds in turn"] = pairs
    return tables


def _measure(settings: Settings, plan: Plan) -> tuple[list[Row], list[Row]]:
    archive = Archive(plan.size, plan.articles)
    topic = FetchTopic(settings)
    with contextlib.ExitStack() as stack:
        peers = {
            label: stack.enter_context(peer(settings, name))
            for name, (module, label) in PEERS.items()
            if is_installed(module)
        }
        with workers(settings) as worker:
            ours = {OURS: worker}
            everyone = {**peers, **ours}
            for readers in everyone.values():
                readers.stop()
            _run(topic, archive.everything(), everyone, changes=True)
            rounds = [_run(topic, archive.fetches(plan.fetches), everyone) for _ in range(plan.rounds)]
            changed = _run(topic, archive.fetches(plan.read, CHANGED_EVERY), ours, changes=True)
            new = _run(topic, archive.new(plan.read), ours, changes=True)
        _run(topic, (), peers)  # what was ours alone
        changed = _run(topic, archive.fetches(plan.fetches, CHANGED_EVERY), peers) | changed
        new = _run(topic, archive.new(plan.fetches), peers) | new
    mixes = {"all unchanged": _median(rounds), f"{100 // CHANGED_EVERY} % changed": changed, "all new": new}
    return [row for mix, figures in mixes.items() for row in _rows(mix, figures)], _pairs(rounds)


def _run(topic: FetchTopic, records: Iterable[Written], readers: dict[str, Readers], *, changes: bool = False) -> Run:
    """Write records while all stand still, then let one after the other read to the end."""
    topic.write(records)
    return {name: topic.read_by(one, changes=changes) for name, one in readers.items()}


def _median(rounds: Sequence[Run]) -> Run:
    """For each reader the round whose rate is in the middle."""
    runs = {name: sorted((run[name] for run in rounds), key=lambda figures: figures.rate) for name in rounds[0]}
    return {name: figures[len(figures) // 2] for name, figures in runs.items()}


def _rows(mix: str, run: Run) -> list[Row]:
    first = next(iter(run.values()))
    rows: list[Row] = [
        {
            "fetches are": mix,
            "read by": name,
            "fetches": figures.fetches,
            "fetches a second": figures.rate,
            "ratio": figures.rate / first.rate,
            "CPU µs a fetch": figures.cpu,
        }
        for name, figures in run.items()
    ]
    for module, name in PEERS.values():
        if name not in run:
            skipped = f"{name}: skipped, {module} is not installed"
            rows.append({**dict.fromkeys(rows[0], ""), "fetches are": mix, "read by": skipped})
    return rows


def _pairs(rounds: Sequence[Run]) -> list[Row]:
    """The first row and ours, round by round, then the median of each column, the least and the largest."""
    rows: list[dict[str, float]] = []
    for run in rounds:
        loop, ours = next(iter(run.values())), run[OURS]
        rates = {"loop, a second": loop.rate, "newsdiff, a second": ours.rate, "ratio": ours.rate / loop.rate}
        rows.append(rates | {"ratio of CPU": ours.cpu / loop.cpu})
    named: list[Row] = [{"round": number, **row} for number, row in enumerate(rows, 1)]
    for name, of in (("median", median), ("least", min), ("largest", max)):
        named.append({"round": name, **{column: of([row[column] for row in rows]) for column in rows[0]}})
    return named
