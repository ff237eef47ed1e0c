"""What could be noticed of a page, as one hash: the cheap look that saves reading most pages.

It covers the visible text, the title tag, and what machines are told about headline and author. An edit that changes
none of these, such as a paragraph that is cut in two, or a name that becomes the byline by its class, waits for one
that does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

import xxhash
from resiliparse.extract.html2text import extract_plain_text

from agents.detect.folding import fold

_TAG = re.compile(r"<(title|meta|script)\b", re.IGNORECASE)
_ATTRIBUTES = re.compile(r"""(?>[^"'>]+|"[^"]*"|'[^']*')*>""")
_TELLING = re.compile(r"title|author|byl|creator", re.IGNORECASE)

_LABEL = re.compile(r"<(?:button|label)\b[^<>]{0,1000}>([^<>]{2,300})", re.IGNORECASE)
"""What is shown, too, but left out of the plain text."""

_END = re.compile(r"</(?:script|title)\b", re.IGNORECASE)

_MAX_TAGS = 5000
_MAX_ATTRIBUTES = 5000
"""Characters of the attributes of a tag, of which machines are told a fifth."""


def visible_hash(page: str) -> str:
    """The xxh3_128, in hex, of all that a reader or a machine is told by a page, navigation and all; 1 to 2 ms."""
    seen = extract_plain_text(page, preserve_formatting=False, list_bullets=False, alt_texts=True, noscript=True)
    return xxhash.xxh3_128_hexdigest("\n".join((fold(seen), *_told(page))).encode("utf-8", "surrogatepass"))


def _told(page: str) -> Iterator[str]:
    yield from (label[1] for label in islice(_LABEL.finditer(page), _MAX_TAGS))
    for tag in islice(_TAG.finditer(page), _MAX_TAGS):
        found = _ATTRIBUTES.match(page, tag.end(), tag.end() + _MAX_ATTRIBUTES)
        if found is None:
            continue
        name, attributes = tag[1].lower(), found[0]
        if name == "meta":
            if _TELLING.search(attributes):
                yield attributes
        elif name == "title" or "ld+json" in attributes.lower():
            end = _END.search(page, found.end())
            yield page[found.end() : end.start() if end else None]
            if end is None:
                return
