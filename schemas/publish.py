"""The published contracts (`schemas/published/`): written from the code, and kept from breaking.

`python -m schemas.publish` writes them, with `--check` it only tells which differ.

A contract grows by optional properties and by nothing else. Old events are read again (the version topic is kept for
ever), and new ones are read by programs that know the old contract only; so whatever the published schema says of a
property stays true: also that it is required, never null, and one of these values and no other. What breaks that gets
the next version of its topic.
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from schemas import asyncapi, codec
from schemas.change import Change
from schemas.check import Check
from schemas.fetch_request import FetchRequest
from schemas.fetch_schema import fetch_schema
from schemas.outcome import Outcome
from schemas.schedule import Schedule
from schemas.takedown import Takedown
from schemas.version import Version
from schemas.watch import Watch

WATCHING = (Watch, Schedule, FetchRequest, Check)

DIRECTORY = Path(__file__).parent / "published"

Schema = dict[str, Any]

_ANNOTATIONS = {"title", "description", "examples", "$comment", "$defs"}
"""Keywords that say nothing of which events are valid; `$defs` are compared where they are referred to."""


def contracts() -> dict[str, Schema]:
    """The JSON Schemas by file name."""
    own = [codec.json_schema(event_type) for event_type in (Version, Change, Outcome, Takedown, *WATCHING)]
    named = {schema["$id"].removeprefix(codec.SCHEMA_BASE): schema for schema in (fetch_schema(), *own)}
    return {f"{topic}.json": _tidy(schema) for topic, schema in named.items()}


def documents() -> dict[str, bytes]:
    """Every published file by its name."""
    everything = {**contracts(), "asyncapi.json": _tidy(asyncapi.document())}
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return {name: orjson.dumps(content, option=options) for name, content in everything.items()}


def publish(directory: Path, *, check: bool = False) -> list[str]:
    """Write the documents; what stands against it, a sentence each, and then nothing is written.

    `check`: write nothing, and tell which files differ.
    """
    found = {path.name: path.read_bytes() for path in directory.glob("*.json")}
    new = documents()
    problems = [
        f"{name}: {problem}; give the topic its next version"
        for name, schema in contracts().items()
        if name in found
        for problem in breaking_changes(orjson.loads(found[name]), schema)
    ]
    if check:
        problems += [
            f"{name}: differs, run `python -m schemas.publish`" for name in new if found.get(name) != new[name]
        ]
    elif not problems:
        for name, content in new.items():
            (directory / name).write_bytes(content)
    return problems


def breaking_changes(published: Schema, generated: Schema) -> list[str]:
    """What a new schema does to those who know the published one: a sentence each, none if it only adds options."""
    return list(_Comparison(published, generated).of(published, generated, "$"))


class _Comparison:
    """Compares two schemas from their roots; `$ref` is followed within them."""

    def __init__(self, published: Schema, generated: Schema) -> None:
        self._roots = published, generated
        self._seen: set[tuple[str, str]] = set()

    def of(self, old: object, new: object, path: str) -> Iterator[str]:
        """What breaks between two schemas that stand in the same place."""
        if not (isinstance(old, dict) and isinstance(new, dict)):
            if old != new:
                yield f"{path}: was {old!r}, is {new!r}"
            return
        if "$ref" in old and "$ref" in new:
            yield from self._referred(old, new, path)
            return
        old, new = (_resolved(schema, root) for schema, root in zip((old, new), self._roots, strict=True))
        yield from _required(old, new, path)
        for keyword in sorted((old.keys() | new.keys()) - _ANNOTATIONS - {"required"}):
            yield from self._keyword(keyword, old.get(keyword), new.get(keyword), path)

    def _referred(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        """The keywords beside two `$ref`, and what these refer to, which is compared once."""
        (old_ref, beside_old), (new_ref, beside_new) = _split(old), _split(new)
        yield from self.of(beside_old, beside_new, path)
        if (old_ref, new_ref) not in self._seen:
            self._seen.add((old_ref, new_ref))
            yield from self.of(
                _resolved({"$ref": old_ref}, self._roots[0]), _resolved({"$ref": new_ref}, self._roots[1]), path
            )

    def _keyword(self, keyword: str, old: object, new: object, path: str) -> Iterator[str]:
        match keyword, old, new:
            case "properties", dict(), dict():
                for name in old:
                    if name in new:
                        yield from self.of(old[name], new[name], f"{path}.{name}")
                    else:
                        yield f"{path}.{name}: removed or renamed"
            case "enum", list(), list():
                yield from (f"{path}: value {value!r} removed" for value in old if value not in new)
                yield from (
                    f"{path}: value {value!r} added, which its readers do not know" for value in new if value not in old
                )
            case (("anyOf" | "oneOf" | "allOf" | "prefixItems"), list(), list()) if len(old) == len(new):
                for index, (one, other) in enumerate(zip(old, new, strict=True)):
                    yield from self.of(one, other, f"{path}/{keyword}[{index}]")
            case (("items" | "additionalProperties"), dict(), dict()):
                yield from self.of(old, new, f"{path}[]")
            case _ if old != new:
                yield f"{path}: {keyword} was {old!r}, is {new!r}"


def _split(schema: Schema) -> tuple[str, Schema]:
    """`$ref`, and the keywords that stand beside it."""
    beside = dict(schema)
    return beside.pop("$ref"), beside


def _resolved(schema: Schema, root: Schema) -> Schema:
    """The schema with that which `$ref` names in its place."""
    if "$ref" not in schema:
        return schema
    reference, beside = _split(schema)
    return {**root["$defs"][reference.removeprefix("#/$defs/")], **beside}


def _required(old: Schema, new: Schema, path: str) -> Iterator[str]:
    before, after = set(old.get("required", ())), set(new.get("required", ()))
    yield from (f"{path}.{name}: newly required, which old events need not have" for name in sorted(after - before))
    yield from (f"{path}.{name}: no longer required, which its readers rely on" for name in sorted(before - after))


def _tidy(document: Any) -> Any:  # noqa: ANN401 - JSON
    """The document with its descriptions, which come from docstrings, free of indentation and of line breaks."""
    match document:
        case dict():
            return {key: _unwrapped(value) if _is_text(key, value) else _tidy(value) for key, value in document.items()}
        case list() | tuple():
            return [_tidy(item) for item in document]
        case _:
            return document


def _is_text(key: str, value: object) -> bool:
    return key == "description" and isinstance(value, str)


def _unwrapped(docstring: str) -> str:
    return re.sub(r"(?<!\n)\n(?!\n)", " ", inspect.cleandoc(docstring))


def main() -> int:
    """Run the command; 1 where something stands against it."""
    parser = argparse.ArgumentParser(prog="python -m schemas.publish", description="Write the published contracts.")
    parser.add_argument("--check", action="store_true", help="write nothing, and fail where a file differs")
    problems = publish(DIRECTORY, check=parser.parse_args().check)
    sys.stderr.writelines(f"{problem}\n" for problem in problems)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
