"""Text as tokens: what is compared, counted and marked is never less than one of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import accumulate, chain
from typing import TypeVar

import regex

from agents.normal_form import nfc

Value = TypeVar("Value")

MAX_COMPARED_CHARS = 4_000_000
"""How much text, both sides together, is compared by its tokens: what takes a few seconds and some 100 bytes for each
character at the very most. More than that counts as rewritten."""

MAX_CHUNK_CHARS = 40
MAX_KNOWN_CHUNKS = 20_000
"""No token has a space in it, and most of what stands between two spaces has been seen before: so many chunks up to
that length are remembered with their tokens, some 10 MB. It makes reading a text ten times faster."""

_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
"""Scripts without spaces between words: each of their characters is a word."""

_EXTEND = r"\p{GCB=Extend}\p{GCB=SpacingMark}\p{GCB=ZWJ}"
"""What belongs to the character before it, by Unicode's rules for grapheme clusters (UAX 29)."""


def _pattern(*, letter: str, letters: str, other: str) -> str:
    """A token and the white space behind it, in two groups.

    A token is, in turn: a URL or a mail address; a number with its separators (1,200, 3.5, 10:30, 24/7) and unit (5pm,
    3rd); an abbreviation (U.S.); a word with its apostrophes and hyphens; or anything `other`.
    """
    address = (
        r"https?:// [\w%&#?=.,:;/~+@-]* [\w/] | [a-zA-Z0-9_.+-]{1,64}+ @ \w[\w-]{0,62} (?: \. \w[\w-]{0,62} ){1,8}"
    )
    number = rf"\d+ (?: [.,:/'\u2019\u00a0\u202f] \d+ )* (?: {letters} )?"
    word = rf"{letters} (?: ['\u2019\u02bc\u2010\u2011\u00b7-] {letters} )*"
    return rf"( {address} | {number} | (?: {letter} \. ){{2,}} | {word} | {other} ) (\s*)"


_TOKEN = regex.compile(
    _pattern(
        letter=rf"[\p{{L}}--[{_UNSPACED}]]",
        letters=rf"[[\p{{L}}\p{{N}}_{_EXTEND}]--[{_UNSPACED}]]+",
        other=rf"\p{{RI}}{{2}} [{_EXTEND}]* | (?!\s) \X",  # \X looks back to the first of a row of flags
    ),
    regex.V1 | regex.VERBOSE,
)

_PLAIN_TOKEN = re.compile(_pattern(letter=r"[^\W\d_²³¹¼½¾]", letters=r"\w+", other=r"\S"), re.VERBOSE)
"""The same tokens at a third of the time, for text in which no character joins another."""

_NOT_PLAIN = re.compile(r"[^\x00-\x1b\x20-\u02ff\u2010-\u2027\u202f-\u205e\u20a0-\u20bf]")
_EAST_ASIAN = "\u3000-\u3029\u3030-\u3098\u309b-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff60"
_NOT_EAST_ASIAN = re.compile(_NOT_PLAIN.pattern.replace("]", f"{_EAST_ASIAN}]"))
_WORDS_THERE = "".join(
    f"{run[0]}-{run[-1]}"
    for run in regex.findall(f"[{_UNSPACED}]+", "".join(map(chr, range(0x3000, 0xA000))), regex.V1)
)
_EAST_ASIAN_TOKEN = re.compile(
    _pattern(letter=rf"[^\W\d_²³¹¼½¾{_WORDS_THERE}]", letters=rf"[^\W{_WORDS_THERE}]+", other=r"\S"), re.VERBOSE
)
"""The same for Chinese and Japanese."""

_LEADING_SPACE = regex.compile(r"^\s+", regex.V1)
_WORD = regex.compile(r"[\p{L}\p{N}]", regex.V1)

_TYPOGRAPHY = str.maketrans(
    "\u2018\u2019\u02bc\u201c\u201d\u201e\u00ab\u00bb\u2010\u2011\u2012\u2013\u2014\u2212",  # quotes, then dashes
    '\'\'\'"""""------',
)


def _split(text: str) -> list[str]:
    """The tokens of a text, each followed by the white space behind it."""
    return list(chain.from_iterable(_reader(text).findall(text)))


def _reader(text: str) -> re.Pattern[str] | regex.Pattern[str]:
    if not _NOT_PLAIN.search(text):
        return _PLAIN_TOKEN
    return _TOKEN if _NOT_EAST_ASIAN.search(text) else _EAST_ASIAN_TOKEN


class _Known(dict[str, Value]):
    """What was made of the chunks that were seen, where they are short."""

    def __init__(self, make: Callable[[str], Value]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, chunk: str) -> Value:
        value = self._make(chunk)
        if len(chunk) <= MAX_CHUNK_CHARS:
            if len(self) >= MAX_KNOWN_CHUNKS:
                self.clear()
            self[chunk] = value
        return value


def is_word(token: str) -> bool:
    """Whether a token counts as a word: it has a letter or a digit."""
    return token[0].isalnum() or (len(token) > 1 and _WORD.search(token) is not None)


def count_words(text: str) -> int:
    """How many words a text has; in scripts without spaces each character is one."""
    return sum(map(_COUNTS.__getitem__, text.split(" ")))


def fold(text: str) -> str:
    """Text without what does not count when paragraphs are compared: case, kind of quote or dash, normal form."""
    if text.isascii():
        return text.lower()
    return nfc(text.casefold().translate(_TYPOGRAPHY))


def fold_tokens(tokens: Iterable[str]) -> list[str]:
    """Tokens, each folded."""
    return list(map(_FOLDED_TOKEN.__getitem__, tokens))


def folded_tokens(text: str) -> list[str]:
    """The tokens of a text, folded."""
    return list(chain.from_iterable(map(_FOLDED.__getitem__, text.split(" "))))


_PIECES = _Known(lambda chunk: tuple(_split(chunk + " ")))
_FOLDED_TOKEN = _Known(fold)
_FOLDED = _Known(lambda chunk: tuple(map(fold, _split(chunk)[::2])))
_COUNTS = _Known(lambda chunk: sum(map(is_word, _split(chunk)[::2])))


@dataclass(frozen=True, slots=True)
class Words:
    """The tokens of a text from its character `first` to before `stop`.

    `bounds`: where token i starts (at 2 i) and ends (at 2 i + 1) in `text`; between two tokens there is white space or
    nothing.
    """

    text: str
    first: int
    stop: int
    tokens: list[str]
    bounds: list[int]

    @classmethod
    def of(cls, text: str, first: int = 0, stop: int | None = None) -> Words:
        """Read a text, or a part of it that starts behind a space or at its start, and ends likewise."""
        stop = len(text) if stop is None else stop
        part = text[first:stop]
        pieces = list(chain.from_iterable(map(_PIECES.__getitem__, part.split(" "))))
        bounds = list(accumulate(map(len, pieces), initial=first))
        if bounds[-1] == stop + 1:  # the last chunk has got a space, too; otherwise there is more than single spaces
            bounds[-1] = stop
            return cls(text, first, stop, pieces[::2], bounds)
        pieces = _split(part)
        lead = len(part) - len(_LEADING_SPACE.sub("", part, 1))
        return cls(text, first, stop, pieces[::2], list(accumulate(map(len, pieces), initial=first + lead)))

    def __len__(self) -> int:
        return len(self.tokens)

    def start(self, index: int) -> int:
        """Where a token starts; for the one behind the last, the end of what was read."""
        return self.bounds[2 * index] if index < len(self.tokens) else self.stop

    def end(self, index: int) -> int:
        """Where a token ends; for the one before the first, the start of what was read."""
        return self.bounds[2 * index + 1] if index >= 0 else self.first

    def slice(self, start: int, stop: int) -> str:
        """The text from the start of one token to the end of the last before `stop`."""
        return self.text[self.start(start) : self.end(stop - 1)] if start < stop else ""

    def width(self, start: int, stop: int) -> int:
        """The length of that slice."""
        return self.end(stop - 1) - self.start(start) if start < stop else 0
