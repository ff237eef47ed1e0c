"""What is published is what the code has, and what was published once stays true."""

from __future__ import annotations

import copy
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from agents.diff.step import diff_step
from schemas import asyncapi, codec, fetch, topics
from schemas.change import Change
from schemas.dead_letter import dead_letter
from schemas.errors import Reason
from schemas.fetch import Fetch, write_fetch
from schemas.outcome import Outcome
from schemas.publish import DIRECTORY, breaking_changes, contracts, documents, publish
from schemas.record import Headers, Record
from schemas.version import Version

PUBLISHED: dict[str, Any] = {path.name: orjson.loads(path.read_bytes()) for path in DIRECTORY.glob("*.json")}
ASYNCAPI = PUBLISHED["asyncapi.json"]
WHEN = datetime(2026, 3, 2, 6, 15, tzinfo=UTC)


def test_files_equal_the_code() -> None:
    """Every published file is, byte for byte, what the code makes, and breaks nothing; no file is left over."""
    assert publish(DIRECTORY, check=True) == []
    assert set(PUBLISHED) == set(documents())


def test_check_from_the_command_line() -> None:
    """`python -m schemas.publish --check` succeeds on what is published."""
    run = subprocess.run([sys.executable, "-m", "schemas.publish", "--check"], capture_output=True, check=False)
    assert (run.returncode, run.stderr) == (0, b"")


@pytest.mark.parametrize("event_type", [Version, Change, Outcome, Fetch])
def test_file_of_a_contract(event_type: type[Any]) -> None:
    """A contract is a valid JSON Schema in the file of its topic, and its id is the `$schema` of its events."""
    schema = PUBLISHED[f"{event_type.topic}.json"]
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == codec.schema_id(event_type)


def test_descriptions_are_prose() -> None:
    """No description carries the indentation or the line breaks of a docstring."""
    for name, document in PUBLISHED.items():
        for text in descriptions(document):
            assert "  " not in text.replace("\n\n", ""), (name, text)
            assert "\n" not in text.replace("\n\n", ""), (name, text)


def descriptions(node: object) -> Iterator[str]:
    """The descriptions in a document."""
    for key, value in items(node):
        if key == "description" and isinstance(value, str):
            yield value
        yield from descriptions(value)


def items(node: object) -> Iterator[tuple[object, Any]]:
    """The children of a JSON value, each with its key or index."""
    match node:
        case dict():
            yield from node.items()
        case list():
            yield from enumerate(node)


# What a contract may and may not become

BASE: dict[str, Any] = {
    "$id": "urn:newsdiff:schema:article.example.v1",
    "type": "object",
    "properties": {
        "kind": {"enum": ["first", "edited"]},
        "count": {"type": "integer", "minimum": 0},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
        "part": {"$ref": "#/$defs/Part"},
        "other": {"$ref": "#/$defs/Part", "default": None},
        "pair": {"type": "array", "prefixItems": [{"enum": ["="]}, {"type": "string"}], "items": False},
        "parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}},
    },
    "required": ["kind", "count"],
    "$defs": {
        "Part": {"title": "Part", "type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
    },
}  # fmt: skip


def after(change: Callable[[Any], object]) -> list[str]:
    """What breaks when the base is changed like this."""
    schema = copy.deepcopy(BASE)
    change(schema)
    return breaking_changes(BASE, schema)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda s: s.update({"$id": "urn:x"}), "$: $id was"),
        (lambda s: s["properties"].pop("note"), "$.note: removed or renamed"),
        (lambda s: s["properties"].update(remark=s["properties"].pop("note")), "$.note: removed or renamed"),
        (lambda s: s["properties"]["count"].update(type="string"), "$.count: type was 'integer', is 'string'"),
        (lambda s: s["properties"]["count"].update(type="number"), "$.count: type was 'integer', is 'number'"),
        (lambda s: s["properties"]["count"].update(minimum=1), "$.count: minimum was 0, is 1"),
        (lambda s: s["properties"]["count"].update(maximum=9), "$.count: maximum was None, is 9"),
        (lambda s: s["properties"]["count"].pop("minimum"), "$.count: minimum was 0, is None"),
        (lambda s: s["required"].append("note"), "$.note: newly required"),
        (lambda s: s["required"].remove("count"), "$.count: no longer required"),
        (lambda s: s["properties"].update(new={}) or s["required"].append("new"), "$.new: newly required"),
        (lambda s: s["properties"]["kind"]["enum"].remove("edited"), "$.kind: value 'edited' removed"),
        (lambda s: s["properties"]["kind"]["enum"].append("hidden"), "$.kind: value 'hidden' added"),
        (lambda s: s["properties"]["note"].update(default=""), "$.note: default was None, is ''"),
        (lambda s: s["properties"]["note"]["anyOf"].pop(), "$.note: anyOf was"),
        (lambda s: s["properties"]["note"]["anyOf"][0].update(maxLength=9), "$.note/anyOf[0]: maxLength was None"),
        (lambda s: s["properties"]["pair"].update(items={}), "$.pair: items was False"),
        (lambda s: s["properties"]["pair"]["prefixItems"][0]["enum"].append("+"), "$.pair/prefixItems[0]: value"),
        (lambda s: s["properties"]["parts"].update(items={"type": "string"}), "$.parts[]: type was 'object'"),
        (lambda s: s["properties"]["other"].update(default={}), "$.other: default was None, is {}"),
        (lambda s: s["$defs"]["Part"]["properties"].pop("text"), "$.part.text: removed or renamed"),
        (lambda s: s["$defs"]["Part"]["required"].clear(), "$.part.text: no longer required"),
        (lambda s: s.update(additionalProperties=False), "$: additionalProperties was None, is False"),
    ],
)  # fmt: skip
def test_break_is_found(change: Callable[[Any], object], told: str) -> None:
    """Each way to break a contract is found, and told with the path of what breaks."""
    assert any(sentence.startswith(told) for sentence in after(change)), after(change)


def rename_part(schema: Any) -> None:
    """Rename the class behind a part, as it is seen in a schema."""
    schema["$defs"]["Piece"] = schema["$defs"].pop("Part") | {"title": "Piece"}
    for holder in (schema["properties"]["part"], schema["properties"]["other"], schema["properties"]["parts"]["items"]):
        holder["$ref"] = "#/$defs/Piece"


@pytest.mark.parametrize(
    "change",
    [
        lambda _: None,
        lambda s: s["properties"].update(new={"type": "string"}),
        lambda s: s["$defs"]["Part"]["properties"].update(new={"type": "string"}),
        lambda s: s.update(description="Said better.", title="Example"),
        lambda s: s["properties"]["count"].update(description="How many."),
        lambda s: s["properties"]["kind"]["enum"].reverse(),
        lambda s: s["required"].reverse(),
        lambda s: s["$defs"].update(Unused={"type": "string"}),
        lambda s: s["properties"].update(part=copy.deepcopy(s["$defs"]["Part"])),
        rename_part,
    ],
)
def test_growth_breaks_nothing(change: Callable[[Any], object]) -> None:
    """New optional properties, other words, another order and other class names break nothing."""
    assert after(change) == []


@pytest.mark.parametrize("name", sorted(contracts()))
def test_each_contract_is_compared_to_its_leaves(name: str) -> None:
    """Whatever single property is taken out of a published contract, at any depth, the comparison tells."""
    generated = contracts()[name]
    assert breaking_changes(generated, generated) == []
    for path in property_paths(generated):
        schema = copy.deepcopy(generated)
        holder: Any = schema
        for key in path[:-1]:
            holder = holder[key]
        del holder[path[-1]]
        assert breaking_changes(generated, schema), path


def property_paths(node: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of each property in a schema."""
    for key, value in items(node):
        if key == "properties":
            yield from ((*path, key, name) for name in value)
        yield from property_paths(value, (*path, key))


def test_a_break_is_not_published(tmp_path: Path) -> None:
    """Where a contract would break, no file is written, and the way out is told."""
    for name, content in documents().items():
        (tmp_path / name).write_bytes(content)
    schema = copy.deepcopy(PUBLISHED["article.change.v1.json"])
    schema["properties"]["mood"] = {"type": "string"}
    (tmp_path / "article.change.v1.json").write_bytes(orjson.dumps(schema))
    (tmp_path / "article.version.v1.json").unlink()
    (problem,) = publish(tmp_path)
    assert problem == "article.change.v1.json: $.mood: removed or renamed; give the topic its next version"
    assert orjson.loads((tmp_path / "article.change.v1.json").read_bytes()) == schema
    assert not (tmp_path / "article.version.v1.json").exists()


def test_growth_is_published(tmp_path: Path) -> None:
    """Where a contract grew, or was not there before, it is written; a check writes nothing and tells what differs."""
    schema = copy.deepcopy(PUBLISHED["article.change.v1.json"])
    del schema["properties"]["severity"]
    (tmp_path / "article.change.v1.json").write_bytes(orjson.dumps(schema))
    assert publish(tmp_path, check=True) == [
        f"{name}: differs, run `python -m schemas.publish`" for name in documents()
    ]
    assert len(list(tmp_path.iterdir())) == 1
    assert publish(tmp_path) == []
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == documents()


# The fetch event and the AsyncAPI document


def test_fetch_schema_has_what_is_read() -> None:
    """The contract of structured fetches names exactly the attributes that are read."""
    structured = PUBLISHED["article.fetch.v1.json"]["$defs"]["Structured"]["properties"]
    assert set(structured) == {*fetch._FROM_JSON.values(), "data", "data_base64"}


def test_every_topic_has_a_channel() -> None:
    """Each topic is described once, under its own name and with a title, and the service reads or writes it."""
    named = {value for name, value in vars(topics).items() if name.isupper()}
    channels = ASYNCAPI["channels"]
    assert sorted(channel["address"] for channel in channels.values()) == sorted(named)
    assert all(channel["title"] and channel["description"] and channel["messages"] for channel in channels.values())
    used = {operation["channel"]["$ref"].rpartition("/")[2] for operation in ASYNCAPI["operations"].values()}
    assert used == set(channels)


def test_shape_of_the_asyncapi_document() -> None:
    """The document is AsyncAPI 3, under the project's license, and its messages are typed and keyed."""
    assert ASYNCAPI["asyncapi"] == "3.0.0"
    assert ASYNCAPI["info"]["license"]["name"] == "Apache-2.0"
    assert {operation["action"] for operation in ASYNCAPI["operations"].values()} == {"send", "receive"}
    for message in ASYNCAPI["components"]["messages"].values():
        assert message["contentType"]
        assert message["bindings"]["kafka"]["key"]["type"] == "string"
    for schema in ASYNCAPI["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def references(node: object) -> Iterator[str]:
    """Every `$ref` in a document."""
    for key, value in items(node):
        if key == "$ref":
            yield value
        yield from references(value)


@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_references_resolve(name: str) -> None:
    """Every `$ref`, within a document or to a file beside it, leads to something."""
    for reference in references(PUBLISHED[name]):
        file, _, pointer = reference.partition("#")
        target = PUBLISHED[file.removeprefix("./") or name]
        for part in pointer.split("/")[1:]:
            assert part in target, reference
            target = target[part]


def validate_headers(schema: str, headers: Headers) -> set[str]:
    """Check headers against their schema, and return the names that it does not know."""
    named = {name: value.decode() for name, value in headers}
    described = ASYNCAPI["components"]["schemas"][schema]
    Draft202012Validator(described).validate(named)
    return set(named) - set(described["properties"])


def test_fetch_headers_are_described() -> None:
    """The headers of a fetch that this service writes are those described, and those described are read."""
    headers, _ = write_fetch(
        url="https://ferrow-ledger.example/ferry",
        fetched_at=WHEN,
        body=b"<p>",
        content_encoding="identity",
        etag="1",
        last_modified="2",
        feed="3",
        source="4",
        recheck=True,
    )
    assert validate_headers("fetchHeaders", headers) == set()
    described = set(ASYNCAPI["components"]["schemas"]["fetchHeaders"]["properties"])
    assert described - {fetch.REKEYED} <= set(fetch._FROM_HEADERS)
    assert described == {name for name, _ in headers} | {"traceparent", fetch.REKEYED}


def test_event_headers_are_described() -> None:
    """The headers of a change that this service writes are those described, the trace of its fetch included."""
    trace = (("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),)
    row: Any = None
    for kind in ("first", "edited"):
        value = (DIRECTORY / "examples" / f"version-{kind}.json").read_bytes()
        result = diff_step(Record(topics.VERSION, 0, 1, WHEN, b"key", value, trace), row)
        row = result.row
    (output,) = result.outputs
    assert validate_headers("eventHeaders", output.headers) == set()
    assert trace[0] in output.headers


@pytest.mark.parametrize("reason", list(Reason))
def test_dead_letter_headers_are_described(reason: Reason) -> None:
    """The headers of a dead letter are those described, whatever the reason."""
    records = [Record(topics.FETCH, 0, 1, WHEN, key, key) for key in (b"key", None)]
    letters = [dead_letter(record, step="detect", reason=reason, error="no") for record in records]
    for letter in letters:
        assert validate_headers("deadLetterHeaders", letter.headers) == set()
    assert {name for letter in letters for name, _ in letter.headers} == set(
        asyncapi.document()["components"]["schemas"]["deadLetterHeaders"]["properties"]
    )
