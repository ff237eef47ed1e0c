"""Text as it is shown and as it is compared."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.detect.folding import clean, fold, text_hash

ODD = st.text(
    st.sampled_from(
        "ae\u0301\u0308\u0338 \n\t\u00a0\u200b\u200d\u00ad\ufeff\u2019\u2018\u201c'\"`\u2014-\u2026.\u1fef\x00\x1c\x85"
    )
)
TEXTS = st.text() | ODD


@given(TEXTS)
def test_folding_again_changes_nothing(text: str) -> None:
    """What is folded stays as it is, and has no whitespace but single spaces."""
    folded = fold(text)
    assert fold(folded) == folded
    assert folded.split(" ") == folded.split() or folded == ""


@given(TEXTS)
def test_cleaning_again_changes_nothing(text: str) -> None:
    """What is shown is in NFC, in one line, and stays as it is."""
    shown = clean(text)
    assert clean(shown) == shown
    assert unicodedata.is_normalized("NFC", shown)
    assert "\n" not in shown


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("don't", "don\u2019t"),
        ('"Yes," he said', "\u201cYes,\u201d he said"),
        ("2010-2015", "2010\u20132015"),
        ("well -- no", "well \u2014\u2014 no"),
        ("wait...", "wait\u2026"),
        ("10 km", "10\u00a0km"),
        ("a\n  b\t", "a b"),
        ("news\u00adpaper\u200b", "newspaper"),
        ("caf\u00e9", "cafe\u0301"),
        ("cafe\u200d\u0301", "caf\u00e9"),
    ],
)
def test_typography_and_whitespace_are_one(one: str, other: str) -> None:
    """Variants that editors and templates exchange are the same text."""
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("12", "13"), ("Us", "US"), ("Yes.", "Yes!"), ("a, b", "a b"), ("may be", "maybe"), ("a", "ä")]
)
def test_what_is_written_counts(one: str, other: str) -> None:
    """Digits, letters, case, punctuation and the gaps between words make another text."""
    assert fold(one) != fold(other)


def test_what_is_no_text_is_not_shown() -> None:
    """Controls, lone surrogates and unseen characters go, joiners that letters and emoji need stay."""
    assert clean("a\x00b\x1bc\x85d\ud800e\ufffe\u00adf") == "abc def"
    assert (
        clean("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645") == "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    )


def test_the_hash_is_known() -> None:
    """The hash of a text is for life: rows and events have it."""
    assert text_hash("Storm", "Ada Quill", None, ["One.", "Two."]) == "e64741bd9a10566a78d71344a4ebfa24"


@given(st.lists(TEXTS, max_size=4), st.lists(TEXTS, max_size=4))
def test_texts_differ_as_their_hashes_do(one: list[str], other: list[str]) -> None:
    """Two articles have one hash if, and only if, they have the same folded paragraphs."""
    same = [fold(text) for text in one] == [fold(text) for text in other]
    assert (text_hash("", None, None, one) == text_hash("", None, None, other)) == same


def test_the_place_of_a_text_counts() -> None:
    """The same words as title, byline, standfirst or paragraph, or parted otherwise, are other articles."""
    hashes = [
        text_hash("a", None, None, []),
        text_hash("", "a", None, []),
        text_hash("", None, "a", []),
        text_hash("", None, None, ["a"]),
        text_hash("", None, None, ["a", ""]),
        text_hash("a b", None, None, []),
        text_hash("a", "b", None, []),
        text_hash("", None, None, ["a", "b"]),
        text_hash("", None, None, ["a b"]),
    ]
    assert len(set(hashes)) == len(hashes)
