"""What the outcome of a check does to the row of its URL."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import xxhash

from agents.discover.site import same_site
from agents.schedule.estimate import DAY, GIVEN_UP_AFTER, HOUR, first_belief, given_up_at, seen_unchanged
from agents.schedule.price import LOWEST
from agents.schedule.row import later, look_again, price_of, spread
from schemas.check import Check, Shown
from schemas.schedule import Schedule
from schemas.watch import Watch

GONE_AGAIN = (HOUR, 5 * HOUR, 18 * HOUR)
"""A page that is gone is looked at again 1, 6 and 24 hours later: gone three times over a day, it is removed."""

GONE_FOR_GOOD = 7 * DAY
"""The same after that."""

REFUSED_AGAIN = DAY
"""For how long a robots.txt is believed (RFC 9309, 2.4)."""

FAILED_AGAIN = HOUR / 4
"""After the first failure; twice that after each further one, up to a day."""

EVERY, SOONEST, LATEST = HOUR / 4, HOUR / 12, 6 * HOUR
"""Between two looks at a source: a fifth sooner where the last one had news, a fifth later where it had none. Where its
host is short of fetches, it is looked at as much more seldom as an edit has to be likelier, up to once an hour."""

FASTER, SLOWER = 0.8, 1.2

MAX_HOPS = 10
"""Addresses that lead on, each to another host or to what its page names as its own: as many as redirects."""

MAX_SHOWN = 5_000
"""Links that a source is remembered to have shown."""


def checked(check: Check, row: Schedule, mean: float) -> tuple[Schedule, list[Watch]]:
    """The row after a check, and what shall be watched because of it; `mean`: of the edits at its source."""
    now = check.checked_at
    is_earlier = row.last_check is not None and now <= row.last_check
    if is_earlier and row.requested_at is None:
        return row, []  # told again; where it was asked for since then, a clock was set back
    row = replace(row, threshold=check.threshold)
    if check.outcome == "deferred":
        last_check = now if is_earlier else row.last_check
        retry_at = check.retry_at or later(now, HOUR / 4)
        return replace(row, requested_at=None, last_check=last_check, next_check=retry_at), []
    after, wishes = _answered(check, row, mean)
    wished = row.next_check if row.requested_at is None else None
    if wished is not None and wished > now and after.next_check is not None:  # news came while the URL was asked for
        after = replace(after, next_check=min(wished, after.next_check), signal=row.signal)
    return after, wishes


def _answered(check: Check, row: Schedule, mean: float) -> tuple[Schedule, list[Watch]]:
    now = check.checked_at
    if check.outcome == "moved" and row.hops >= MAX_HOPS:
        check = replace(check, outcome="failed", error=f"more than {MAX_HOPS} addresses lead on and on")
    row = replace(
        row,
        requested_at=None,
        last_check=now,
        checks=row.checks + 1,
        kind=check.kind or row.kind,
        failures=0 if check.outcome == "gone" and row.error else row.failures,  # timeouts do not tell that it is gone
        error=check.error,
    )
    if check.outcome == "moved":
        return _moved_away(check, row)
    if check.outcome in ("failed", "gone", "refused"):
        return _unanswered(check, row), []
    row = replace(row, state="watched", failures=0)
    if check.outcome == "fetched":  # a 304 need not repeat them
        is_settled = row.doubted_until is not None and now > row.doubted_until
        doubted_until = None if is_settled else row.doubted_until
        row = replace(row, etag=check.etag, last_modified=check.last_modified, doubted_until=doubted_until)
    return (_article(check, row, mean), []) if row.kind in (None, "article") else _source(check, row)


def is_asked(row: Schedule) -> bool:
    """Whether a person wants this URL to be watched, or one that has led on to it."""
    return row.found_in is None or row.is_asked


def _unanswered(check: Check, row: Schedule) -> Schedule:
    now = check.checked_at
    if now.timestamp() >= _end(row):
        return replace(row, state="given_up", next_check=None)
    match check.outcome:
        case "gone":
            wait = GONE_AGAIN[row.failures] if row.failures < len(GONE_AGAIN) else GONE_FOR_GOOD
            return replace(row, failures=row.failures + 1, next_check=later(now, wait))
        case "refused":
            return replace(row, state="refused", next_check=spread(row, now, REFUSED_AGAIN))
        case _:
            due = spread(row, now, min(DAY, FAILED_AGAIN * 2 ** min(row.failures, 10)))
            return replace(row, failures=row.failures + 1, next_check=max(due, check.retry_at or due))


def _end(row: Schedule) -> float:
    """When a URL that does not answer is given up: a source never, what has not told what it is like an article."""
    if row.kind not in (None, "article"):
        return math.inf
    return given_up_at(row.belief) if row.belief is not None else row.added_at.timestamp() + GIVEN_UP_AFTER


def _moved_away(check: Check, row: Schedule) -> tuple[Schedule, list[Watch]]:
    """Another URL is watched in this one's place."""
    target = check.final_url or row.url
    watch = Watch(
        url=target,
        kind=row.kind,
        source=_name_of(target, row),
        added_at=check.checked_at,
        found_in=row.url,
        every=row.every,
        replaces=True,
        is_asked=is_asked(row),
        is_named=row.is_named,
        hops=row.hops + 1,
    )
    return replace(row, state="moved", article=check.article, next_check=None), [watch]


def _article(check: Check, row: Schedule, mean: float) -> Schedule:
    now = check.checked_at
    published = row.published.timestamp() if row.published is not None else None
    before = row.belief or first_belief(mean, row.added_at.timestamp(), published)
    after = seen_unchanged(before, now.timestamp())
    row = replace(row, belief=after, before=before, signal=None, followed=row.signal)
    return look_again(row, now)


def _source(check: Check, row: Schedule) -> tuple[Schedule, list[Watch]]:
    now = check.checked_at
    known = set(row.shown)
    news = [link for link in check.links if _mark(link) not in known]
    # The feeds that a page names: of one that a person wants to be watched, and no further.
    feeds = {_mark_of(feed, row.every): feed for feed in check.feeds} if is_asked(row) else {}
    shown = [*feeds, *map(_mark, check.links), *row.shown] if check.outcome == "fetched" else row.shown
    interval = row.interval or EVERY
    if row.checks > 1:
        interval = min(LATEST, max(SOONEST, interval * (FASTER if news else SLOWER)))
    row = replace(
        row,
        source=row.source or check.name,
        hub=check.hub if check.outcome == "fetched" else row.hub,
        signal=None,
        followed=row.signal,
        interval=interval,
        next_check=spread(row, now, row.every or max(interval, min(HOUR, interval * price_of(row) / LOWEST))),
        shown=tuple(dict.fromkeys(shown))[:MAX_SHOWN],
        last_changed=now if news else row.last_changed,
    )
    new_feeds = [feed for mark, feed in feeds.items() if mark not in known]
    return row, [*_articles(news, row, now), *_feeds(new_feeds, row, now)]


def _articles(news: Iterable[Shown], row: Schedule, now: datetime) -> list[Watch]:
    """The articles among them; of those of other sites, its word says neither their paper nor that they were edited."""
    return [
        Watch(
            url=link.url,
            kind="article",
            source=_name_of(link.url, row),
            added_at=now,
            found_in=row.url,
            modified=link.modified if same_site(link.url, row.url) else None,
        )
        for link in news
    ]


def _name_of(url: str, row: Schedule) -> str | None:
    """The paper of an article that a source shows: what a person calls the source, or it calls itself on its site."""
    return row.source if row.is_named or same_site(url, row.url) else None


def _feeds(feeds: Iterable[str], row: Schedule, now: datetime) -> list[Watch]:
    return [
        Watch(
            url=feed,
            kind="feed",
            source=_name_of(feed, row),
            added_at=now,
            found_in=row.url,
            every=row.every,
            is_named=row.is_named,
        )
        for feed in feeds
    ]


def _mark(link: Shown) -> int:
    return _mark_of(link.url, link.modified.isoformat() if link.modified else "")


def _mark_of(url: str, what: object) -> int:
    """What a source is remembered by to have shown this of a URL."""
    return xxhash.xxh3_64_intdigest(f"{url} {what}".encode())
