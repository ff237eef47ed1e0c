"""Text as it is shown, text as it is compared, and the hash of an article's text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import xxhash

# Control characters (but for those that are whitespace), lone surrogates, noncharacters; none of them is text.
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

# What is never seen: soft hyphen, zero-width space, word joiner, byte order mark. The zero-width joiners stay in what
# is shown, since Persian words and emoji are made with them.
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))

# Beyond those, zero-width joiners and the marks of the direction of writing.
_DROPPED = _UNSEEN | dict.fromkeys([0x180E, *range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x2061, 0x2070)])

_VARIANTS = {
    # curly, low and reversed single quotes, prime, acute, grave, modifier apostrophe
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2032\u00b4\u0060\u02bc"), "'"),
    # the same, double
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u2033"), '"'),
    # hyphens, figure, en and em dash, bar, minus
    **dict.fromkeys([*range(0x2010, 0x2016), 0x2212], "-"),
    ord("\u2026"): "...",
}


def clean(text: str) -> str:
    """Text as it is shown: NFC, in one line, single spaces, without what is no text or never seen."""
    text = _NO_TEXT.sub("", text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(_UNSEEN))
    return " ".join(text.split())


def fold(text: str) -> str:
    """Text as it is compared: typography and whitespace are one; letters, digits, case, other punctuation count.

    Idempotent.
    """
    # NFC after dropping, which may bring a letter and its accent together, and before the variants, some of which it
    # makes out of other characters.
    if not text.isascii():
        text = unicodedata.normalize("NFC", text.translate(_DROPPED))
    return " ".join(text.translate(_VARIANTS).split())


def text_hash(title: str, byline: str | None, standfirst: str | None, paragraphs: Iterable[str]) -> str:
    """The xxh3_128 of an article's folded text, in hex.

    No folded text holds a newline, so that each text has one place in what is hashed.
    """
    texts = (title, byline or "", standfirst or "", *paragraphs)
    return xxhash.xxh3_128_hexdigest("\n".join(map(fold, texts)).encode())
