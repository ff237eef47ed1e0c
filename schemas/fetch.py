"""The fetch event (`article.fetch.v1`), the input: what a crawler got when it fetched an article.

It comes in the Kafka binding of CloudEvents 1.0, in one of three forms:

- binary: the value is the body exactly as fetched, the attributes are headers (`ce_subject` is the URL, `ce_time` the
  time of the fetch), as are `content-type`, `content-encoding`, `http_status` and the rest;
- structured: `content-type: application/cloudevents+json`, the value is one JSON object with `data` or `data_base64`;
- extracted, in either mode: `application/json` with `title`, `byline`, `published` and `paragraphs`, for producers that
  have no HTML.
"""

from __future__ import annotations

import base64
import re
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import ClassVar

import msgspec

from schemas import topics
from schemas.article import Paragraph, event_id
from schemas.cloudevent import EARLIEST, MAX_TEXT, REQUIRED, Attributes
from schemas.codec import convert, parse_json
from schemas.content_encoding import decompress
from schemas.errors import BadRecordError, Reason, shown
from schemas.record import Headers, Record

REKEYED = "newsdiff-rekeyed"
"""The header of a fetch record that was sent on to its right key and partition."""

_HTML = ("text/html", "application/xhtml+xml")
_JSON = "application/json"
_CLOUDEVENTS = "application/cloudevents"

_EXTENSIONS = ("httpstatus", "etag", "lastmodified", "feed", "sourcename", "recheck", "contentencoding", "traceparent")
_ATTRIBUTES = (*REQUIRED, "subject", "time", *_EXTENSIONS)

_FROM_HEADERS = {f"ce_{name}": name for name in _ATTRIBUTES} | {
    "content-type": "datacontenttype",
    "content-encoding": "contentencoding",
    "http_status": "httpstatus",
    "etag": "etag",
    "last_modified": "lastmodified",
    "feed": "feed",
    "source": "sourcename",
    "recheck": "recheck",
    "traceparent": "traceparent",
}
# CloudEvents has no underscores in names; simple producers write them as in the headers.
_FROM_JSON = {name: name for name in (*_ATTRIBUTES, "datacontenttype")} | {
    "http_status": "httpstatus",
    "last_modified": "lastmodified",
    "content_encoding": "contentencoding",
    "source_name": "sourcename",
}

_OTHER_EVENTS = (topics.VERSION, topics.CHANGE, topics.OUTCOME, topics.DEAD_LETTER, topics.CHECK, topics.SCHEDULE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """An article as its producer read it."""

    title: str = ""
    byline: str | None = None
    published: str | None = None
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One fetch of one article.

    `url`: as given. `fetched_at`: in UTC. `content_type`: the media type, in lower case. `body`: decompressed; None
    where the article came `extracted`, and where the status is not 2xx, since then nothing but the status counts.
    `source`: the name of the paper. `recheck`: the producer fetches again soon if asked to. `rekeyed`: it was sent on
    to its right key before.
    """

    topic: ClassVar[str] = topics.FETCH

    url: str
    fetched_at: datetime
    status: int = 200
    content_type: str = ""
    charset: str | None = None
    body: bytes | None = None
    extracted: Extracted | None = None
    etag: str | None = None
    last_modified: str | None = None
    feed: str | None = None
    source: str | None = None
    recheck: bool = False
    traceparent: str | None = None
    rekeyed: bool = False

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status <= 299  # noqa: PLR2004 - the statuses of HTTP


def read_fetch(record: Record) -> Fetch:
    """The fetch in a record, in any of the three forms.

    Raises:
        BadRecordError: `no_value`, `not_an_event`, `bad_json`, `bad_field`, `bad_url` (there is none), `bad_time`,
            `bad_encoding`, `unknown_content_type` or `too_large`.
    """
    place = record.place
    headers = ((name, (value or b"").decode("utf-8", "replace")) for name, value in record.headers)
    attributes = Attributes(place, headers, _FROM_HEADERS)
    data: object = record.value
    if (attributes.text("datacontenttype") or "").lower().startswith(_CLOUDEVENTS):
        attributes, data = _structured(record, attributes)
    elif data is None and attributes.text("specversion") is None:
        raise BadRecordError(Reason.NO_VALUE, f"{place}: there is neither a value nor the headers of a CloudEvent")
    attributes.check()
    if attributes.text("type") in _OTHER_EVENTS:
        raise attributes.bad(Reason.NOT_AN_EVENT, "type", f"this topic carries {topics.FETCH}")
    url = attributes.text("subject")
    if url is None:
        raise attributes.bad(Reason.BAD_URL, "subject", "it has to be the URL of the article")
    fetch = Fetch(
        url=url,
        fetched_at=attributes.time(record.timestamp),
        status=attributes.number("httpstatus", default=200, low=100, high=599),
        etag=attributes.text("etag"),
        last_modified=attributes.text("lastmodified"),
        feed=attributes.text("feed"),
        source=attributes.text("sourcename"),
        recheck=attributes.flag("recheck"),
        traceparent=attributes.traceparent(),
        rekeyed=record.header(REKEYED) is not None,
    )
    return _with_content(fetch, attributes, data, place) if fetch.ok else fetch


def is_binary(record: Record) -> bool:
    """Whether a record is an event in binary mode, whose attributes are its headers."""
    return not (record.header("content-type") or "").lower().startswith(_CLOUDEVENTS)


def is_sound(identity: bytes | None, time: bytes | None, written: int) -> bool:
    """Whether `ce_id` and `ce_time`, in binary mode, are as they have to be, told in a microsecond.

    Where it says no, `read_fetch` may still say yes. `written`: the record's timestamp, in milliseconds.
    """
    if not identity or not time or len(identity) > MAX_TEXT:
        return False
    try:
        instant = msgspec.convert(time.decode(), datetime)
    except ValueError:
        return False
    return instant.tzinfo is not None and instant > EARLIEST and instant.timestamp() * 1000 < written


def write_fetch(
    *,
    url: str,
    fetched_at: datetime,
    body: bytes | None,
    content_type: str | None = "text/html",
    status: int = 200,
    content_encoding: str | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
    feed: str | None = None,
    source: str | None = None,
    recheck: bool = False,
    producer: str = "newsdiff",
) -> tuple[Headers, bytes | None]:
    """Headers and value of a fetch record in binary mode; the body stays as it is.

    `fetched_at` is aware. The record's key is the canonical URL (`agents.detect.url`). The id follows from URL, time,
    status and body (by its length and CRC-32), so that the same fetch written twice is the same event.
    """
    time = fetched_at.astimezone(UTC).isoformat()
    checksum = (len(body), zlib.crc32(body)) if body is not None else ()
    fields = {
        "ce_specversion": "1.0",
        "ce_id": event_id(topics.FETCH, url, time, status, *checksum),
        "ce_source": producer,
        "ce_type": topics.FETCH,
        "ce_subject": url,
        "ce_time": time,
        "content-type": content_type,
        "content-encoding": content_encoding,
        "http_status": str(status),
        "etag": etag,
        "last_modified": last_modified,
        "feed": feed,
        "source": source,
        "recheck": "true" if recheck else None,
    }
    return tuple((name, text.encode()) for name, text in fields.items() if text is not None), body


def _structured(record: Record, headers: Attributes) -> tuple[Attributes, object]:
    """The attributes and the data of a structured event, which may be compressed as a whole."""
    place = record.place
    if media_type_and_charset(headers.text("datacontenttype"))[0] != f"{_CLOUDEVENTS}+json":
        raise headers.bad(Reason.NOT_AN_EVENT, "datacontenttype", f"structured events are {_CLOUDEVENTS}+json")
    if record.value is None:
        raise BadRecordError(Reason.NO_VALUE, f"{place}: there is no value, where a structured event should be")
    event = parse_json(decompress(record.value, headers.text("contentencoding"), place), place)
    if not isinstance(event, dict):
        what = f"{place}: the value is {shown(event)}: a structured event is a JSON object"
        raise BadRecordError(Reason.NOT_AN_EVENT, what)
    attributes = Attributes(place, [("traceparent", headers.traceparent()), *event.items()], _FROM_JSON)
    encoded = event.get("data_base64")
    if encoded is None:
        return attributes, event.get("data")
    try:
        return attributes, base64.b64decode(encoded, validate=True)
    except (TypeError, ValueError):
        what = f"{place}: data_base64 is {shown(encoded)}: it has to be a string in base64 (RFC 4648)"
        raise BadRecordError(Reason.BAD_FIELD, what) from None


def media_type_and_charset(content_type: str | None) -> tuple[str, str | None]:
    """The media type and the charset of a Content-Type, both in lower case."""
    content_type = (content_type or "").lower()
    charset = re.search(r"""charset\s*=\s*["']?([^\s"';,]+)""", content_type)
    return re.split("[;,]", content_type, maxsplit=1)[0].strip(), charset[1] if charset else None


def _with_content(fetch: Fetch, attributes: Attributes, data: object, place: str) -> Fetch:
    media_type, charset = media_type_and_charset(attributes.text("datacontenttype"))
    if data is None:
        raise BadRecordError(Reason.NO_VALUE, f"{place}: a fetch with status {fetch.status} has to have a body")
    if isinstance(data, str):  # in JSON, where it has no charset any more
        media_type, charset, data = media_type or _HTML[0], "utf-8", data.encode()
    elif not isinstance(data, bytes):
        media_type = media_type or _JSON
    if isinstance(data, bytes):
        data = decompress(data, attributes.text("contentencoding"), place)
    if media_type == _JSON:
        article = parse_json(data, place) if isinstance(data, bytes) else data
        return replace(fetch, content_type=media_type, extracted=_extracted(article, place))
    if media_type not in _HTML:
        what = f"send {', '.join(_HTML)}, or {_JSON} with the extracted article"
        raise attributes.bad(Reason.UNKNOWN_CONTENT_TYPE, "datacontenttype", what)
    if not isinstance(data, bytes):
        what = f"{place}: data is {shown(data)}: for {media_type} it has to be a string, or data_base64"
        raise BadRecordError(Reason.BAD_FIELD, what)
    return replace(fetch, content_type=media_type, charset=charset, body=data)


@dataclass(frozen=True, slots=True, kw_only=True)
class _ExtractedForm:
    """What producers may send: a paragraph of plain text may be a bare string."""

    title: str | None = None
    byline: str | None = None
    published: str | None = None
    paragraphs: tuple[str | Paragraph, ...]


def _extracted(data: object, place: str) -> Extracted:
    form = convert(data, _ExtractedForm, place)
    return Extracted(
        title=form.title or "",
        byline=form.byline,
        published=form.published,
        paragraphs=tuple(p if isinstance(p, Paragraph) else Paragraph("text", p) for p in form.paragraphs),
    )
