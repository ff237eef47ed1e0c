"""How fast a host may be asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime

from agents.fetch.answer import Answer, Failure

GAP = 5.0
"""Seconds between two requests to a host that says nothing else: the default of Nutch."""

SHORTEST_GAP = 0.5
"""The least, also where a host names a Crawl-delay of 0."""

MAX_DELAY = 300.0
"""The longest Crawl-delay that is kept, as Heritrix keeps it; a longer one would leave most articles unread."""

SLOW = 5.0
MAX_SLOW = 30.0
"""A host that takes its time gets five times as much between two requests, up to this."""

FIRST_PAUSE, LAST_PAUSE = 60.0, 3600.0
"""The pause after a failure, doubled with each further one."""

MAX_RETRY = 24 * 3600.0
"""The longest Retry-After that is kept."""

PAUSED_AFTER = 3
"""Failures in a row after which a host counts as paused."""

_BUSY = (429, 503)
_SERVER_ERROR = 500
_OUTAGES = frozenset({
    Failure.NO_ADDRESS, Failure.NO_CONNECTION, Failure.BAD_TLS, Failure.TIMEOUT, Failure.REFUSED_ADDRESS,
})  # fmt: skip
"""Failures that are the host's, and not those of one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What is kept of a host's pace: times in seconds since 1970.

    `last_at`: when it was asked last, which is told before it is, or when it had answered. `until`: not before.
    `failures`: in a row.
    """

    last_at: float = 0.0
    gap: float = GAP
    crawl_delay: float | None = None
    until: float = 0.0
    failures: int = 0

    @property
    def next_at(self) -> float:
        """When the host may be asked again."""
        return max(self.last_at + self.gap, self.until)

    def wait(self, now: float) -> float:
        """Seconds until the host may be asked again."""
        return max(0.0, self.next_at - now)

    @property
    def is_paused(self) -> bool:
        """Whether it has failed too often to be asked at its usual pace."""
        return self.failures >= PAUSED_AFTER


def bounded(pace: Pace, now: float) -> Pace:
    """The pace in which no wait is longer than its cause allows, where time went back."""
    return replace(pace, last_at=min(pace.last_at, now), until=min(pace.until, now + MAX_RETRY))


def asked(pace: Pace, now: float) -> Pace:
    """The pace once a host is asked."""
    return replace(pace, last_at=now)


def answered(pace: Pace, answer: Answer, seconds: float, now: float) -> Pace:
    """The pace after an answer that took so many seconds."""
    wanted = GAP if pace.crawl_delay is None else max(SHORTEST_GAP, min(pace.crawl_delay, MAX_DELAY))
    gap = max(wanted, min(SLOW * seconds, MAX_SLOW))
    pace = replace(pace, gap=gap, last_at=now)
    is_busy = answer.status in _BUSY
    if answer.failure not in _OUTAGES and not is_busy and (answer.status or 0) < _SERVER_ERROR:
        return replace(pace, failures=0, until=0.0)
    wait = min(FIRST_PAUSE * 2 ** min(pace.failures, 10), LAST_PAUSE)
    if is_busy and (retry := _retry_after(answer.retry_after, now)) is not None:
        wait = max(retry, gap)
    return replace(pace, failures=pace.failures + 1, until=now + wait)


def _retry_after(text: str | None, now: float) -> float | None:
    """The seconds that a Retry-After asks for: a number, or a date."""
    if text is None:
        return None
    if text.isascii() and text.isdigit():
        seconds = float(text[:9])
    else:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - now
        except (ValueError, OverflowError, TypeError):
            return None
    return min(max(seconds, 0.0), MAX_RETRY)
