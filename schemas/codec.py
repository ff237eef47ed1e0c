"""Events to bytes and back, and their JSON Schemas."""

from __future__ import annotations

import dataclasses
import threading
from typing import Any, Protocol, TypeVar

import msgspec
import orjson

from schemas.errors import BadRecordError, Reason, shown

MAX_MESSAGE = 500
"""Characters of a message that may quote a hostile value."""

SCHEMA_BASE = "urn:newsdiff:schema:"


class Event(Protocol):
    """A frozen record that is published on the topic that its class names."""

    @property
    def topic(self) -> str:
        """The topic of these events."""
        ...


E = TypeVar("E")

_known_types: set[type] = set()
_learning = threading.Lock()


def schema_id(event_type: type[Any]) -> str:
    """The `$schema` of an event type: changes only with the version in the name of its topic."""
    return f"{SCHEMA_BASE}{event_type.topic}"


def encode(event: Any) -> bytes:  # noqa: ANN401 - any of the event dataclasses
    """The value of the record for this event: JSON in UTF-8, `$schema` first, fields in their order."""
    fields = {field.name: getattr(event, field.name) for field in dataclasses.fields(event)}
    return orjson.dumps({"$schema": schema_id(type(event)), **fields}, option=orjson.OPT_UTC_Z)


def parse_json(value: bytes, place: str) -> Any:  # noqa: ANN401 - JSON
    """The JSON in a record's value.

    Raises:
        BadRecordError: `bad_json`; the message tells what is wrong and where.
    """
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise BadRecordError(Reason.BAD_JSON, f"{place}: the value is not JSON in UTF-8: {error}") from None


def convert(data: object, event_type: type[E], place: str) -> E:
    """A typed record from parsed JSON; unknown fields are ignored, since contracts only grow.

    Raises:
        BadRecordError: `bad_field`; the message names the field.
    """
    try:
        return typed(data, event_type)
    except msgspec.ValidationError as error:
        raise BadRecordError(Reason.BAD_FIELD, f"{place}: {str(error)[:MAX_MESSAGE]}") from None


def typed(data: object, wanted: type[E]) -> E:
    """Parsed JSON as a type, in any thread.

    Raises:
        msgspec.ValidationError: it is none.
    """
    if wanted not in _known_types:
        with _learning:  # msgspec crashes where two threads use a type for the first time at once
            msgspec.json.Decoder(wanted)
            _known_types.add(wanted)
    return msgspec.convert(data, wanted)


def decode(value: bytes | None, event_type: type[E], place: str) -> E:
    """The event in a record's value.

    Raises:
        BadRecordError: `no_value`, `bad_json`, `bad_field`, or `not_an_event` where `$schema` names another contract.
    """
    if value is None:
        raise BadRecordError(Reason.NO_VALUE, f"{place}: the record has no value")
    data = parse_json(value, place)
    expected = schema_id(event_type)
    if not isinstance(data, dict) or data.get("$schema") != expected:
        found = shown(data.get("$schema") if isinstance(data, dict) else type(data).__name__)
        raise BadRecordError(Reason.NOT_AN_EVENT, f"{place}: $schema is {found}, expected {expected!r}")
    return convert(data, event_type, place)


def json_schema(event_type: type[Any]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of an event type, as it is published beside it."""
    (schema,), components = msgspec.json.schema_components([event_type], ref_template="#/$defs/{name}")
    own = components.pop(schema["$ref"].rpartition("/")[2])
    own["properties"] = {"$schema": {"const": schema_id(event_type)}, **own["properties"]}
    own["required"] = ["$schema", *own["required"]]
    own["description"] = own.get("description", "")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": schema_id(event_type),
        **own,
        "$defs": components,
    }
