"""The schedule step: keeps when each watched URL is looked at next, and asks for it when its time has come.

The row of a URL is its schedule event, so that the table's changelog is `article.schedule.v1`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from agents.detect.url import canonical_url
from agents.schedule.answers import checked
from agents.schedule.estimate import unseen
from agents.schedule.news import found, new_version
from agents.schedule.row import given_up_at, instant, later
from agents.schedule.wishes import watched
from agents.step import Result
from schemas import topics
from schemas.check import Check
from schemas.codec import decode, encode
from schemas.errors import BadRecordError
from schemas.fetch_request import FetchRequest
from schemas.outcome import Outcome
from schemas.record import Output, Record
from schemas.schedule import Schedule
from schemas.version import Version
from schemas.watch import Watch

THRESHOLD = 0.02
"""Edits that a look has to promise where its host can be asked for everything (see `tests/bench/schedule.py`)."""

ASKED_AGAIN_AFTER = 6 * 3600.0
"""Seconds after which a request that nobody answered is made again. None gets lost, but its topic may be emptied."""


class Schedules:
    """See the module."""

    def __call__(self, record: Record, row: bytes | None) -> Result:
        """Handle a watch, check, version or outcome record."""
        known = decode(row, Schedule, f"the row for {record.place}") if row is not None else None
        if record.topic == topics.WATCH:
            if record.value is None:
                return Result("unwatched", row=None)
            wished = watched(decode(record.value, Watch, record.place), known)
            return Result("watched", row=encode(wished)) if wished else Result("known")
        if known is None:
            return Result("not watched")
        if record.topic == topics.CHECK:
            after, wishes = checked(decode(record.value, Check, record.place), known)
            return Result("checked", _watch_records(wishes), encode(after))
        if record.topic == topics.VERSION:
            after = new_version(decode(record.value, Version, record.place), known, THRESHOLD)
        else:
            after = found(decode(record.value, Outcome, record.place), known)
        return Result("heard", row=encode(after)) if after != known else Result("heard")

    def due(self, row: bytes) -> float | None:
        """When a row's URL is looked at next."""
        known = decode(row, Schedule, "a row of the schedule")
        return known.next_check.timestamp() if known.next_check else None

    def on_time(self, key: bytes, row: bytes, now: float) -> Result:
        """Ask for a URL whose time has come, or give it up."""
        known, moment = decode(row, Schedule, "a row of the schedule"), instant(now)
        is_article = known.kind in (None, "article")
        if is_article and known.state == "watched" and moment >= given_up_at(known) and known.last_check:
            given_up = replace(known, state="given_up", next_check=None, requested_at=None)
            return Result("given up", row=encode(given_up))
        request = FetchRequest(
            key=key.decode(),
            url=known.url,
            kind=known.kind,
            source=known.source,
            due_at=known.next_check or moment,
            worth=unseen(known.belief, now) if known.belief else 1.0,
            etag=known.etag,
            last_modified=known.last_modified,
        )
        asked = replace(known, requested_at=moment, next_check=later(moment, ASKED_AGAIN_AFTER))
        output = Output(topics.FETCH_REQUEST, host_key(known.url).encode(), encode(request))
        return Result("asked", (output,), encode(asked))


def host_key(url: str) -> str:
    """The host of a URL, with its port if that is odd: what requests are keyed by."""
    return canonical_url(url).removeprefix("https://").partition("/")[0]


def _watch_records(wishes: Iterable[Watch]) -> tuple[Output, ...]:
    records = []
    for wish in wishes:
        try:
            key = canonical_url(wish.url)
        except BadRecordError:
            continue  # a link of a source that is no URL of a page
        records.append(Output(topics.WATCH, key.encode(), encode(wish)))
    return tuple(records)
