"""What was edited, read as tokens: each passage that stands on both sides, and its edits."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, groupby
from typing import Final, Literal

from agents.diff.labels.numerals import Number, touched
from agents.diff.labels.sides import Side
from agents.diff.labels.spelling import is_content, is_punctuation, is_typo
from agents.diff.labels.wording import Wording
from agents.diff.tokens import Words, fold
from schemas.change import Diff, Spans

Kind = Literal["punctuation", "typo", "format", "words", "rewritten", "sentences"]
"""Marks and spaces; spelling; how numbers are written; words; so many on both sides that none stands for another;
whole sentences."""

ALTERING: Final[tuple[Kind, ...]] = ("words", "rewritten", "sentences")

MIN_KEPT_WORDS = 3
"""How many words of a sentence are kept at least if it stands in both versions."""

MAX_WORDS = 12
"""How many tokens the shorter side of an edit has at most whose words stand in the place of others."""


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
        """Whether more was done than mending its spelling, adding sentences or ordering what is no name or number."""
        edits = self.of_kind(*ALTERING)
        if all(edit.kind == "sentences" and edit.old_start == edit.old_stop for edit in edits):
            return False
        gone = [token for edit in edits for token in self.old.tokens[slice(*edit.old)] if is_content(token)]
        come = [token for edit in edits for token in self.new.tokens[slice(*edit.new)] if is_content(token)]
        if not (gone or come) or sorted(map(_meant, gone)) != sorted(map(_meant, come)):
            return True
        return any(
            [token for token in gone if is_kind(token)] != [token for token in come if is_kind(token)]
            for is_kind in (_is_number, _is_capital)
        )


def text_of(spans: Spans, op: Literal["-", "+"]) -> str:
    """The old (`-`) or the new text of spans."""
    return "".join([text for kind, text in spans if kind in ("=", op)])


def passages(diff: Diff, wording: Wording, lead: int | None, datelines: tuple[str, str]) -> Iterator[Passage]:
    """What stands on both sides and was edited; of the row `lead`, what is behind its old and its new dateline."""
    places: list[tuple[Literal["title", "standfirst", "row"], int | None, Spans]] = [
        ("title", None, diff.title),
        ("standfirst", None, diff.standfirst),
        *(("row", number, row.spans) for number, row in enumerate(diff.rows) if row.kind != "equal"),
    ]
    for name, number, spans in places:
        old, new = Side(text_of(spans, "-")), Side(text_of(spans, "+"))
        if old.text == new.text or not old.text or not new.text:
            continue
        first = tuple(len(Side(line).tokens) if number is not None and number == lead else 0 for line in datelines)
        if edits := tuple(_edits(spans, old, new, (first[0], first[1]), wording)):
            yield Passage(name, number, old, new, edits)


def _edits(spans: Spans, old: Side, new: Side, first: tuple[int, int], wording: Wording) -> Iterator[Edit]:
    """The edits, or the parts of them, from the `first` tokens of either side on."""
    old_at = new_at = 0
    for is_kept, group in groupby(spans, key=lambda span: span[0] == "="):
        texts = list(group)
        gone = sum(len(text) for op, text in texts if op != "+")
        come = sum(len(text) for op, text in texts if op != "-")
        is_joint = all(text.isspace() for _, text in texts) and any("\n" in text for _, text in texts)
        if not is_kept and not is_joint:  # where paragraphs were split or merged
            old_range = _token_range(old.words, old_at, old_at + gone)
            new_range = _token_range(new.words, new_at, new_at + come)
            is_behind = old_range[0] >= first[0] and new_range[0] >= first[1]
            old_range = max(old_range[0], first[0]), max(old_range[1], first[0])
            new_range = max(new_range[0], first[1]), max(new_range[1], first[1])
            if is_behind or old_range[0] < old_range[1] or new_range[0] < new_range[1]:
                yield Edit(*old_range, *new_range, _kind(old, old_range, new, new_range, wording))
        old_at += gone
        new_at += come


def _token_range(words: Words, start: int, stop: int) -> tuple[int, int]:
    """The tokens that overlap some characters; where none does, the place where one would stand."""
    # Starts and ends of tokens alternate in the bounds: an odd number of them lies before what is inside a token.
    first = min(bisect_right(words.bounds, start) // 2, len(words))
    return first, min(max(first, (bisect_left(words.bounds, stop) + 1) // 2), len(words))


def _kind(old: Side, old_range: tuple[int, int], new: Side, new_range: tuple[int, int], wording: Wording) -> Kind:
    before, after = old.tokens[slice(*old_range)], new.tokens[slice(*new_range)]
    if is_punctuation(before, after) and _minuses(old, old_range) == _minuses(new, new_range):
        return "punctuation"
    around = new if before else old
    start, stop = new_range if before else old_range
    previous = around.tokens[start - 1] if start else ""
    following = around.tokens[stop] if stop < len(around.tokens) else ""
    if is_typo(before, after, previous, following, wording):
        return "typo"
    if all(map(old.is_border, old_range)) and all(map(new.is_border, new_range)):
        return "sentences"
    if min(len(before), len(after)) > MAX_WORDS:
        return "rewritten"
    return "format" if _are_same_numbers(old, old_range, new, new_range, wording) else "words"


def _minuses(side: Side, place: tuple[int, int]) -> int:
    return sum(map(side.is_minus, range(*place)))


def _are_same_numbers(
    old: Side, old_range: tuple[int, int], new: Side, new_range: tuple[int, int], wording: Wording
) -> bool:
    """Whether all that was edited is how numbers are written."""
    before = touched(old, old_range, wording)
    after = touched(new, new_range, wording) if before else []
    return (
        len(before) == len(after) > 0
        and all(one.readings and one.says_same(other) for one, other in zip(before, after, strict=True))
        and _outside(old, old_range, before) == _outside(new, new_range, after)
    )


def _outside(side: Side, place: tuple[int, int], found: list[Number]) -> tuple[int, int, list[str]]:
    """How many tokens of numbers lie before and behind some tokens, and those of these that are in no number."""
    start, stop = place
    inside = {index for number in found for index in range(number.start, number.stop)}
    between = [side.folded[index] for index in range(start, stop) if index not in inside]
    return max(0, start - found[0].start), max(0, found[-1].stop - stop), between


def _meant(token: str) -> str:
    """A token without its case, which an acronym needs: US, us."""
    return token if len(token) > 1 and token.isupper() else fold(token)


def _is_number(token: str) -> bool:
    return token[0].isdigit()


def _is_capital(token: str) -> bool:
    return token[0].isupper()
