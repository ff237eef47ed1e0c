"""Times, numbers and states in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import regex

from agents.diff.interval import interval

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

GIVEN_UP = "It last changed over 40 days ago and won't be checked again for changes."

_NO_XML = regex.compile(r"[^\x09\x0A\x0D\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def moment(time: datetime) -> str:
    """A time: `18 November 2015, 16:52 UTC`."""
    return f"{time.astimezone(UTC):%-d %B %Y, %H:%M} UTC"


def ago(time: datetime, now: datetime) -> str:
    """How long ago a time was: `3 minutes ago`; after a month, the day."""
    passed = now - time
    if passed < MINUTE:
        return "just now"
    for unit, name, end in ((MINUTE, "minute", HOUR), (HOUR, "hour", DAY), (DAY, "day", 31 * DAY)):
        if passed < end:
            return f"{counted(passed // unit, name)} ago"
    return f"on {time:%-d %B %Y}"


def passed(since: datetime, until: datetime) -> str:
    """How long a time lies after another one, or before it: `about 5 hours later`, `2 days earlier`."""
    if until >= since:
        return interval(since, until).words
    return f"{interval(until, since).words.removesuffix('later')}earlier"


def safe_url(url: str) -> str:
    """The address, where following it only loads a page; else one that leads nowhere."""
    return url if url.lower().startswith(("https://", "http://")) else "about:invalid"


def as_xml(text: str) -> str:
    """A document without the characters that XML cannot hold (XML 1.0, 2.2)."""
    return _NO_XML.sub("", text)


def counted(number: int, name: str) -> str:
    """A number and what it counts: `1 word`, `1,200 words`."""
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def edits(added: int, removed: int) -> str:
    """How many words a change added and removed."""
    return f"{counted(added, 'word')} added, {removed:,} removed" if added or removed else "the text as before"


def times(number: int) -> str:
    """How often something happened."""
    return counted(number, "time")


def checked(article: Any, watching: Any | None, now: datetime) -> str:  # noqa: ANN401 - rows
    """When an article last changed, and whether and when it is looked at again: a sentence or two."""
    changed = f"It last changed {ago(article.last_changed, now)}" if article.last_changed else "It has not changed yet"
    if watching is None:
        return f"{changed}. It is not watched, so that it won't be checked again for changes."
    if watching.state == "given_up":
        return GIVEN_UP if article.last_changed else "It has not changed for 40 days and won't be checked again."
    if watching.next_check is None:
        return f"{changed} and won't be checked again for changes at this address."
    if watching.next_check <= now:
        return f"{changed}. The next check for changes is due now."
    return f"{changed}. The next check for changes will be on {moment(watching.next_check)}."
