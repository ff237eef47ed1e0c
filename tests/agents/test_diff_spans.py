"""Spans rebuild both texts and mark what a person would mark."""

from __future__ import annotations

from itertools import pairwise

import pytest
import regex
from diff_texts import any_paragraph
from hypothesis import given
from hypothesis import strategies as st

from agents.diff import spans as module
from agents.diff.common import common
from agents.diff.spans import word_spans
from schemas.change import Spans

similar = st.lists(st.sampled_from(["a", "b", "c", "and", ".", "\n"]), max_size=14).map(" ".join)
text = st.one_of(any_paragraph, similar)


def marks(old: str, new: str) -> str:
    """The spans from one text to the other with [-deleted-] and {+inserted+} words."""
    signs = {"=": "{}", "-": "[-{}-]", "+": "{{+{}+}}"}
    return "".join(signs[op].format(part) for op, part in word_spans(old, new, common))


def side(spans: Spans, without: str) -> str:
    """One side of the spans."""
    return "".join(part for op, part in spans if op != without)


@given(text, text)
def test_spans_rebuild_both_texts(old: str, new: str) -> None:
    """Kept and deleted make the old text, kept and inserted the new one, whatever is in them."""
    spans = word_spans(old, new, common)
    assert side(spans, "+") == old
    assert side(spans, "-") == new


@given(text, text)
def test_spans_are_minimal_pieces(old: str, new: str) -> None:
    """No span is empty, no two neighbours do the same, and a deletion stands before its replacement."""
    spans = word_spans(old, new, common)
    assert all(part for _, part in spans)
    assert all(
        (one, other) in {("=", "-"), ("=", "+"), ("-", "+"), ("-", "="), ("+", "=")}
        for (one, _), (other, _) in pairwise(spans)
    )


@given(similar, similar)
def test_swapping_the_texts_swaps_the_marks(old: str, new: str) -> None:
    """What is deleted one way is inserted the other way."""
    there, back = word_spans(old, new, common), word_spans(new, old, common)
    for op, opposite in (("=", "="), ("-", "+"), ("+", "-")):
        assert [part for kind, part in there if kind == op] == [part for kind, part in back if kind == opposite]


@given(text)
def test_a_text_equals_itself(same: str) -> None:
    """The same text has one kept span, the empty one none."""
    assert word_spans(same, same, common) == ((("=", same),) if same else ())


@given(st.lists(st.sampled_from(["👩‍👩‍👧", "🇩🇪", "e\u0301", "กำ", "क्षि", "日", " ", "a", "."]), max_size=8), st.data())
def test_marks_never_cut_a_grapheme_cluster(parts: list[str], data: st.DataObject) -> None:
    """Every border of a mark is one between what a reader takes for characters."""
    old, new = "".join(parts), "".join(data.draw(st.permutations(parts)))
    for whole, without in ((old, "+"), (new, "-")):
        borders = {match.start() for match in regex.finditer(r"\X", whole)} | {len(whole)}
        position = 0
        for op, part in word_spans(old, new, common):
            if op != without:
                position += len(part)
                assert position in borders


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("It was 1,200 men.", "It was 1,300 men.", "It was [-1,200-]{+1,300+} men."),
        ("He is not guilty.", "He is guilty.", "He is [-not -]guilty."),
        ("a b, c", "a, c", "a[- b-], c"),
        ("Said Ms. Duarte.", "Said Ms. Novak.", "Said Ms. [-Duarte-]{+Novak+}."),
        ("A said so. B did.", "A said so. He left. B did.", "A said so. {+He left. +}B did."),
        ("B did.", "He left. B did.", "{+He left. +}B did."),
        ("He said yes.", "He said yes. She said no.", "He said yes.{+ She said no.+}"),
        (
            "The vote was close. The mayor left.",
            "The vote was close. The mayor spoke. The mayor left.",
            "The vote was close. {+The mayor spoke. +}The mayor left.",
        ),
        ("He said yes. He said no.", "He said no.", "[-He said yes. -]He said no."),
        ("the red, the blue and", "the red, the green, the blue and", "the red, {+the green, +}the blue and"),
        ("a, b and d", "a, b, c and d", "a, b{+, c+} and d"),
        ("The U.S. won", "The US won", "The [-U.S.-]{+US+} won"),
        ("sales rose", "In the city sales of all shops rose", "{+In the city +}sales {+of all shops +}rose"),
        ("said", "He said quietly", "{+He +}said{+ quietly+}"),
        ("日本語のテスト。", "日本語の試験。", "日本語の[-テスト-]{+試験+}。"),
        ("One. Two.", "One.\nTwo.", "One.[- -]{+\n+}Two."),
        ("a\u00a0b", "a b", "a[-\u00a0-]{+ +}b"),
        ("cafe\u0301 x", "café x", "[-cafe\u0301-]{+café+} x"),
        (
            "Talks of the old council in Lisk failed.",
            "Meetings of the new assembly at Varn worked.",
            "[-Talks of the old council in Lisk failed-]{+Meetings of the new assembly at Varn worked+}.",
        ),
        (
            "Early talks between the city, the yard and the bank ended badly.",
            "Later meetings between the city, the yard and the bank began well.",
            "[-Early talks-]{+Later meetings+} between the city, the yard and the bank [-ended badly-]{+began well+}.",
        ),
    ],
)
def test_marks_read_as_a_person_would_set_them(old: str, new: str, expected: str) -> None:
    """Whole words and sentences are marked, chance words between rewritten ones are swallowed, phrases are kept."""
    assert marks(old, new) == expected


def test_a_huge_text_is_replaced_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit on characters nothing is compared."""
    monkeypatch.setattr(module, "MAX_COMPARED_CHARS", 10)
    assert marks("one two", "one three") == "[-one two-]{+one three+}"
