"""Words inside quotation marks."""

from __future__ import annotations

from agents.diff.labels.passages import Edit, Passage, Side

_CLOSERS = {
    "“": "”“", "”": "”", "„": "“”", "«": "»", "»": "«", "‹": "›", "›": "‹", "「": "」", "『": "』", '"': '"', "‘": "’",
    "'": "'", "‚": "‘’", "＂": "＂",
}  # fmt: skip
_SINGLE = frozenset("'‘‚")
"""Quotation marks that are apostrophes elsewhere."""


def changed_quotations(passage: Passage) -> list[tuple[str, str]]:
    """The words that were changed inside quotations which stand on both sides, as they stood and as they stand."""
    edits = passage.of_kind("words", "sentences")
    if not edits:
        return []
    before, after = quotations(passage.old), quotations(passage.new)
    if not before or not after:
        return []
    kept = _kept(passage)
    return [
        (passage.old.between(*edit.old), passage.new.between(*edit.new))
        for edit in edits
        for old in before
        if _inside(edit.old, old)
        for new in after
        if _inside(edit.new, new)
        and any(old[0] <= i < old[1] and new[0] <= j < new[1] for i, j in kept)
        and _has_word(passage, edit)
    ]


def _has_word(passage: Passage, edit: Edit) -> bool:
    return any(token[0].isalnum() for side, place in ((passage.old, edit.old), (passage.new, edit.new))
               for token in side.tokens[slice(*place)])


def _inside(place: tuple[int, int], quotation: tuple[int, int]) -> bool:
    return quotation[0] <= place[0] and place[1] <= quotation[1]


def _kept(passage: Passage) -> list[tuple[int, int]]:
    """The places of kept words on both sides."""
    kept: list[tuple[int, int]] = []
    old = new = 0
    ends = (len(passage.old.tokens), len(passage.new.tokens))
    for edit in (*passage.edits, Edit(ends[0], ends[0], ends[1], ends[1], "words")):
        kept += [
            (i, j)
            for i, j in zip(range(old, edit.old_start), range(new, edit.new_start), strict=False)
            if passage.old.tokens[i][0].isalnum()
        ]
        old, new = edit.old_stop, edit.new_stop
    return kept


def quotations(side: Side) -> list[tuple[int, int]]:
    """The tokens between quotation marks: first, and the one behind the last. One that does not end goes to the end."""
    found: list[tuple[int, int]] = []
    start, closers = -1, ""
    for place, token in enumerate(side.tokens):
        if start < 0:
            if token in _CLOSERS and _opens(side, place, token):
                start, closers = place + 1, _CLOSERS[token]
        elif token in closers and _closes(side, place, token):
            found.append((start, place))
            start = -1
    if start >= 0 and not _SINGLE.issuperset(side.tokens[start - 1]):
        found.append((start, len(side.tokens)))
    return found


def _opens(side: Side, place: int, token: str) -> bool:
    words = side.words
    if token in "«„「『":
        return True
    space_before = words.start(place) == 0 or words.end(place - 1) < words.start(place) or side.tokens[place - 1] in "(—–-["
    space_behind = words.end(place) < words.start(place + 1) or place + 1 == len(words)
    return space_before and not space_behind


def _closes(side: Side, place: int, token: str) -> bool:
    words = side.words
    if token not in "'’":
        return True
    is_apart = words.end(place) < words.start(place + 1) or place + 1 == len(words) or not side.tokens[place + 1][0].isalnum()
    return words.end(place - 1) == words.start(place) and is_apart
