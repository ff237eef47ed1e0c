"""The OpenAPI 3.1 document of the programming interface."""

from __future__ import annotations

from functools import cache
from typing import Any, get_args

import msgspec

from agents.detect.url import MAX_URL
from agents.diff.compare import Comparison
from agents.diff.labels.rules import RULES
from schemas.change import ChangeKind
from schemas.version import Version
from streams.site.answers import Articles, ArticleWithVersions, Changes, ListedChange, Problem

Json = dict[str, Any]
Query = dict[str, tuple[str, Json]]
"""Parameters, what they are, and their schemas."""

_ANSWERS = (Changes, Articles, ArticleWithVersions, Comparison, Version, ListedChange, Problem)

_ID: Json = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
_NUMBER: Json = {"type": "integer", "minimum": 1}
_TEXT: Json = {"type": "string", "maxLength": 300}

_FILTER: Query = {
    "source": ("The name of a source.", _TEXT),
    "label": ("A label.", {"enum": list(RULES)}),
    "kind": ("What kind of change.", {"enum": list(get_args(ChangeKind))}),
    "day": ("The day of the fetch, in UTC.", {"type": "string", "format": "date"}),
    "article": ("An article's id.", _ID),
}
_WORDS: Query = {
    "q": ("Words, all of which are there; the last one may be a beginning.", _TEXT),
    "by": ("`author`: the words are of an author's name.", {"enum": ["author"]}),
}


@cache
def document() -> Json:
    """The document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "newsdiff",
            "version": "1",
            "description": "What changed in the news after it was published. Times are in UTC.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {
            "/api/v1/changes": _get(
                "Changes that a filter leaves, page by page.",
                Changes,
                query={**_FILTER, **_WORDS, "before": ("`next` of the page before.", _TEXT)},
            ),
            "/api/v1/articles": _get(
                "Articles with some words, `q`; or the one at an address, `url`, to which a redirect leads.",
                Articles,
                query={**_WORDS, "url": ("An address, in any variant.", {"type": "string", "maxLength": MAX_URL})},
                others={"302": {"description": "The article at the address."}},
            ),
            "/api/v1/articles/{article}": _get(
                "An article and its versions.", ArticleWithVersions, path={"article": _ID}
            ),
            "/api/v1/articles/{article}/versions/{number}": _get(
                "A version, as its event has it.", Version, path={"article": _ID, "number": _NUMBER}
            ),
            "/api/v1/articles/{article}/diff/{old}/{new}": _get(
                "What is different between any two versions.",
                Comparison,
                path={"article": _ID, "old": _NUMBER, "new": _NUMBER},
            ),
            "/api/v1/stream": _stream(),
        },
        "components": {"schemas": _schemas()},
    }


def _get(
    about: str,
    answer: type[Any],
    *,
    path: dict[str, Json] | None = None,
    query: Query | None = None,
    others: Json | None = None,
) -> Json:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{answer.__name__}"}}}
    answers = {"200": {"description": about, "content": content}, **(others or {})}
    return {
        "get": {
            "summary": about,
            "parameters": _parameters(path or {}, query or {}),
            "responses": {**answers, **_problems()},
        }
    }


def _stream() -> Json:
    about = "Changes as they come, as server-sent events: `event: change`, its data a ListedChange."
    last = {
        "name": "Last-Event-ID",
        "in": "header",
        "description": "The `id` of the last event: what came after it is told first.",
        "schema": {"type": "string"},
    }
    answer = {"description": about, "content": {"text/event-stream": {"schema": {"type": "string"}}}}
    parameters = [*_parameters({}, _FILTER), last]
    return {"get": {"summary": about, "parameters": parameters, "responses": {"200": answer, **_problems()}}}


def _parameters(path: dict[str, Json], query: Query) -> list[Json]:
    return [
        *({"name": name, "in": "path", "required": True, "schema": schema} for name, schema in path.items()),
        *(
            {"name": name, "in": "query", "description": about, "schema": schema}
            for name, (about, schema) in query.items()
        ),
    ]


def _problems() -> Json:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        "default": {
            "description": "Why there is no answer; 451: it was taken down, 422: it is too large.",
            "content": content,
        }
    }


def _schemas() -> Json:
    _, components = msgspec.json.schema_components(_ANSWERS, ref_template="#/components/schemas/{name}")
    return components
