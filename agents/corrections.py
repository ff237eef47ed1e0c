"""Corrections, clarifications and editors' notes, told by their wording, in the languages of most news."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

_WORDING: dict[str, list[str]] = tomllib.loads(files(__package__).joinpath("corrections.toml").read_text("utf-8"))
_LABEL = f"(?:{'|'.join(_WORDING['labels'])})"
_AFTER_LABEL = r"(?: ?\(.{1,40}\)|,? (?=.{0,30}\d).{1,30}?)?\s?[:\uff1a.\u060c\])\u3011\uff09-]\s?.{8,}"
_CORRECTION = re.compile("|".join([rf"\W*{_LABEL}{_AFTER_LABEL}", *_WORDING["sentences"]]), re.DOTALL)
_ONLY_LABEL = re.compile(rf"{_LABEL}\s?[:\uff1a]?")
_HINT = re.compile("|".join([_LABEL, *_WORDING["hints"]]))


def may_hold_correction(text: str) -> bool:
    """Whether a text, folded and in lower case, has any of the words for a correction; most have none."""
    return _HINT.search(text) is not None


def is_correction(text: str) -> bool:
    """Whether a text, folded and in lower case, is a correction."""
    return _CORRECTION.fullmatch(text) is not None


def is_label(text: str) -> bool:
    """Whether a text, folded and in lower case, is only the word for one."""
    return _ONLY_LABEL.fullmatch(text) is not None
