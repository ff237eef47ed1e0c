"""The JSON Schema of fetch events whose value is JSON; in the binary form the value is the page itself.

It says what to send. `schemas.fetch` reads that, and is more lenient: an empty or null attribute counts as none, and
numbers and booleans may be strings.
"""

from __future__ import annotations

from typing import Any

import msgspec

from schemas import codec
from schemas.cloudevent import MAX_TEXT
from schemas.fetch import Extracted, Fetch


def _text(description: str) -> dict[str, Any]:
    return {"type": "string", "maxLength": MAX_TEXT, "description": description}


ATTRIBUTES: dict[str, dict[str, Any]] = {
    "specversion": {"const": "1.0", "description": "The version of CloudEvents."},
    "id": _text("The same for the same fetch, always."),
    "source": _text("Who fetched."),
    "type": _text(f"`{Fetch.topic}`, or the producer's own name for a fetch."),
    "subject": _text("The URL of the article."),
    "time": {"type": "string", "format": "date-time", "description": "When it was fetched (RFC 3339, with an offset)."},
    "datacontenttype": _text("Of the body: `text/html`, `application/xhtml+xml`, or `application/json` (extracted)."),
    "httpstatus": {"type": "integer", "minimum": 100, "maximum": 599, "default": 200, "description": "Of the answer."},
    "etag": _text("The answer's ETag."),
    "lastmodified": _text("The answer's Last-Modified."),
    "feed": _text("The feed in which the article was found."),
    "sourcename": _text("The name of the paper."),
    "recheck": {
        "type": "boolean",
        "default": False,
        "description": "Whether the producer fetches again soon if asked to.",
    },
    "contentencoding": _text("Of the body: `gzip`, `deflate` or `identity`."),
    "traceparent": _text("The trace that the fetch belongs to (W3C Trace Context)."),
}
"""The attributes of a fetch event, CloudEvents' own and its extensions."""

REQUIRED = ("specversion", "id", "source", "type", "subject", "time")


HEADERS = {f"ce_{name}": name for name in REQUIRED} | {
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
"""The headers of a fetch in binary mode, and the attributes that they carry."""


def fetch_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a structured event and of an extracted article."""
    _, definitions = msgspec.json.schema_components([Extracted], ref_template="#/$defs/{name}")
    paragraphs = definitions["Extracted"]["properties"]["paragraphs"]
    paragraphs["items"] = {"anyOf": [paragraphs["items"], {"type": "string", "description": "One of the kind `text`."}]}
    definitions["Structured"] = {
        "title": "Structured",
        "description": "A CloudEvent as one JSON object. A fetch with another status than 2xx needs no data.",
        "type": "object",
        "properties": {
            **ATTRIBUTES,
            "data": {
                "description": "The page as text, or the article that was extracted from it.",
                "anyOf": [{"type": "string"}, {"$ref": "#/$defs/Extracted"}],
            },
            "data_base64": {
                "description": "The body as bytes, in base64, instead of `data`.",
                "type": "string",
                "contentEncoding": "base64",
            },
        },
        "required": list(REQUIRED),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": codec.schema_id(Fetch),
        "title": "Fetch",
        "description": "A structured CloudEvent, or an article as its producer read it, attributes in headers.",
        "anyOf": [{"$ref": "#/$defs/Structured"}, {"$ref": "#/$defs/Extracted"}],
        "$defs": definitions,
    }
