"""Names of people, places and organisations that were replaced or are spelled otherwise, in scripts with capitals."""

from __future__ import annotations

from collections.abc import Callable

from agents.diff.labels.passages import Passage
from agents.diff.labels.sides import Side
from agents.diff.labels.wording import NO_NAMES, Wording
from agents.diff.signs import DASHES, OPENERS, SENTENCE_ENDS


def changed_names(passage: Passage, wording: Wording, is_known: Callable[[str], bool]) -> list[tuple[str, str]]:
    """The names that another one took the place of.

    `is_known`: whether a word is capital in the midst of a sentence, too; asked where any word is.
    """
    pairs = []
    for edit in passage.of_kind("words", "typo"):
        old, new = (_names(*place, wording, is_known) for place in ((passage.old, edit.old), (passage.new, edit.new)))
        gone, come = [name for name in old if name not in new], [name for name in new if name not in old]
        if gone and come and not _is_initial(gone[0], come[0]):
            pairs.append((" ".join(gone), " ".join(come)))
    return pairs


def _stem(token: str) -> str:
    """A word without the ending of the genitive."""
    return token.removesuffix("'s").removesuffix("’s")


def _names(side: Side, place: tuple[int, int], wording: Wording, is_known: Callable[[str], bool]) -> list[str]:
    names = []
    for index in range(*place):
        token = _stem(side.tokens[index])
        is_capital = len(token) > 1 and token[0].isupper()
        may_be_name = is_capital and token.lower() not in NO_NAMES and token.lower() not in wording.scales_of_digits
        is_name = may_be_name and (not _starts_sentence(side, index) or is_known(token))
        if is_name and (not wording.has_capital_nouns or _has_name_beside(side, index)):
            names.append(token)
    return names


def _has_name_beside(side: Side, place: int) -> bool:
    """Whether a capital word stands right beside: where all nouns are capital, names have one."""
    return any(
        side.tokens[index][0].isupper() and side.folded[index] not in NO_NAMES and not _starts_sentence(side, index)
        for index in (place - 1, place + 1)
        if 0 <= index < len(side.tokens)
    )


def _is_initial(one: str, other: str) -> bool:
    """Whether one is the other, cut short to its first letter."""
    return one[0] == other[0] and len(min(one, other, key=len).rstrip(".")) == 1


def _starts_sentence(side: Side, place: int) -> bool:
    """Whether a word has to be capital where it stands."""
    if side.starts_line(place):
        return True
    before = side.tokens[place - 1]
    return before == ":" or before in SENTENCE_ENDS or before in OPENERS or before in DASHES
