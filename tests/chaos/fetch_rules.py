"""What a fetch record says, or why it can't be used, by the oracle's own plain rules: none of the agents' code is here.

They cover what the load writes, and are no second parser of all that may come.
"""

from __future__ import annotations

import base64
import html
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson

from schemas import topics
from schemas.record import Record

SENT_ON = "newsdiff-rekeyed"
MAX_BODY = 10 * 1024 * 1024
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(hours=1)
OUR_EVENTS = (topics.VERSION, topics.CHANGE, topics.OUTCOME, topics.DEAD_LETTER)

_SAME = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-"})
_NAMES = {"content-type": "datacontenttype", "content-encoding": "contentencoding", "http_status": "httpstatus"}


class BadFetchError(Exception):
    """The record can't be used; its only argument is the reason that its dead letter has to name."""


@dataclass(frozen=True, slots=True)
class Text:
    """What an article says, as it is shown: each field in one line."""

    title: str
    byline: str
    paragraphs: tuple[str, ...]

    @property
    def folded(self) -> tuple[str, ...]:
        """As it is compared: typography does not count."""
        return tuple(field.translate(_SAME) for field in (self.title, self.byline, *self.paragraphs))

    @property
    def words(self) -> int:
        """The words of its paragraphs."""
        return sum(len(paragraph.split()) for paragraph in self.paragraphs)


@dataclass(frozen=True, slots=True)
class Fetch:
    """What one fetch says. `url` is canonical; `text` is None where there is none, `visible` where it is no page."""

    url: str
    at: datetime
    status: int
    text: Text | None
    visible: str | None
    recheck: bool
    sent_on: bool


def read(record: Record) -> Fetch:
    """Read a fetch record.

    Raises:
        BadFetchError: with the reason.
    """
    attributes, data = _attributes(record)
    if any(not attributes.get(name) for name in ("specversion", "id", "source", "type")):
        raise BadFetchError("not_an_event")
    if attributes["specversion"] != "1.0" or attributes["type"] in OUR_EVENTS:
        raise BadFetchError("not_an_event")
    if not attributes.get("subject"):
        raise BadFetchError("bad_url")
    at = _time(str(attributes.get("time")), record.timestamp)
    status = _status(attributes.get("httpstatus", "200"))
    text, visible = _text(attributes, data) if 200 <= status < 300 else (None, None)
    url = canonical(str(attributes["subject"]))
    sent_on = any(name == SENT_ON for name, _ in record.headers)
    return Fetch(url, at, status, text, visible, attributes.get("recheck") == "true", sent_on)


def canonical(url: str) -> str:
    """The one form of a URL, as far as the load varies it."""
    found = re.fullmatch(r"(?i:https?)://([^/?#]+)([^?#]*)(\?[^#]*)?(#.*)?", url)
    if found is None:
        raise BadFetchError("bad_url")
    host, path, query, _ = found.groups("")
    kept = [part for part in query.lstrip("?").split("&") if part and not part.startswith("utm_")]
    return f"https://{host.lower()}{path or '/'}{'?' if kept else ''}{'&'.join(sorted(kept))}"


def _attributes(record: Record) -> tuple[Mapping[str, object], object]:
    headers = {_NAMES.get(name, name.removeprefix("ce_")): (value or b"").decode("utf-8", "replace")
               for name, value in record.headers}  # fmt: skip
    if not headers.get("datacontenttype", "").startswith("application/cloudevents"):
        if record.value is None and "specversion" not in headers:
            raise BadFetchError("no_value")
        return headers, record.value
    if record.value is None:
        raise BadFetchError("no_value")
    event = _json(record.value)
    if not isinstance(event, dict):
        raise BadFetchError("not_an_event")
    return event, base64.b64decode(event["data_base64"]) if "data_base64" in event else event.get("data")


def _time(text: str, written: datetime) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadFetchError("bad_time") from None
    if at.tzinfo is None or not EARLIEST <= at <= written + AHEAD:
        raise BadFetchError("bad_time")
    return at.astimezone(UTC)


def _status(value: object) -> int:
    if not re.fullmatch("[0-9]{3}", str(value)) or not 100 <= int(str(value)) <= 599:
        raise BadFetchError("bad_field")
    return int(str(value))


def _text(attributes: Mapping[str, object], data: object) -> tuple[Text | None, str | None]:
    """The text in a body, None where there is no article in it, and all that is visible of a page."""
    if data is None:
        raise BadFetchError("no_value")
    if isinstance(data, bytes):
        data = _inflated(data, str(attributes.get("contentencoding", "identity")))
    kind = str(attributes.get("datacontenttype", "")).partition(";")[0]
    if kind not in ("application/json", "text/html"):
        raise BadFetchError("unknown_content_type")
    visible = None
    if kind == "text/html":
        assert isinstance(data, bytes), "the load writes pages as bytes"
        text, visible = _page(data.decode())
    else:
        text = _article(_json(data) if isinstance(data, bytes) else data)
    return text if text.paragraphs else None, visible


def _inflated(body: bytes, encoding: str) -> bytes:
    if encoding == "gzip":
        stream = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            body = stream.decompress(body, MAX_BODY + 1)
        except zlib.error:
            raise BadFetchError("bad_encoding") from None
    elif encoding != "identity":
        raise BadFetchError("bad_encoding")
    if len(body) > MAX_BODY:
        raise BadFetchError("too_large")
    return body


def _article(data: object) -> Text:
    article = data if isinstance(data, dict) else {}
    title, byline, paragraphs = article.get("title") or "", article.get("byline") or "", article.get("paragraphs")
    if not isinstance(paragraphs, list) or not all(isinstance(text, str) for text in (title, byline, *paragraphs)):
        raise BadFetchError("bad_field")
    return Text(shown(title), shown(byline), tuple(filter(None, map(shown, paragraphs))))


def _page(page: str) -> tuple[Text, str]:
    title, *paragraphs = [shown(html.unescape(text)) for text in re.findall("<(?:h1|p)>(.*?)</", page)]
    visible = shown(html.unescape(re.sub("<[^>]*>", " ", page)))
    return Text(title, "", tuple(paragraphs)), visible.translate(_SAME)


def shown(text: str) -> str:
    """Text in one line, with single spaces."""
    return " ".join(text.split())


def _json(value: bytes) -> object:
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        raise BadFetchError("bad_json") from None
