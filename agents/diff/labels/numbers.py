"""Numbers that have another value now."""

from __future__ import annotations

from agents.diff.labels.numerals import touched
from agents.diff.labels.passages import Passage
from agents.diff.labels.wording import Wording


def changed_numbers(passage: Passage, wording: Wording) -> list[tuple[str, str]]:
    """The numbers that have another value, bound or unit now, as they stood and as they stand."""
    pairs = []
    for edit in passage.of_kind("words"):
        old = touched(passage.old, edit.old, wording)
        new = touched(passage.new, edit.new, wording) if old else []
        for number in list(old):
            if same := next((other for other in new if number.says_same(other)), None):
                old.remove(number)
                new.remove(same)
        pairs += [
            (passage.old.between(one.start, one.stop), passage.new.between(other.start, other.stop))
            for one, other in zip(old, new, strict=False)
            if one.readings or other.readings
        ]
    return pairs
