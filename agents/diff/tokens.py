"""Text as tokens: what is compared, counted and marked is never less than one of them."""

from __future__ import annotations

import re
import unicodedata
from array import array
from dataclasses import dataclass
from itertools import accumulate, chain

import regex

MAX_COMPARED_CHARS = 4_000_000
"""How much text, both sides together, is compared by its tokens: what takes a few seconds and some 100 bytes for each
character at the very most. More than that counts as rewritten."""

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
"""Scripts without spaces between words: each of their characters is a word."""

_EXTEND = r"\p{GCB=Extend}\p{GCB=SpacingMark}\p{GCB=ZWJ}"
"""What belongs to the character before it, by Unicode's rules for grapheme clusters (UAX 29)."""


def _pattern(*, letter: str, letters: str, other: str) -> str:
    """A token and the white space behind it, in two groups.

    A token is, in turn: a number with its separators (1,200, 3.5, 10:30, 24/7) and unit (5pm, 3rd); an abbreviation
    (U.S.); a word with its apostrophes and hyphens; or anything `other`.
    """
    number = rf"\d+ (?: [.,:/'\u2019\u00a0\u202f] \d+ )* (?: {letters} )?"
    word = rf"{letters} (?: ['\u2019\u02bc\u2010\u2011\u00b7-] {letters} )*"
    return rf"( {number} | (?: {letter} \. ){{2,}} | {word} | {other} ) (\s*)"


_TOKEN = regex.compile(
    _pattern(
        letter=rf"[\p{{L}}--[{_UNSPACED}]]",
        letters=rf"[[\p{{L}}\p{{N}}_{_EXTEND}]--[{_UNSPACED}]]+",
        other=r"(?!\s) \X",
    ),
    regex.V1 | regex.VERBOSE,
)

_PLAIN_TOKEN = re.compile(_pattern(letter=r"[^\W\d_²³¹¼½¾]", letters=r"\w+", other=r"\S"), re.VERBOSE)
"""The same tokens at a third of the time, for text in which no character joins another."""

_NOT_PLAIN = re.compile(r"[^\x00-\x1b\x20-\u02ff\u2010-\u2027\u202f-\u205e\u20a0-\u20bf]")
_SPACE = regex.compile(r"\s*", regex.V1)
_WORD = regex.compile(r"[\p{L}\p{N}]", regex.V1)

_TYPOGRAPHY = str.maketrans(
    "\u2018\u2019\u02bc\u201c\u201d\u201e\u00ab\u00bb\u2010\u2011\u2012\u2013\u2014\u2212",  # quotes, then dashes
    '\'\'\'"""""------',
)


def _split(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = (_TOKEN if _NOT_PLAIN.search(text) else _PLAIN_TOKEN).findall(text)
    return tokens


def is_word(token: str) -> bool:
    """Whether a token counts as a word: it has a letter or a digit."""
    return token[0].isalnum() or _WORD.search(token) is not None  # the first of the two answers nearly always


def count_words(text: str) -> int:
    """How many words a text has; in scripts without spaces each character is one."""
    return sum(is_word(token) for token, _ in _split(text))


def fold(token: str) -> str:
    """A token without what does not count when paragraphs are compared: case, kind of quote or dash, normal form."""
    if token.isascii():
        return token.lower()
    return unicodedata.normalize("NFC", token.casefold().translate(_TYPOGRAPHY))


@dataclass(frozen=True, slots=True)
class Words:
    """A text and its tokens.

    `exact`: a number for each token, the same for the same token. `folded`: also the same for tokens that differ only
    in case, typography or normal form. `bounds`: where token i starts (at 2 i) and ends (at 2 i + 1) in `text`; between
    two tokens there is white space or nothing.
    """

    text: str
    tokens: tuple[str, ...]
    exact: list[int]
    folded: list[int]
    bounds: array[int]

    def __len__(self) -> int:
        return len(self.tokens)

    def start(self, index: int) -> int:
        """Where a token starts; for the one behind the last, the end of the text."""
        return self.bounds[2 * index] if index < len(self.tokens) else len(self.text)

    def end(self, index: int) -> int:
        """Where a token ends; for the one before the first, the start of the text."""
        return self.bounds[2 * index + 1] if index >= 0 else 0

    def slice(self, start: int, stop: int) -> str:
        """The text from the start of one token to the end of the last before `stop`."""
        return self.text[self.start(start) : self.end(stop - 1)] if start < stop else ""

    def width(self, start: int, stop: int) -> int:
        """The length of that slice."""
        return self.end(stop - 1) - self.start(start) if start < stop else 0


class Lexicon:
    """Gives tokens their numbers, and reads each text only once. Lives as long as one diff."""

    def __init__(self) -> None:
        self._numbers = _Numbers()
        self._words: dict[str, Words] = {}

    def words(self, text: str) -> Words:
        """The tokens of a text."""
        found = self._words.get(text)
        if found is None:
            found = self._words[text] = self._read(text)
        return found

    def _read(self, text: str) -> Words:
        pairs = _split(text)
        lead = _SPACE.match(text)
        bounds = array("I", accumulate(map(len, chain.from_iterable(pairs)), initial=lead.end() if lead else 0))
        tokens = tuple(token for token, _ in pairs)
        exact = list(map(self._numbers.__getitem__, tokens))
        return Words(text, tokens, exact, list(map(self._numbers.folded.__getitem__, exact)), bounds)


class _Numbers(dict[str, int]):
    """The number of each token, given when it is first asked for; `folded` has that of its folded form."""

    def __init__(self) -> None:
        super().__init__()
        self.folded: list[int] = []
        self._folds: dict[str, int] = {}

    def __missing__(self, token: str) -> int:
        number = self[token] = len(self.folded)
        self.folded.append(self._folds.setdefault(fold(token), number))
        return number
