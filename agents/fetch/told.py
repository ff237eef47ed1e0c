"""What is written of an answer: the check, and, of an article, the fetch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from agents.detect.url import canonical_url, has_user
from agents.discover.document import ReadDocument, read_document
from agents.discover.hubs import hub_in_header
from agents.discover.link import Found
from agents.discover.source import Source
from agents.fetch.answer import Answer, Failure
from schemas import topics
from schemas.check import Check, CheckOutcome, Shown
from schemas.codec import encode
from schemas.errors import BadRecordError
from schemas.fetch import write_fetch
from schemas.fetch_request import FetchRequest
from schemas.record import Output

MAX_LINK_CHARS = 500_000
"""What a check tells of a source: its record may have 2 MiB."""

NOT_MODIFIED = 304
GONE = (404, 410)
_OK, _MULTIPLE = 200, 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that was made: when, in seconds since 1970, how long it took, and what is known of its host.

    `threshold`: its price. `sitemaps`: of its news, as its robots.txt names them.
    """

    request: FetchRequest
    at: float
    seconds: float = 0.0
    threshold: float
    sitemaps: tuple[str, ...] = ()


def told(asked: Asked, answer: Answer, read: ReadDocument = read_document) -> tuple[Output, ...]:
    """The records for an answer."""
    check = replace(
        _check(asked, _outcome(answer)),
        status=answer.status,
        final_url=_led_to(asked, answer),
        etag=answer.etag,
        last_modified=answer.last_modified,
        bytes=len(answer.body),
        error=told_failure(answer),
    )
    if check.outcome == "unchanged" and not (asked.request.etag or asked.request.last_modified):
        return (_record(replace(check, outcome="failed", error="status 304, although nothing was known of it")),)
    if check.outcome == "gone" and asked.request.kind in (None, "article"):
        return _fetch(asked, answer, asked.request.key), _record(check)
    if check.outcome == "moved" and asked.request.fixed:
        return (_record(replace(check, outcome="failed", error="redirects between hosts lead in a circle")),)
    if check.outcome == "moved":
        return (_record(_moved(check, answer.final_url)),)
    if check.outcome == "fetched":
        try:
            return _read(asked, answer, check, read)
        except BadRecordError as error:
            check = replace(check, outcome="failed", error=str(error))
    return (_record(check),)


def put_off(asked: Asked, retry_at: float, why: str | None = None) -> Output:
    """The record for a request that was not made: `why` its host cannot be asked, or others are worth more."""
    outcome: CheckOutcome = "failed" if why else "deferred"
    return _record(replace(_check(asked, outcome), retry_at=_instant(retry_at), error=why))


def refused(asked: Asked, why: str) -> Output:
    """The record for a request that must not be made."""
    return _record(replace(_check(asked, "refused"), error=why))


def _led_to(asked: Asked, answer: Answer) -> str | None:
    """Where redirects have led; nothing of an address with a user in it, which is a secret, or of what is none."""
    try:
        is_secret = has_user(answer.final_url)
    except BadRecordError:
        return None
    return answer.final_url if answer.final_url != asked.request.url and not is_secret else None


def _read(asked: Asked, answer: Answer, check: Check, read: ReadDocument) -> tuple[Output, ...]:
    """The records for a page or a source, once it is known which."""
    request = asked.request
    is_article = request.kind == "article" and canonical_url(answer.final_url) == request.key
    document = read(answer.body, answer.final_url, answer.content_type, is_article=is_article)
    source = document.source
    if source is None or source.kind == "article":
        key = request.key if request.fixed else document.article
        return _article(asked, answer, replace(check, kind="article", article=key), key)
    if request.kind == "article":  # a paper that has taken it down leads to its front page, or to a section
        return _fetch(asked, replace(answer, status=GONE[-1]), request.key), _record(replace(check, outcome="gone"))
    if source.kind == "front":
        source = replace(source, feeds=(*source.feeds, *asked.sitemaps))
    hub = source.hub or hub_in_header(answer.links, answer.final_url)
    return (_record(replace(_of_source(check, source), hub=hub)),)


def _article(asked: Asked, answer: Answer, check: Check, key: str) -> tuple[Output, ...]:
    """The records for the article with this key."""
    if key != asked.request.key:
        check = _moved(check, key)
    if not asked.request.fixed and key != canonical_url(answer.final_url):
        return (_record(check),)  # what stands at one address is no version of what stands at another
    return _fetch(asked, answer, key), _record(check)


def _of_source(check: Check, source: Source) -> Check:
    return replace(
        check,
        kind=source.kind,
        name=source.name,
        links=tuple(Shown(link.url, link.modified) for link in _within(source.links)),
        feeds=source.feeds,
    )


def _within(links: Iterable[Found]) -> Iterator[Found]:
    """The first links, as many as a check may hold."""
    left = MAX_LINK_CHARS
    for link in links:
        left -= len(link.url)
        if left < 0:
            return
        yield link


def _moved(check: Check, url: str) -> Check:
    """The check of what is watched under another URL from now on."""
    try:
        return replace(check, outcome="moved", article=canonical_url(url), final_url=url)
    except BadRecordError as error:
        return replace(check, outcome="failed", error=str(error))


def _outcome(answer: Answer) -> CheckOutcome:
    if answer.failure is Failure.DISALLOWED:
        return "refused"
    if answer.failure is not None or answer.status is None:
        return "failed"
    if answer.leads_away:
        return "moved"
    if answer.status == NOT_MODIFIED:
        return "unchanged"
    if answer.status in GONE:
        return "gone"
    return "fetched" if _OK <= answer.status < _MULTIPLE else "failed"


def told_failure(answer: Answer) -> str | None:
    """Why an answer is of no use, None where it is."""
    if answer.failure is not None:
        return f"{answer.failure}: {answer.detail}"
    return f"status {answer.status}" if _outcome(answer) == "failed" else None


def _check(asked: Asked, outcome: CheckOutcome) -> Check:
    return Check(
        key=asked.request.key,
        url=asked.request.url,
        outcome=outcome,
        checked_at=_instant(asked.at),
        seconds=asked.seconds,
        threshold=asked.threshold,
        kind=asked.request.kind,
    )


def _fetch(asked: Asked, answer: Answer, key: str) -> Output:
    is_page = _outcome(answer) == "fetched"
    headers, value = write_fetch(
        url=key,
        fetched_at=_instant(asked.at),
        body=answer.body if is_page else None,
        content_type=answer.content_type or "text/html",
        status=answer.status or 0,
        etag=answer.etag,
        last_modified=answer.last_modified,
        source=asked.request.source,
        recheck=True,
    )
    return Output(topics.FETCH, key.encode(), value, headers)


def _record(check: Check) -> Output:
    return Output(topics.CHECK, check.key.encode(), encode(check))


def _instant(seconds: float) -> datetime:
    """In whole milliseconds, as Kafka has them: a fetch is never from later than its record."""
    return datetime.fromtimestamp(int(seconds * 1000) / 1000, UTC)
