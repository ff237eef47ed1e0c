"""Edits that leave the meaning: of marks and spaces, and of how a word is spelled."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import OSA

from agents.diff.labels.wording import ARTICLES, CONFUSED, GRAMMAR
from agents.diff.tokens import fold

MIN_TYPO_LENGTH = 4
MIN_REPLACED_LENGTH = 7
MIN_TWICE_LENGTH = 9
"""Letters that a word has at least where one letter too many, too few or at the wrong place is a misspelling; where one
is another one; and where there are two such faults. Shorter words are a letter from other words ("shot", "shut")."""

_ENDINGS = ("s", "es", "d", "ed", "n", "en", "e", "r", "er", "y", "ly", "m", "t", "st", "a", "o", "i", "as", "os")
"""What a word has behind it when it is inflected: another number, time or case is no misspelling."""


def is_punctuation(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether only marks, spaces or the case of letters differ between two runs of tokens."""
    before, after = ("".join(map(_letters, tokens)) for tokens in (old, new))
    return before == after and [*_fractions(old)] == [*_fractions(new)]


def _letters(token: str) -> str:
    return "".join([char for char in fold(token) if char.isalnum()])


def _fractions(tokens: Sequence[str]) -> list[str]:
    """The numbers that a separator makes smaller: 1.5 is not 15, while 1,500 is 1500."""
    return [
        token.replace(",", ".")
        for token in tokens
        if token[0].isdigit() and _is_fraction(token.rstrip("%abcdefgmnpxk"))
    ]


def _is_fraction(token: str) -> bool:
    head, _, tail = token.replace(",", ".").rpartition(".")
    return bool(head) and tail.isdigit() and (len(tail) != 3 or head == "0")  # noqa: PLR2004 - a group of thousands


def is_typo(old: Sequence[str], new: Sequence[str], before: str, behind: str) -> bool:
    """Whether one run of tokens is the other, misspelled. `before` and `behind` stand beside it; empty for nothing."""
    if not old or not new:
        only = old or new  # a word that stood there twice
        return len(only) == 1 and only[0].isalpha() and fold(only[0]) in (fold(before), fold(behind))
    if len(old) != len(new):
        return False
    differing = [(a, b) for a, b in zip(old, new, strict=True) if fold(a) != fold(b)]
    may_be_name = fold(before) not in ARTICLES and any(a[0].isupper() and b[0].isupper() for a, b in differing)
    folded = [(fold(a), fold(b)) for a, b in differing]
    return bool(folded) and not may_be_name and all(_is_misspelled(*pair) or _is_grammar(*pair) for pair in folded)


def _is_grammar(old: str, new: str) -> bool:
    return any(old in group and new in group for group in GRAMMAR)


def _is_misspelled(old: str, new: str) -> bool:
    if not old.isalpha() or not new.isalpha():
        return False
    is_mute_h = min(len(old), len(new)) > MIN_TYPO_LENGTH and f"h{old}" in (new, f"hh{new}")
    if is_mute_h or old.translate(CONFUSED) == new.translate(CONFUSED):
        return True
    shorter, longer = sorted((old, new), key=len)
    ending = longer.removeprefix(shorter)
    is_inflected = ending != longer and ending in _ENDINGS and ending[0] != shorter[-1]
    if old[0] != new[0] or is_inflected or len(shorter) < MIN_TYPO_LENGTH - 1 or len(longer) < MIN_TYPO_LENGTH:
        return False
    faults = OSA.distance(old, new, score_cutoff=2)
    if faults == 1:
        is_replaced = len(shorter) == len(longer) and sorted(old) != sorted(new)
        return not is_replaced or (len(old) >= MIN_REPLACED_LENGTH and old[-2:] == new[-2:])
    return faults == 2 and len(shorter) >= MIN_TWICE_LENGTH and old[-1] == new[-1]  # noqa: PLR2004
