"""Names of people, places and organisations that were replaced or are spelled otherwise, in scripts with capitals."""

from __future__ import annotations

from collections.abc import Iterable

from agents.diff.labels.passages import SENTENCE_ENDS, Passage, Side
from agents.diff.labels.wording import NO_NAMES

MAX_WORDS = 12
"""Edits of more words are rewritten sentences: other names in them replace nothing."""

_OPENERS = frozenset("\"'“‘„«»([:—–-•|")  # noqa: RUF001 - typographic quotes and dashes


def changed_names(passage: Passage, known: frozenset[str]) -> list[tuple[str, str]]:
    """The names that another one took the place of; `known` are words that are capital in the midst of sentences."""
    pairs: list[tuple[str, str]] = []
    for edit in passage.of_kind("words", "typo"):
        if max(edit.old_stop - edit.old_start, edit.new_stop - edit.new_start) > MAX_WORDS:
            continue
        old, new = _names(passage.old, edit.old, known), _names(passage.new, edit.new, known)
        kept = set(passage.new.tokens), set(passage.old.tokens)
        old, new = [name for name in old if name not in kept[0]], [name for name in new if name not in kept[1]]
        if old and new and not _is_fuller(old, new):
            pairs.append((" ".join(old), " ".join(new)))
    return pairs


def _is_fuller(old: list[str], new: list[str]) -> bool:
    """Whether one is the other in full: an initial, or a part."""
    return any(a[0] == b[0] and len(min(a, b, key=len).rstrip(".")) == 1 for a, b in zip(old, new, strict=False))


def _names(side: Side, place: tuple[int, int], known: frozenset[str]) -> list[str]:
    return [side.tokens[n] for n in range(*place) if is_name(side, n, known)]


def is_name(side: Side, place: int, known: frozenset[str]) -> bool:
    """Whether a token looks like a part of a name."""
    token = stem(side.tokens[place])
    if len(token) < 2 or not token[0].isupper() or token.lower() in NO_NAMES:  # noqa: PLR2004
        return False
    return token in known or not starts_sentence(side, place)


def stem(token: str) -> str:
    """A word without the ending of the genitive."""
    return token.removesuffix("'s").removesuffix("’s")


def starts_sentence(side: Side, place: int) -> bool:
    """Whether a word has to be capital where it stands."""
    if place == 0 or "\n" in side.text[side.words.end(place - 1) : side.words.start(place)]:
        return True
    before = side.tokens[place - 1]
    return before in SENTENCE_ENDS or before in _OPENERS


def capitals(sides: Iterable[Side]) -> frozenset[str]:
    """The words that are capital in the midst of sentences."""
    return frozenset(
        stem(token)
        for side in sides
        for place, token in enumerate(side.tokens)
        if token[0].isupper() and not starts_sentence(side, place)
    )
