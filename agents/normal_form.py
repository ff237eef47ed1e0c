"""Unicode's normal form C in linear time."""

from __future__ import annotations

import unicodedata

import regex

MAX_UNSPLIT = 500
"""Characters up to which all text is put into normal form at once."""

_STACKED = regex.compile(r"(\p{M}{31,})", regex.V1)
"""More marks on one character than any text has (UAX 15 bounds them to 30): ordering them takes quadratic time."""


def nfc(text: str) -> str:
    """The text in normal form C, but for stacks of more than 30 marks, which stay as they are."""
    if len(text) <= MAX_UNSPLIT:
        return unicodedata.normalize("NFC", text)
    parts = _STACKED.split(text)
    parts[::2] = [unicodedata.normalize("NFC", part) for part in parts[::2]]
    return "".join(parts)
