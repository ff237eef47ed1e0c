"""Edits that leave the meaning: of marks and spaces, and of how a word is spelled."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

import regex
from rapidfuzz.distance import OSA

from agents.diff.labels.numerals import DIGITS, Value, readings
from agents.diff.labels.wording import ARTICLES, CONFUSED, GRAMMAR, HYPHENATED, Wording
from agents.diff.tokens import fold, fold_tokens

MIN_TYPO_LENGTH = 4
MIN_REPLACED_LENGTH = 7
MIN_TWICE_LENGTH = 9
"""Letters that a word has at least where one letter too many, too few or at the wrong place is a misspelling; where one
is another one, and neither is in the dictionary; and where there are two such faults. Shorter words are a letter from
other words ("shot", "shut")."""

MAX_TYPO_LENGTH = 64
"""Letters that words have at most that are compared."""

_ENDINGS = ("s", "es", "d", "ed", "n", "en", "e", "r", "er", "y", "ly", "m", "t", "st", "a", "o", "i", "as", "os")
"""What a word has behind it when it is inflected: another number, time or case is no misspelling."""

_LETTERS = regex.compile(r"[\p{L}\p{M}\p{N}\p{Sc}\p{Emoji_Presentation}%‰°+<>=±×÷≤≥≠]+", regex.V1)
"""What is no mere punctuation."""


def is_content(token: str) -> bool:
    """Whether a token is more than punctuation."""
    return token[0].isalnum() or _LETTERS.search(token) is not None


def is_punctuation(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether only marks, spaces, the case of letters or separators in numbers differ between two runs of tokens."""
    if len(old) == len(new) == 1 and _is_acronym(old[0], new[0]):
        return False
    before, after = list(_contents(old)), list(_contents(new))
    return len(before) == len(after) and all(
        a == b if isinstance(a, str) or isinstance(b, str) else not a.isdisjoint(b)
        for a, b in zip(before, after, strict=True)
    )


def _is_acronym(old: str, new: str) -> bool:
    """Whether a word became an acronym, or one a word: US, us."""
    return len(old) > 1 and sorted((old, new)) == sorted((old.upper(), old.lower())) and old != new


def _contents(tokens: Sequence[str]) -> Iterator[str | frozenset[Value]]:
    """What tokens say: the readings of numbers, and the letters between them, joined."""
    letters = ""
    for folded in fold_tokens(tokens):
        if folded.startswith(HYPHENATED):
            letters += "-"
        number = DIGITS.match(folded)
        if number:
            if letters:
                yield letters
            yield readings(number[1])
            letters = ""
        letters += "".join(_LETTERS.findall(number[2] if number else folded))
    if letters:
        yield letters


def is_typo(old: Sequence[str], new: Sequence[str], before: str, behind: str, wording: Wording) -> bool:
    """Whether one run of tokens is the other, misspelled. `before` and `behind` stand beside it; empty for nothing."""
    if not old or not new:
        only = old or new  # a word that stood there twice
        return len(only) == 1 and only[0].isalpha() and fold(only[0]) in (fold(before), fold(behind))
    if len(old) != len(new):
        return False
    folded = list(zip(fold_tokens(old), fold_tokens(new), strict=True))
    differing = [pair for pair, (a, b) in zip(zip(old, new, strict=True), folded, strict=True) if a != b]
    if not differing or (fold(before) not in ARTICLES and any(a[0].isupper() and b[0].isupper() for a, b in differing)):
        return False  # names
    return all(_is_misspelled(a, b, wording) or _is_grammar(a, b) for a, b in folded if a != b)


def _is_grammar(old: str, new: str) -> bool:
    return any(old in group and new in group for group in GRAMMAR)


def _is_misspelled(old: str, new: str, wording: Wording) -> bool:
    shorter, longer = sorted((old, new), key=len)
    if not (old.isalpha() and new.isalpha()) or len(longer) > MAX_TYPO_LENGTH:
        return False
    is_mute_h = len(shorter) > MIN_TYPO_LENGTH and f"h{old}" in (new, f"hh{new}")
    return is_mute_h or old.translate(CONFUSED) == new.translate(CONFUSED) or _is_near(shorter, longer, wording)


def _is_near(shorter: str, longer: str, wording: Wording) -> bool:
    """Whether one word is the other with a letter or two wrong, and not another word."""
    faults = OSA.distance(shorter, longer, score_cutoff=2)
    if faults > 2 or len(longer) < MIN_TYPO_LENGTH or _is_inflected(shorter, longer):  # noqa: PLR2004
        return False
    is_known = shorter in wording.dictionary, longer in wording.dictionary
    if all(is_known):
        return _without_accents(shorter) == _without_accents(longer)
    if shorter[0] != longer[0] or len(shorter) < MIN_TYPO_LENGTH - 1:
        return False
    if faults == 1 and (any(is_known) or len(shorter) != len(longer) or sorted(shorter) == sorted(longer)):
        return True
    return len(shorter) >= (MIN_REPLACED_LENGTH if faults == 1 else MIN_TWICE_LENGTH) and shorter[-2:] == longer[-2:]


def _is_inflected(shorter: str, longer: str) -> bool:
    ending = longer.removeprefix(shorter)
    return ending != longer and ending in _ENDINGS and ending[0] != shorter[-1]


def _without_accents(word: str) -> str:
    return "".join([char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char)])
