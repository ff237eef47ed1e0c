"""Who says it: "officials said", "according to the ministry"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rapidfuzz.distance import OSA

from agents.diff.labels.passages import Passage
from agents.diff.labels.sides import Side
from agents.diff.labels.wording import LITTLE, PRONOUNS, THAT, TITLES, Wording
from agents.diff.signs import CLAUSE_ENDS, CLOSERS, SENTENCE_ENDS

REACH = 10
"""How many tokens in front of its verb a source is looked for, or behind its preposition."""

REACH_BEHIND = 4
"""The same behind its verb."""

MAX_COMPARED = 50
"""With how many others in the same passage a source is compared."""

MIN_LENGTH, MAX_FAULTS = 5, 2
"""A name that is spelled otherwise is the same one: letters that it has at least, and how many may differ."""

_NOBODY = LITTLE | TITLES | PRONOUNS
_STOPS = frozenset("—–“„«([") | SENTENCE_ENDS | CLAUSE_ENDS | CLOSERS


@dataclass(frozen=True, slots=True)
class Source:
    """Tokens from start to before stop that tell who says something; the words that name them."""

    start: int
    stop: int
    words: frozenset[str]


def changed_sources(passage: Passage, wording: Wording) -> list[tuple[str, str]]:
    """The sources that changed, came or went, as they stood and as they stand; empty for none."""
    edits = passage.of_kind("words")
    before = _touched(passage, passage.old, [edit.old for edit in edits], wording)
    after = _touched(passage, passage.new, [edit.new for edit in edits], wording)
    gone = []
    for source in before:
        if same := next((other for other in after[:MAX_COMPARED] if _is_same(source, other)), None):
            after.remove(same)
        else:
            gone.append(source)
    old = [passage.old.between(source.start, source.stop) for source in gone]
    new = [passage.new.between(source.start, source.stop) for source in after]
    return list(zip_longest(old, new, fillvalue=""))


def _touched(passage: Passage, side: Side, places: Sequence[tuple[int, int]], wording: Wording) -> list[Source]:
    """The sources, in sentences that stand in both versions, that any of some tokens, which are in order, belong to."""
    found: list[Source] = []
    done = 0
    if not places:
        return found
    kept = passage.old_kept if side is passage.old else passage.new_kept
    for start, stop in places:
        first, last = max(done, start - REACH), min(len(side.tokens), stop + REACH)
        found += [
            one
            for one in sources(side, first, last, wording)
            if not kept.all(one.start, one.stop) and passage.is_in_kept_sentence(side, one.start, one.stop)
        ]
        done = max(done, last)
    return found


def _is_same(one: Source, other: Source) -> bool:
    """Whether two sources share a word, or the spelling of one; a pronoun may stand for anyone."""
    if not one.words or not other.words:
        return True
    signs = {word for word in one.words if len(word) == 1}, {word for word in other.words if len(word) == 1}
    if any(signs):  # of a script without spaces
        return 2 * len(signs[0] & signs[1]) > min(map(len, signs))
    return any(
        a == b or (min(len(a), len(b)) >= MIN_LENGTH and OSA.distance(a, b, score_cutoff=MAX_FAULTS) <= MAX_FAULTS)
        for a in one.words
        for b in other.words
    )


def sources(side: Side, first: int, last: int, wording: Wording) -> list[Source]:
    """The sources whose verb or preposition stands from one token to before another, from left to right."""
    tokens = side.folded
    found = []
    for start, stop, kind in wording.sources.find(tokens, first, last):
        begin, end = _begin(tokens, start), _end(tokens, stop)
        if kind == "according":
            found.append(Source(start, end, _named(tokens, stop, end)))
        elif named := _named(tokens, begin, start):
            found.append(Source(begin, stop, named))
        elif kind == "said" and (named := _named(tokens, stop, min(end, stop + REACH_BEHIND))):
            found.append(Source(start, min(end, stop + REACH_BEHIND), named))
    return found


def _begin(tokens: Sequence[str], stop: int) -> int:
    start = stop
    while start and stop - start < REACH and tokens[start - 1] not in _STOPS:
        start -= 1
    return start


def _end(tokens: Sequence[str], start: int) -> int:
    stop = start
    while stop < len(tokens) and stop - start < REACH and tokens[stop] not in _STOPS and tokens[stop] not in THAT:
        stop += 1
    return stop


def _named(tokens: Sequence[str], start: int, stop: int) -> frozenset[str]:
    return frozenset(token for token in tokens[start:stop] if token[0].isalpha()) - _NOBODY
