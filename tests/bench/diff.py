"""Ours and its peers on the same pairs in the same run: time, what is marked, what hostile texts cost."""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
from collections.abc import Callable
from statistics import quantiles
from typing import Any

from agents.diff.apply import apply
from agents.diff.compare import diff
from agents.diff.text import Text
from tests.bench.diff_inputs import adversarial, generated_pairs, real_pairs, seed_pair
from tests.bench.diff_peers import PEERS, Peer, diff_marks, least_marked, rebuilds, spans_marked, words_marked
from tests.bench.diff_step import step_times

SIZES = (1_000, 6_000, 50_000)
REPEATS = 3
LIMIT_SECONDS = 5
LIMIT_BYTES = 8 << 30

OURS = Peer(lambda text: text, diff, diff_marks)
ALL = {"newsdiff": OURS, **PEERS}

Table = list[dict[str, object]]
Pairs = list[tuple[Text, Text]]


def measure() -> dict[str, Table]:
    """A table for each kind of pair, one of hostile texts, and one of the whole step."""
    quick = "BENCH_QUICK" in os.environ
    tables: dict[str, Table] = {}
    for size in SIZES[:2] if quick else SIZES:
        real, made = real_pairs(size), generated_pairs(size)
        tables[f"real pairs of about {size:,} characters"] = _compared(real[:5] if quick else real)
        tables[f"generated pairs of about {size:,} characters"] = _compared(made[:5] if quick else made)
    tables["the original article"] = _compared([seed_pair()])
    tables[f"hostile texts, seconds (-: more than {LIMIT_SECONDS} s or {LIMIT_BYTES >> 30} GiB)"] = _hostile(
        quick=quick
    )
    tables["the whole step: version event in, labelled change event out"] = step_times(real_pairs(6_000))
    return tables


def _compared(pairs: Pairs) -> Table:
    """Best of three for each pair; words marked relative to the least possible, spans for 100 marked words."""
    least = sum(least_marked(old, new) for old, new in pairs)
    ours = 0.0
    rows: Table = []
    for name, peer in ALL.items():
        times, words, spans, broken = [], 0, 0, 0
        for old, new in pairs:
            before, after = peer.prepare(old), peer.prepare(new)
            took, result = _best_of(REPEATS, lambda peer=peer, a=before, b=after: peer.run(a, b))
            times.append(took * 1e6)
            marks = peer.marks(result)
            words, spans = words + words_marked(marks), spans + spans_marked(marks)
            broken += not (apply(result, old) == new if peer is OURS else rebuilds(marks, old, new))
        p50, p99 = _percentiles(times)
        ours = ours or p50
        rows.append(
            {
                "": name,
                "pairs": len(pairs),
                "p50 µs": p50,
                "p99 µs": p99,
                "p50 / ours": p50 / ours,
                "words / least": words / least,
                "spans / 100 words": 100 * spans / words,
                "texts lost": broken,
            }
        )
    return rows


def _percentiles(times: list[float]) -> tuple[float, float]:
    if len(times) == 1:
        return times[0], times[0]
    cuts = quantiles(times, n=100, method="inclusive")
    return cuts[49], cuts[98]


def _best_of(repeats: int, call: Callable[[], Any]) -> tuple[float, Any]:
    best, result = float("inf"), None
    for _ in range(repeats):
        began = time.perf_counter()
        result = call()
        best = min(best, time.perf_counter() - began)
        if best > 1:
            break
    return best, result


def _hostile(*, quick: bool) -> Table:
    rows: Table = []
    for name, old, new in list(adversarial())[: 2 if quick else None]:
        row: dict[str, object] = {"": name}
        for peer in ALL:
            row[peer.split(" ")[0].rstrip(",")[:14]] = _alone(peer, old, new)
        rows.append(row)
    return rows


def _alone(peer: str, old: Text, new: Text) -> float | str:
    """The seconds that a diff takes in a process of its own."""
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_timed, args=(sender, peer, old, new))
    process.start()
    sender.close()
    try:
        return float(receiver.recv()) if receiver.poll(LIMIT_SECONDS + 2) else "-"
    except EOFError:
        return "-"
    finally:
        process.kill()
        process.join()


def _timed(sender: Any, peer: str, old: Text, new: Text) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT_BYTES, LIMIT_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT_SECONDS, LIMIT_SECONDS))
    before, after = ALL[peer].prepare(old), ALL[peer].prepare(new)
    began = time.perf_counter()
    try:
        ALL[peer].run(before, after)
    except (MemoryError, RecursionError):
        return
    sender.send(time.perf_counter() - began)
