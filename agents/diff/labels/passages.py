"""What was edited, read as tokens: each passage that stands on both sides, and its edits."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, groupby
from typing import Final, Literal

from agents.diff.labels.spelling import is_punctuation, is_typo
from agents.diff.signs import CLOSERS, SENTENCE_ENDS
from agents.diff.tokens import Words, fold
from schemas.change import Diff, Spans

Kind = Literal["punctuation", "typo", "words", "rewritten", "sentences"]
"""Marks and spaces; spelling; words; so many on both sides that none stands for another; whole sentences."""

ALTERING: Final[tuple[Kind, ...]] = ("words", "rewritten", "sentences")

MAX_CLOSERS = 4
"""How many closing marks behind a full stop are passed over."""

MAX_SENTENCE = 60
"""How many tokens to either side the borders of a sentence are looked for."""

MIN_KEPT_WORDS = 3
"""How many words of a sentence are kept at least if it stands in both versions."""

MAX_WORDS = 12
"""How many tokens the shorter side of an edit has at most whose words stand in the place of others."""


@dataclass(frozen=True)
class Side:
    """The old or the new text of a passage."""

    text: str

    @cached_property
    def words(self) -> Words:
        """Its tokens."""
        return Words.of(self.text)

    @property
    def tokens(self) -> list[str]:
        """Its tokens as they stand."""
        return self.words.tokens

    @cached_property
    def folded(self) -> list[str]:
        """Its tokens without case and typography."""
        return [fold(token) for token in self.tokens]

    def is_border(self, place: int) -> bool:
        """Whether a sentence starts or ends in front of a token."""
        tokens = self.tokens
        if place in (0, len(tokens)):
            return True
        if "\n" in self.text[self.words.end(place - 1) : self.words.start(place)]:
            return True
        last = place - 1
        while last and last > place - MAX_CLOSERS and tokens[last] in CLOSERS:
            last -= 1
        return tokens[last] in SENTENCE_ENDS and not tokens[place][0].islower()

    def sentence(self, start: int, stop: int) -> tuple[int, int]:
        """The tokens of the sentence, or of as much of it as is near, that some tokens stand in."""
        first, last = start, stop
        while first > max(0, start - MAX_SENTENCE) and not self.is_border(first):
            first -= 1
        while last < min(len(self.tokens), stop + MAX_SENTENCE) and not self.is_border(last):
            last += 1
        return first, last

    def between(self, start: int, stop: int) -> str:
        """The text from one token to the end of the last one before another."""
        return self.words.slice(start, stop)


@dataclass(frozen=True, slots=True)
class Edit:
    """Tokens of the old side, from start to before stop, and those of the new side that stand in their place."""

    old_start: int
    old_stop: int
    new_start: int
    new_stop: int
    kind: Kind

    @property
    def old(self) -> tuple[int, int]:
        """The old tokens."""
        return self.old_start, self.old_stop

    @property
    def new(self) -> tuple[int, int]:
        """The new tokens."""
        return self.new_start, self.new_stop


class Kept:
    """How many tokens and words of one side were kept, counted once for all stretches."""

    def __init__(self, tokens: list[str], edited: list[tuple[int, int]]) -> None:
        kept = [True] * len(tokens)
        for start, stop in edited:
            kept[start:stop] = [False] * (stop - start)
        self._tokens = list(accumulate(kept, initial=0))
        words = (is_kept and token[0].isalnum() for token, is_kept in zip(tokens, kept, strict=True))
        self._words = list(accumulate(words, initial=0))

    def words(self, start: int, stop: int) -> int:
        """How many words from one token to before another were kept."""
        return self._words[stop] - self._words[start]

    def all(self, start: int, stop: int) -> bool:
        """Whether all tokens from one to before another were kept."""
        return self._tokens[stop] - self._tokens[start] == stop - start


@dataclass(frozen=True)
class Passage:
    """A title, a standfirst or a row that stands on both sides. `row`: its number, None for the other two."""

    name: Literal["title", "standfirst", "row"]
    row: int | None
    old: Side
    new: Side
    edits: tuple[Edit, ...]

    @property
    def rows(self) -> tuple[int, ...]:
        """The row as a label holds it."""
        return () if self.row is None else (self.row,)

    def of_kind(self, *kinds: Kind) -> list[Edit]:
        """The edits of some kinds."""
        return [edit for edit in self.edits if edit.kind in kinds]

    @cached_property
    def old_kept(self) -> Kept:
        """What was kept of the old side, spelling and punctuation aside."""
        return Kept(self.old.tokens, [edit.old for edit in self.of_kind(*ALTERING)])

    @cached_property
    def new_kept(self) -> Kept:
        """What was kept on the new side."""
        return Kept(self.new.tokens, [edit.new for edit in self.of_kind(*ALTERING)])

    def is_in_kept_sentence(self, side: Side, start: int, stop: int) -> bool:
        """Whether the sentence that some tokens of a side stand in is there in both versions."""
        kept = self.old_kept if side is self.old else self.new_kept
        return kept.words(*side.sentence(start, stop)) >= MIN_KEPT_WORDS

    @cached_property
    def is_altered(self) -> bool:
        """Whether more was done to what stood there than mending its spelling, adding sentences or ordering them."""
        edits = self.of_kind(*ALTERING)
        if all(edit.kind == "sentences" and edit.old_start == edit.old_stop for edit in edits):
            return False
        gone = sorted([token for edit in edits for token in self.old.folded[slice(*edit.old)] if token[0].isalnum()])
        come = sorted([token for edit in edits for token in self.new.folded[slice(*edit.new)] if token[0].isalnum()])
        return gone != come

    def behind(self, old: int, new: int) -> Passage:
        """The passage with only those edits, or parts of them, that lie behind so many tokens of either side."""
        edits = []
        for edit in self.edits:
            old_range = max(edit.old_start, old), max(edit.old_stop, old)
            new_range = max(edit.new_start, new), max(edit.new_stop, new)
            is_left = old_range[0] < old_range[1] or new_range[0] < new_range[1]
            if is_left or (edit.old_start >= old and edit.new_start >= new):
                edits.append(Edit(*old_range, *new_range, _kind(self.old, old_range, self.new, new_range)))
        return replace(self, edits=tuple(edits))


def text_of(spans: Spans, op: Literal["-", "+"]) -> str:
    """The old (`-`) or the new text of spans."""
    return "".join([text for kind, text in spans if kind in ("=", op)])


def passages(diff: Diff) -> Iterator[Passage]:
    """What stands on both sides and is not the same."""
    if passage := _passage("title", None, diff.title):
        yield passage
    if passage := _passage("standfirst", None, diff.standfirst):
        yield passage
    for number, row in enumerate(diff.rows):
        if row.kind != "equal" and row.old and row.new and (passage := _passage("row", number, row.spans)):
            yield passage


def _passage(name: Literal["title", "standfirst", "row"], row: int | None, spans: Spans) -> Passage | None:
    old, new = Side(text_of(spans, "-")), Side(text_of(spans, "+"))
    if old.text == new.text or not old.text or not new.text:
        return None
    edits = tuple(_edits(spans, old, new))
    return Passage(name, row, old, new, edits)


def _edits(spans: Spans, old: Side, new: Side) -> Iterator[Edit]:
    old_at = new_at = 0
    for is_kept, group in groupby(spans, key=lambda span: span[0] == "="):
        texts = list(group)
        gone = sum(len(text) for op, text in texts if op != "+")
        come = sum(len(text) for op, text in texts if op != "-")
        is_joint = all(text.isspace() for _, text in texts) and any("\n" in text for _, text in texts)
        if not is_kept and not is_joint:  # where paragraphs were split or merged
            yield _edit(old, (old_at, old_at + gone), new, (new_at, new_at + come))
        old_at += gone
        new_at += come


def _edit(old: Side, old_chars: tuple[int, int], new: Side, new_chars: tuple[int, int]) -> Edit:
    old_start, old_stop = _token_range(old.words, *old_chars)
    new_start, new_stop = _token_range(new.words, *new_chars)
    return Edit(old_start, old_stop, new_start, new_stop, _kind(old, (old_start, old_stop), new, (new_start, new_stop)))


def _token_range(words: Words, start: int, stop: int) -> tuple[int, int]:
    """The tokens that overlap some characters; where none does, the place where one would stand."""
    # Starts and ends of tokens alternate in the bounds: an odd number of them lies before what is inside a token.
    first = min(bisect_right(words.bounds, start) // 2, len(words))
    return first, min(max(first, (bisect_left(words.bounds, stop) + 1) // 2), len(words))


def _kind(old: Side, old_range: tuple[int, int], new: Side, new_range: tuple[int, int]) -> Kind:
    before, after = old.tokens[slice(*old_range)], new.tokens[slice(*new_range)]
    if is_punctuation(before, after):
        return "punctuation"
    around = new if before else old
    start, stop = new_range if before else old_range
    previous = around.tokens[start - 1] if start else ""
    following = around.tokens[stop] if stop < len(around.tokens) else ""
    if is_typo(before, after, previous, following):
        return "typo"
    if all(map(old.is_border, old_range)) and all(map(new.is_border, new_range)):
        return "sentences"
    return "words" if min(len(before), len(after)) <= MAX_WORDS else "rewritten"
