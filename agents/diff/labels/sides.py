"""One side of a passage, read as tokens and sentences."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from agents.diff.signs import SENTENCE_ENDS, sign_before
from agents.diff.tokens import Words, fold_tokens

MAX_SENTENCE = 60
"""How many tokens to either side the borders of a sentence are looked for."""


@dataclass(frozen=True)
class Side:
    """The old or the new text of a passage."""

    text: str

    @cached_property
    def words(self) -> Words:
        """Its tokens, and where they stand."""
        return Words.of(self.text)

    @property
    def tokens(self) -> list[str]:
        """Its tokens as they stand."""
        return self.words.tokens

    @cached_property
    def folded(self) -> list[str]:
        """Its tokens without case and typography."""
        return fold_tokens(self.tokens)

    def is_border(self, place: int) -> bool:
        """Whether a sentence starts or ends in front of a token."""
        tokens = self.tokens
        if place in (0, len(tokens)) or self.starts_line(place):
            return True
        return sign_before(tokens, place) in SENTENCE_ENDS and not tokens[place][0].islower()

    def starts_line(self, place: int) -> bool:
        """Whether a paragraph starts with a token."""
        return place == 0 or "\n" in self.text[self.words.end(place - 1) : self.words.start(place)]

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

    def is_joined(self, place: int) -> bool:
        """Whether a token stands right behind the one before it."""
        return place > 0 and self.words.end(place - 1) == self.words.start(place)

    def is_minus(self, place: int) -> bool:
        """Whether a token is the sign of a negative number."""
        tokens = self.tokens
        return (
            self.folded[place] == "-"
            and tokens[place] != "—"
            and place + 1 < len(tokens)
            and tokens[place + 1][0].isdigit()
            and self.is_joined(place + 1)
            and not self.is_joined(place)
        )
