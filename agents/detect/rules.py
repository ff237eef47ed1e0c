"""Rules for the pages of one source that no general reading gets right, in the format of ftr-site-config.

A line is `key: value`; `#` begins a comment. Read are `title`, `author`, `body` (XPath 1.0), `strip` (XPath),
`strip_id_or_class` (a part of an id or a class), `test_url`, `test_contains`; and two of our own, which other programs
pass over: `ignore_text`, a regular expression for a whole paragraph that is furniture, and `volatile`, an XPath of what
changes by itself. All other keys are passed over: they fetch further pages, or get around a wall.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate

import xxhash
from lxml.etree import XPath, XPathError
from lxml.html import HtmlElement, document_fromstring

from schemas.errors import SettingsError

MIN_BODY = 250
"""Characters of a body that a rule finds, below which it is taken to be out of date."""

_LINE = re.compile(r"([a-z_]+)(?:\([^)]*\))?\s*:\s*(.*)")

_ANY_PAGE = document_fromstring("<html><body><p class='a' id='b'>text</p></body></html>")

_ANY_SENTENCE = "Nobody was hurt when 2 boats met off Harrow, the board said."

_PATHS = ("title", "author", "body", "strip", "volatile")
_KEYS = (*_PATHS, "strip_id_or_class", "ignore_text", "test_url", "test_contains")
_MISSPELT = 0.85

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
        SettingsError: a line cannot be used, or a key looks misspelt; it names file and line.
    """
    found = _Found()
    for number, line in enumerate(text.splitlines(), 1):
        if not (parts := _LINE.fullmatch(line.strip())) or not (value := parts[2].strip()):
            continue
        try:
            found.add(parts[1], value)
        except (XPathError, re.error, ValueError) as error:
            raise SettingsError(f"{name}:{number}: {value!r} cannot be used as {parts[1]}: {error}") from None
    return Rules(
        name,
        xxhash.xxh3_64_hexdigest(text.encode()),
        {key: tuple(paths) for key, paths in found.paths.items()},
        tuple(found.ignored),
        tuple((url, tuple(contained)) for url, contained in found.tests),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What the lines of a file say, as far as it was read."""

    paths: dict[str, list[XPath]] = field(default_factory=lambda: {key: [] for key in _PATHS})
    ignored: list[re.Pattern[str]] = field(default_factory=list)
    tests: list[tuple[str, list[str]]] = field(default_factory=list)

    def add(self, key: str, value: str) -> None:
        """Take one line."""
        if key in self.paths:
            path = XPath(value)
            path(_ANY_PAGE)  # which tells an unknown function, prefix or variable
            self.paths[key].append(path)
        elif key == "strip_id_or_class":
            part = value.translate(_QUOTES)
            self.paths["strip"].append(XPath(f"//*[contains(@id, '{part}') or contains(@class, '{part}')]"))
        elif key == "ignore_text":
            self.ignored.append(_narrow(value))
        elif key == "test_url":
            self.tests.append((value, []))
        elif key == "test_contains":
            if not self.tests:
                raise ValueError("there is no test_url before it")
            self.tests[-1][1].append(value)
        elif near := difflib.get_close_matches(key, _KEYS, n=1, cutoff=_MISSPELT):
            raise ValueError(f"did you mean {near[0]}?")


def _narrow(expression: str) -> re.Pattern[str]:
    pattern = re.compile(expression)
    if pattern.fullmatch(_ANY_SENTENCE):
        raise ValueError("it fits any sentence, and would leave out the article")
    return pattern


def rules_for(host: str, known: Mapping[str, Rules]) -> Rules | None:
    """The rules for a host, by the names of their files: its own, without `www.`, or those of all hosts beneath one."""
    host = host.lower().removeprefix("www.")
    parents = accumulate(host.split(".")[:0:-1], lambda below, label: f"{label}.{below}")
    beneath = (known.get(f".{parent}") for parent in reversed([*parents]))
    return known.get(host) or next(filter(None, beneath), None)


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
