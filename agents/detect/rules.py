"""Rules for the pages of one source that no general reading gets right, in the format of ftr-site-config.

A line is `key: value`; `#` begins a comment. Read are `title`, `author`, `body` (XPath 1.0), `strip` (XPath),
`strip_id_or_class` (a part of an id or a class), `test_url`, `test_contains`; and two of our own, which other programs
pass over: `ignore_text`, a regular expression for a whole paragraph that is furniture, and `volatile`, an XPath of what
changes by itself. All other keys are passed over: they fetch further pages, or get around a wall.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import xxhash
from lxml.etree import XPath, XPathError
from lxml.html import HtmlElement, document_fromstring

from schemas.errors import SettingsError

MIN_BODY = 250
"""Characters of a body that a rule finds, below which it is taken to be out of date."""

_LINE = re.compile(r"([a-z_]+)(?:\([^)]*\))?\s*:\s*(.*)")

_ANY_PAGE = document_fromstring("<html><body><p class='a' id='b'>text</p></body></html>")

_PATHS = ("title", "author", "body", "strip", "volatile")
_QUOTES = str.maketrans("", "", "\"'")


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one file. `tests`: each URL with what its article has to contain. `version`: a hash of the file."""

    name: str
    version: str
    paths: Mapping[str, tuple[XPath, ...]]
    ignored: tuple[re.Pattern[str], ...]
    tests: tuple[tuple[str, tuple[str, ...]], ...]


def parse_rules(name: str, text: str) -> Rules:
    """The rules in a file.

    Raises:
        SettingsError: a line cannot be used; it names file and line.
    """
    paths: dict[str, list[XPath]] = {key: [] for key in _PATHS}
    ignored: list[re.Pattern[str]] = []
    tests: list[tuple[str, list[str]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not (found := _LINE.fullmatch(line.strip())) or not (value := found[2].strip()):
            continue
        key = found[1]
        try:
            if key in paths:
                paths[key].append(XPath(value))
                paths[key][-1](_ANY_PAGE)  # which tells an unknown function, prefix or variable
            elif key == "strip_id_or_class":
                part = value.translate(_QUOTES)
                paths["strip"].append(XPath(f"//*[contains(@id, '{part}') or contains(@class, '{part}')]"))
            elif key == "ignore_text":
                ignored.append(re.compile(value))
            elif key == "test_url":
                tests.append((value, []))
            elif key == "test_contains" and tests:
                tests[-1][1].append(value)
        except (XPathError, re.error) as error:
            raise SettingsError(f"{name}:{number}: {value!r} cannot be used as {key}: {error}") from None
    return Rules(
        name,
        xxhash.xxh3_64_hexdigest(text.encode()),
        {key: tuple(found) for key, found in paths.items()},
        tuple(ignored),
        tuple((url, tuple(contained)) for url, contained in tests),
    )


def rules_for(host: str, known: Mapping[str, Rules]) -> Rules | None:
    """The rules for a host, by the names of their files: its own, without `www.`, or those of all hosts beneath one."""
    host = host.lower().removeprefix("www.")
    _, _, parent = host.partition(".")
    return known.get(host) or known.get(f".{parent}")


def strip(tree: HtmlElement, rules: Rules) -> None:
    """Take out what the rules say is no part of the article, or changes by itself."""
    for element in [*found(tree, rules, "strip"), *found(tree, rules, "volatile")]:
        if element.getparent() is not None:
            element.drop_tree()


def found(tree: HtmlElement, rules: Rules, key: str) -> Iterator[HtmlElement]:
    """The elements that the first path of a key finds that finds any; all of them, for what is taken out."""
    for path in rules.paths[key]:
        elements = path(tree)
        hits = [one for one in elements if isinstance(one, HtmlElement)] if isinstance(elements, list) else []
        yield from hits
        if hits and key not in ("strip", "volatile"):
            return


def is_ignored(text: str, rules: Rules) -> bool:
    """Whether a paragraph is furniture by these rules."""
    return any(pattern.fullmatch(text) for pattern in rules.ignored)
