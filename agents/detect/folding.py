"""Text as it is shown, text as it is compared, and the hash of an article's text."""

from __future__ import annotations

import re
from collections.abc import Iterable

import xxhash

from agents.normal_form import nfc

# Control characters (but for those that are whitespace), lone surrogates, noncharacters; none of them is text.
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

# What is never seen: soft hyphen, zero-width space, word joiner, byte order mark. The zero-width joiners stay in what
# is shown, since Persian words and emoji are made with them.
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")

# Beyond those, zero-width joiners and the marks of the direction of writing.
_DROPPED = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")

_VARIANTS = {
    # curly, low and reversed single quotes, prime, acute, grave, modifier apostrophe
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4\u0060\u02bc", "'"),
    # the same, double
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"'),
    # hyphens, figure, en and em dash, bar, minus
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    "\u2026": "...",
}
_VARIANT = re.compile(f"[{''.join(_VARIANTS)}]")


def clean(text: str) -> str:
    """Text as it is shown: NFC, in one line, single spaces, without what is no text or never seen."""
    text = _NO_TEXT.sub("", text)
    if not text.isascii():
        text = nfc(_UNSEEN.sub("", text))
    return " ".join(text.split())


def fold(text: str) -> str:
    """Text as it is compared: typography and whitespace are one; letters, digits, case, other punctuation count.

    Idempotent.
    """
    # NFC after dropping, which may bring a letter and its accent together, and before the variants, some of which it
    # makes out of other characters.
    if not text.isascii():
        text = nfc(_DROPPED.sub("", text))
    return " ".join(_VARIANT.sub(lambda match: _VARIANTS[match[0]], text).split())


def text_hash(title: str, byline: str | None, standfirst: str | None, paragraphs: Iterable[str]) -> str:
    """The xxh3_128 of an article's folded text, in hex.

    No folded text holds a newline, so that each text has one place in what is hashed.
    """
    texts = (title, byline or "", standfirst or "", *paragraphs)
    return xxhash.xxh3_128_hexdigest("\n".join(map(fold, texts)).encode())
