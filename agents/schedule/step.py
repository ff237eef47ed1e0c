"""The schedule step: keeps when each watched URL is looked at next, and asks for it when its time has come.

The row of a URL is its schedule event, so that the table's changelog is `article.schedule.v1`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from agents.detect.url import canonical_url, has_user, host_and_port
from agents.schedule.answers import checked
from agents.schedule.estimate import DAY, GIVEN_UP_AFTER, chance_unseen
from agents.schedule.news import found, new_version
from agents.schedule.prior import Counts, source_mean, with_check
from agents.schedule.row import instant, later
from agents.schedule.signals import Precision, confirmed, raised, unconfirmed
from agents.schedule.wishes import is_led_on, led_on, watched
from agents.step import KEEP, Result
from schemas import topics
from schemas.check import Check
from schemas.codec import decode, encode
from schemas.errors import BadRecordError, Reason, shown
from schemas.fetch_request import FetchRequest
from schemas.outcome import Outcome
from schemas.record import Output, Record
from schemas.schedule import Belief, Schedule
from schemas.takedown import Takedown
from schemas.version import Version
from schemas.watch import Watch

MAX_SOURCES = 10_000

CLOCKS_DIFFER = 60.0
"""Seconds by which the clocks of two workers may differ."""

ASKED_AGAIN_AFTER = DAY
"""Seconds after which a request that nobody answered is made again. None gets lost, but its topic may be emptied."""


class Schedules:
    """See the module. What it learns of sources it keeps in memory: it is forgotten with the worker."""

    def __init__(self) -> None:
        self._overall = Counts()
        self._sources: dict[str, Counts] = {}
        self._precisions: dict[str, Precision] = {}

    def __call__(self, record: Record, row: bytes | None) -> Result:
        """Handle a watch, check, version, outcome or takedown record."""
        known = decode(row, Schedule, f"the row for {record.place}") if row is not None else None
        if record.topic == topics.WATCH:
            return self._wished(record, known)
        if record.topic == topics.TAKEDOWN:
            return _taken_down(record, known)
        if known is None or known.forgotten or known.unwatched or record.value is None:
            return Result("not watched")
        if record.topic == topics.CHECK:
            mean = source_mean(self._sources.get(known.source or "", Counts()), self._overall)
            check = decode(record.value, Check, record.place)
            after, wishes = checked(check, known, mean)
            if check.outcome in ("fetched", "unchanged") and after != known:
                self._looked_at(known, after)
            return Result("checked", _watch_records(wishes), encode(after))
        if record.topic == topics.VERSION:
            after = new_version(decode(record.value, Version, record.place), known)
            self._learn(known.source, known.belief, after.belief)
            if known.followed is not None and after.followed is None:
                self._precisions[known.followed] = confirmed(self._precision(known.followed))
        else:
            after = found(decode(record.value, Outcome, record.place), known)
        return Result("heard", row=encode(after)) if after != known else Result("heard")

    def due(self, row: bytes, now: float) -> float | None:
        """When a row's URL is looked at next; never, where somebody else has written what is no row.

        What was planned by a clock that was ahead of this one is due at once.
        """
        try:
            known = decode(row, Schedule, "a row of the schedule")
        except BadRecordError:
            return None
        planned_at = known.requested_at or known.last_check
        is_over = known.state == "moved" or known.forgotten or known.unwatched
        if planned_at is not None and planned_at.timestamp() > now + CLOCKS_DIFFER and not is_over:
            return now
        return known.next_check.timestamp() if known.next_check else None

    def on_time(self, key: bytes, row: bytes, now: float) -> Result:
        """Ask for a URL whose time has come, or give it up."""
        known, moment = decode(row, Schedule, "a row of the schedule"), instant(now)
        if known.last_check is None and moment >= later(known.added_at, GIVEN_UP_AFTER):  # it has never answered
            given_up = replace(known, state="given_up", next_check=None, requested_at=None)
            return Result("given up", row=encode(given_up))
        # A 304 would show nothing to detect, where it waits for a text to come again, or for a comeback.
        is_settled = known.state == "watched" and not known.failures and known.doubted_until is None
        # A look that has left a doubt has not shown yet whether there was an edit.
        belief = known.before if known.doubted_until is not None and known.before is not None else known.belief
        worth = chance_unseen(belief, now) if belief else 1.0
        request = FetchRequest(
            key=key.decode(),
            url=known.url,
            kind=known.kind,
            source=known.source,
            due_at=known.next_check or moment,
            worth=raised(worth, self._precision(known.signal)) if known.signal else worth,
            etag=known.etag if is_settled else None,
            last_modified=known.last_modified if is_settled else None,
            fixed=known.fixed,
        )
        asked = replace(known, requested_at=moment, next_check=later(moment, ASKED_AGAIN_AFTER))
        output = Output(topics.FETCH_REQUEST, host_and_port(known.url).encode(), encode(request))
        return Result("asked", (output,), encode(asked))

    def _wished(self, record: Record, known: Schedule | None) -> Result:
        """What a watch record asks for."""
        if record.value is None:
            return _unwatched(known)
        watch = decode(record.value, Watch, record.place)
        if record.key != canonical_url(watch.url).encode():
            message = f"{record.place}: the key is {shown(record.key)}: watch records are keyed by their canonical URL"
            raise BadRecordError(Reason.BAD_FIELD, message)
        if has_user(watch.url):
            raise BadRecordError(Reason.BAD_FIELD, f"{record.place}: there is a user in the URL: leave it out")
        if known is not None and known.forgotten:
            return Result("known")
        if known is not None and is_led_on(watch, known):
            return Result("led on", _watch_records([led_on(watch, known)]))
        wished = watched(watch, known, self._precision(watch.found_in))
        return Result("watched", row=encode(wished)) if wished else Result("known")

    def _precision(self, source: str | None) -> Precision:
        """How often the word of a source, its URL, was right."""
        return self._precisions.get(source or "", Precision())

    def _looked_at(self, known: Schedule, after: Schedule) -> None:
        """Count what a check has shown, and whether the signal that it followed was right, as far as that is known."""
        self._learn(known.source, after.before, after.belief)
        if known.signal is not None and after.followed == known.signal:
            precision = unconfirmed(self._precision(known.signal))
            has_news = after.kind not in (None, "article") and after.last_changed == after.last_check
            self._precisions[known.signal] = confirmed(precision) if has_news else precision

    def _learn(self, source: str | None, before: Belief | None, after: Belief | None) -> None:
        """Count what a check or a version has shown for its source."""
        if before is None or after is None:
            return
        if max(len(self._sources), len(self._precisions)) >= MAX_SOURCES:
            self._sources.clear()
            self._precisions.clear()
        self._overall = with_check(self._overall, before, after)
        self._sources[source or ""] = with_check(self._sources.get(source or "", Counts()), before, after)


def _unwatched(known: Schedule | None) -> Result:
    """The end of watching: of an article a mark is left, so that no source brings it back."""
    if known is None or known.forgotten or known.kind not in (None, "article"):
        return Result("unwatched", row=KEEP if known is not None and known.forgotten else None)
    mark = Schedule(
        url=known.url,
        kind=known.kind,
        source=known.source,
        state="given_up",
        added_at=known.added_at,
        next_check=None,
        unwatched=True,
    )
    return Result("unwatched", row=encode(mark))


def _taken_down(record: Record, known: Schedule | None) -> Result:
    """What shall be forgotten is not asked for any more, whoever shows it; what is hidden is watched as before."""
    takedown = decode(record.value, Takedown, record.place) if record.value is not None else None
    if takedown is None or takedown.state == "hidden" or takedown.released:
        return Result("shown", row=None if known is not None and known.forgotten else KEEP)
    mark = Schedule(
        url=takedown.url,
        kind="article",
        source=None,
        state="given_up",
        added_at=takedown.at,
        next_check=None,
        forgotten=True,
    )
    return Result("forgotten", row=encode(mark))


def _watch_records(wishes: Iterable[Watch]) -> tuple[Output, ...]:
    records = []
    for wish in wishes:
        try:
            key = canonical_url(wish.url)
        except BadRecordError:
            continue  # a link of a source that is no URL of a page
        records.append(Output(topics.WATCH, key.encode(), encode(wish)))
    return tuple(records)
