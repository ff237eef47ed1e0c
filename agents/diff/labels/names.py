"""Names of people, places and organisations that were replaced or are spelled otherwise, in scripts with capitals."""

from __future__ import annotations

from collections.abc import Callable

from agents.diff.labels.passages import Passage, Side
from agents.diff.labels.wording import NO_NAMES, Wording
from agents.diff.signs import DASHES, OPENERS, SENTENCE_ENDS


def changed_names(passage: Passage, wording: Wording, is_known: Callable[[str], bool]) -> list[tuple[str, str]]:
    """The names that another one took the place of.

    `is_known`: whether a word is capital in the midst of a sentence, too; asked where any word is.
    """
    pairs = []
    for edit in passage.of_kind("words", "typo"):
        old, new = _names(passage.old, edit.old, is_known), _names(passage.new, edit.new, is_known)
        gone, come = [name for name in old if name not in new], [name for name in new if name not in old]
        is_sure = not wording.has_capital_nouns or (
            _is_beside(passage.old, edit.old) and _is_beside(passage.new, edit.new)
        )
        if gone and come and is_sure and not _is_initial(gone[0], come[0]):
            pairs.append((" ".join(gone), " ".join(come)))
    return pairs


def stem(token: str) -> str:
    """A word without the ending of the genitive."""
    return token.removesuffix("'s").removesuffix("’s")


def _names(side: Side, place: tuple[int, int], is_known: Callable[[str], bool]) -> list[str]:
    names = []
    for index in range(*place):
        token = stem(side.tokens[index])
        is_capital = len(token) > 1 and token[0].isupper() and token.lower() not in NO_NAMES
        if is_capital and (not _starts_sentence(side, index) or is_known(token)):
            names.append(token)
    return names


def _is_beside(side: Side, place: tuple[int, int]) -> bool:
    """Whether a word that is capital by itself stands right beside: where all nouns are capital, names do so."""
    around = [index for index in (place[0] - 1, place[1]) if 0 <= index < len(side.tokens)]
    return any(side.tokens[index][0].isupper() and not _starts_sentence(side, index) for index in around)


def _is_initial(one: str, other: str) -> bool:
    """Whether one is the other, cut short to its first letter."""
    return one[0] == other[0] and len(min(one, other, key=len).rstrip(".")) == 1


def _starts_sentence(side: Side, place: int) -> bool:
    """Whether a word has to be capital where it stands."""
    if place == 0 or "\n" in side.text[side.words.end(place - 1) : side.words.start(place)]:
        return True
    before = side.tokens[place - 1]
    return before == ":" or before in SENTENCE_ENDS or before in OPENERS or before in DASHES
