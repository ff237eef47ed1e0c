"""The AsyncAPI 3 document: which topics there are, what they carry, and which of them the service reads and writes."""

from __future__ import annotations

from typing import Any

from schemas import topics
from schemas.dead_letter import PREFIX
from schemas.errors import Reason
from schemas.fetch import REKEYED
from schemas.fetch_schema import ATTRIBUTES, HEADERS, REQUIRED

Json = dict[str, Any]

_KEY = {"type": "string", "format": "uri", "description": "The article's canonical URL, in UTF-8."}
_HOST = {"type": "string", "description": "The host, with its port if that is odd."}
_REKEYED = {"type": "string", "description": "The service has sent the record on to its right key or partition."}
_BINDING_VERSION = "0.5.0"
_CLOUDEVENTS = "application/cloudevents+json"
_JSON_SCHEMA = "application/schema+json;version=draft-2020-12"

_ABOUT = """\
Fetches of news articles come in, and each change of an article comes out: exactly once for consumers that read with
isolation level read_committed.

A contract grows by optional properties only; for anything else the topic gets its next version. Records are partitioned
by murmur2 of their key, and all topics have the same number of partitions.
"""

_CHANNELS = {
    "watch": (
        topics.WATCH,
        "What is watched",
        "Articles and sources that shall be watched, from people and from sources; a tombstone ends it. Compacted.",
        ("watch",),
    ),
    "schedule": (
        topics.SCHEDULE,
        "The schedule",
        "What is known of each watched URL: when it was and will be looked at, and how it went. Compacted.",
        ("schedule",),
    ),
    "fetchRequest": (
        topics.FETCH_REQUEST,
        "Fetch requests",
        "What shall be fetched next, keyed by host, so that one worker asks a host.",
        ("fetchRequest",),
    ),
    "check": (topics.CHECK, "Checks", "What came of asking for a watched URL.", ("check",)),
    "fetch": (
        topics.FETCH,
        "Fetches",
        "The input, also from foreign crawlers: what an article's URL answered. Wrongly keyed records are sent on.",
        ("fetchBinary", "fetchExtracted", "fetchStructured"),
    ),
    "version": (
        topics.VERSION,
        "Versions",
        "The record of history: an article as a fetch showed it anew. A tombstone: it shall be forgotten.",
        ("version",),
    ),
    "change": (topics.CHANGE, "Changes", "The product: what changed between two versions of an article.", ("change",)),
    "outcome": (
        topics.OUTCOME,
        "Outcomes",
        "What became of a fetch that made no version, where that is worth knowing.",
        ("outcome",),
    ),
    "takedown": (
        topics.TAKEDOWN,
        "Takedowns",
        "Articles that shall not be shown; a tombstone takes it back. Compacted.",
        ("takedown",),
    ),
    "deadLetter": (
        topics.DEAD_LETTER,
        "Dead letters",
        "Records that a step could not use, as they were, and why.",
        ("deadLetter",),
    ),
}
"""Address, title, description and messages of each channel."""

_OPERATIONS = {
    "keepSchedule": ("receive", "watch", "Reads what shall be watched, and plans when it is looked at."),
    "publishSchedule": ("send", "schedule", "Writes when a watched URL was and will be looked at."),
    "request": ("send", "fetchRequest", "Asks for what is due."),
    "fetch": ("receive", "fetchRequest", "Reads requests, and asks each host at its pace."),
    "publishCheck": ("send", "check", "Tells what came of a request."),
    "publishFetch": ("send", "fetch", "Writes what an article's URL answered."),
    "detect": ("receive", "fetch", "Reads fetches, and finds those that show a new version."),
    "publishVersion": ("send", "version", "Writes each new version of an article."),
    "publishOutcome": ("send", "outcome", "Tells what became of a fetch without a new version."),
    "diff": ("receive", "version", "Reads versions, and compares each with the one before."),
    "publishChange": ("send", "change", "Writes each change of an article."),
    "takeDown": ("receive", "takedown", "Reads what shall not be shown, and removes what shall be forgotten."),
    "bury": ("send", "deadLetter", "Sets aside a record that cannot be used."),
}


def document() -> Json:
    """The document; schemas of values are referred to as files beside it."""
    return {
        "asyncapi": "3.0.0",
        "id": "urn:newsdiff",
        "info": {
            "title": "newsdiff",
            "version": "1.0.0",
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {name: _channel(*fields) for name, fields in _CHANNELS.items()},
        "operations": {name: _operation(*fields) for name, fields in _OPERATIONS.items()},
        "components": {
            "messages": _messages(),
            "schemas": {
                "eventHeaders": _event_headers(),
                "fetchHeaders": _fetch_headers(),
                "structuredHeaders": _structured_headers(),
                "deadLetterHeaders": _dead_letter_headers(),
            },
        },
    }


def _channel(address: str, title: str, description: str, messages: tuple[str, ...]) -> Json:
    return {
        "address": address,
        "title": title,
        "description": description,
        "messages": {name: _ref("messages", name) for name in messages},
        "bindings": {"kafka": {"topic": address, "bindingVersion": _BINDING_VERSION}},
    }


def _operation(action: str, channel: str, summary: str) -> Json:
    return {"action": action, "channel": {"$ref": f"#/channels/{channel}"}, "summary": summary}


def _messages() -> Json:
    page = {"type": "string", "format": "binary", "description": "The body exactly as it was fetched."}
    fetch = f"{topics.FETCH}.json#/$defs/"
    return {
        "fetchBinary": _message("A fetched page", "fetchHeaders", page, "text/html"),
        "fetchExtracted": _message("An article that its producer read", "fetchHeaders", _file(f"{fetch}Extracted")),
        "fetchStructured": _message(
            "A fetch as one JSON object", "structuredHeaders", _file(f"{fetch}Structured"), _CLOUDEVENTS
        ),
        "version": _message("A version of an article", "eventHeaders", _file(f"{topics.VERSION}.json")),
        "change": _message("A change of an article", "eventHeaders", _file(f"{topics.CHANGE}.json")),
        "outcome": _message("What became of a fetch", "eventHeaders", _file(f"{topics.OUTCOME}.json")),
        "watch": _message("A wish to watch a URL", None, _file(f"{topics.WATCH}.json")),
        "schedule": _message("The schedule of a URL", None, _file(f"{topics.SCHEDULE}.json")),
        "fetchRequest": _message("A wish to fetch a URL", None, _file(f"{topics.FETCH_REQUEST}.json"), key=_HOST),
        "check": _message("What came of a request", None, _file(f"{topics.CHECK}.json")),
        "takedown": _message("A wish to hide or forget an article", None, _file(f"{topics.TAKEDOWN}.json")),
        "deadLetter": _message(
            "A record that could not be used",
            "deadLetterHeaders",
            {"description": "The value of that record, untouched."},
            "application/octet-stream",
        ),
    }


def _message(
    title: str, headers: str | None, payload: Json, content_type: str = "application/json", key: Json | None = None
) -> Json:
    return {
        "title": title,
        "contentType": content_type,
        **({"headers": _ref("schemas", headers)} if headers else {}),
        "payload": payload,
        "bindings": {"kafka": {"key": key or _KEY, "bindingVersion": _BINDING_VERSION}},
    }


def _ref(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}


def _file(address: str) -> Json:
    return {"schemaFormat": _JSON_SCHEMA, "schema": {"$ref": f"./{address}"}}


def _headers(description: str, properties: Json, required: list[str]) -> Json:
    return {"type": "object", "description": description, "properties": properties, "required": required}


def _text(description: str) -> Json:
    return {"type": "string", "description": description}


def _event_headers() -> Json:
    properties = {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_id": _text("The event's `meta.id`: the same for the same event, always."),
        "ce_source": _text("The service."),
        "ce_type": _text("The topic."),
        "ce_subject": _text("The article's canonical URL."),
        "ce_time": {"type": "string", "format": "date-time", "description": "When the article was fetched."},
        "content-type": {"type": "string", "const": "application/json"},
        "traceparent": _text("As it came with the fetch (W3C Trace Context)."),
    }
    required = [name for name in properties if name != "traceparent"]
    return _headers("CloudEvents 1.0, Kafka binding, binary mode.", properties, required)


def _fetch_headers() -> Json:
    properties = {header: {**ATTRIBUTES[attribute], "type": "string"} for header, attribute in HEADERS.items()}
    properties["http_status"] = _text("Three digits; 200 where there is none.")
    properties["recheck"] = {**_text(ATTRIBUTES["recheck"]["description"]), "enum": ["true", "false"]}
    properties[REKEYED] = _REKEYED
    required = [f"ce_{name}" for name in REQUIRED]
    return _headers("CloudEvents 1.0, Kafka binding, binary mode; the value is the body.", properties, required)


def _structured_headers() -> Json:
    properties = {
        "content-type": {"type": "string", "const": _CLOUDEVENTS},
        "content-encoding": _text("Of the JSON as a whole: `gzip`, `deflate` or `identity`."),
        "traceparent": ATTRIBUTES["traceparent"],
        REKEYED: _REKEYED,
    }
    return _headers("CloudEvents 1.0, Kafka binding, structured mode.", properties, ["content-type"])


def _dead_letter_headers() -> Json:
    number = {"type": "string", "pattern": "^[0-9]+$"}
    properties = {
        "step": _text("The step that could not use it."),
        "reason": {"type": "string", "enum": [reason.value for reason in Reason]},
        "error": _text("In one line, for a person."),
        "topic": _text("Where the record stands."),
        "partition": number,
        "offset": number,
        "attempts": {**number, "description": "How often it was tried, replays included."},
    }
    named = {PREFIX + name: schema for name, schema in properties.items()}
    null = {f"{PREFIX}null": _text("`value` where the record had neither key nor value; the letter's is empty.")}
    return _headers("The headers of that record, untouched, and these.", named | null, list(named))
