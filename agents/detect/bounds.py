"""How much of a page is read: whatever would keep the parser or the extractor busy for seconds is refused beforehand.

Some of their steps take quadratic time. At these bounds the worst pages known take 2 to 3 s and 250 MB. The figures for
real pages are the largest of 2,689 (articles of 2019, and terms of service fetched over years).
"""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from schemas.errors import BadRecordError, Reason

MAX_TAGS = 60_000
"""Opening angle brackets. Real: 6,559."""

MAX_ATTRIBUTES = 20_000
"""Attributes of one tag, whose number counts squared, since so does the parser's time. Real: 6,456 (in a script)."""

MAX_ALL_ATTRIBUTES = 200_000
"""Attributes of all elements, of which the extractor makes several copies."""

MAX_ELEMENTS = 20_000
"""Elements. Real: 3,276."""

MAX_TEXTS = 25_000
"""Stretches of text between tags. Real: 6,552 at most."""

MAX_CHILDREN = 5_000
"""Children of one element. Real: 258."""

MAX_CELLS = 500_000
"""Rows of all tables times the cells of the widest, since the extractor fills all rows up to that width."""

_MAX_WIDTH = 100
"""The extractor's own limit for that width."""

MAX_NAMES = 2_000_000
"""Characters of all classes and ids, which the extractor's rules search through. Real: less than 1,491,126."""

# A tag with its quoted values, also where a quote is never closed. Possessive, so that no character is read twice.
_TAG = re.compile(r"""<[a-zA-Z](?:[^"'>]++|"[^"]*+"?|'[^']*+'?)*+""")
_QUOTED = re.compile(r""""[^"]*+"?|'[^']*+'?""")
_SEPARATOR = re.compile(r"""[\s/="]+""")
_SHORT = 500
"""Characters of a tag that cannot have many attributes."""


def check_text(text: str) -> None:
    """Refuse a page that the parser would take too long for, in linear time.

    Raises:
        BadRecordError: `too_complex`.
    """
    _check("tags", text.count("<"), MAX_TAGS)
    long = (match[0] for match in _TAG.finditer(text) if match.end() - match.start() > _SHORT)
    squares = sum(len(_SEPARATOR.findall(_QUOTED.sub('"', tag))) ** 2 for tag in long)
    _check("attributes in one tag", int(squares**0.5), MAX_ATTRIBUTES)


def is_large(text: str) -> bool:
    """Whether a page can exceed the bounds of `check_tree` at all: most cannot, and are spared the walk."""
    return text.count("<") > MAX_CHILDREN or len(text) > MAX_NAMES


def check_tree(tree: HtmlElement) -> None:
    """Refuse a page that the extractor would take too long for, in linear time.

    Raises:
        BadRecordError: `too_complex`.
    """
    elements = attributes = texts = names = crowd = rows = widest = 0
    for element in tree.iter():
        children = len(element)
        elements += 1
        attributes += len(element.attrib)
        texts += (element.text is not None) + (element.tail is not None)
        names += len(element.get("class") or "") + len(element.get("id") or "")
        crowd = max(crowd, children)
        if element.tag == "tr":
            rows, widest = rows + 1, max(widest, children)
    _check("elements", elements, MAX_ELEMENTS)
    _check("attributes", attributes, MAX_ALL_ATTRIBUTES)
    _check("stretches of text", texts, MAX_TEXTS)
    _check("children of one element", crowd, MAX_CHILDREN)
    _check("cells in tables", rows * min(widest, _MAX_WIDTH), MAX_CELLS)
    _check("characters of classes and ids", names, MAX_NAMES)


def _check(what: str, count: int, most: int) -> None:
    if count > most:
        raise BadRecordError(Reason.TOO_COMPLEX, f"the page has {count} {what}, {most} can be read")
