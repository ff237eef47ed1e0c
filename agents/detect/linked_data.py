"""What a page tells machines in JSON-LD."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import orjson
from lxml.html import HtmlElement

from agents.detect.folding import clean
from agents.detect.reading import MAX_FIELD

_MAX_BLOCKS = 50
_MAX_BLOCK = 1024 * 1024
_MAX_AUTHORS = 50

_ARTICLE_TYPES = {"BlogPosting", "LiveBlogPosting", "Report"}  # and every type whose name ends in Article

_CONTROL = re.compile("[\x00-\x1f]")


def linked_data(tree: HtmlElement) -> dict[str, Any]:
    """The first article in the page's JSON-LD, {} if there is none."""
    scripts = (script for script in tree.iter("script") if "ld+json" in (script.get("type") or ""))
    for script in islice(scripts, _MAX_BLOCKS):
        try:
            # Newlines in strings are no JSON, but common; between tokens they are as good as spaces.
            data = orjson.loads(_CONTROL.sub(" ", (script.text or "")[:_MAX_BLOCK]))
        except orjson.JSONDecodeError:
            continue
        for thing in _things(data):
            if any(name.endswith("Article") or name in _ARTICLE_TYPES for name in types(thing)):
                return thing
    return {}


def _things(data: object) -> Iterator[dict[str, Any]]:
    """The objects at the top of a JSON-LD document, and those of its graphs."""
    for thing in data if isinstance(data, list) else [data]:
        if isinstance(thing, dict):
            yield thing
            graph = thing.get("@graph")
            nodes = [*(graph if isinstance(graph, list) else []), thing.get("mainEntity")]
            yield from (node for node in nodes if isinstance(node, dict))


def types(thing: dict[str, Any]) -> list[str]:
    """The names of the types of a thing."""
    names = thing.get("@type")
    return [name for name in (names if isinstance(names, list) else [names]) if isinstance(name, str)]


def authors(linked: dict[str, Any]) -> str | None:
    """The names of the authors of an article."""
    given = linked.get("author")
    authors = given if isinstance(given, list) else [given]
    names = [field(author.get("name") if isinstance(author, dict) else author) for author in authors[:_MAX_AUTHORS]]
    return ", ".join(dict.fromkeys(name for name in names if name))[:MAX_FIELD] or None


def field(value: object) -> str | None:
    """A string in one line, the first one of a list; None if it is neither, or empty."""
    if isinstance(value, list) and value:
        value = value[0]
    return (clean(html.unescape(value[: 2 * MAX_FIELD]))[:MAX_FIELD] or None) if isinstance(value, str) else None
