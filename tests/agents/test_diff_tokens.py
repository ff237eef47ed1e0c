"""Tokens are what a reader takes for a word, a number or a sign, and no character is lost between them."""

# ruff: noqa: RUF001 - typography is what is tested
from __future__ import annotations

import pytest
import regex
from diff_texts import any_paragraph
from hypothesis import given
from hypothesis import strategies as st

from agents.diff import tokens
from agents.diff.tokens import Words, count_words, fold, folded_tokens, is_word


def split(text: str) -> list[str]:
    """The tokens of a text."""
    return Words.of(text).tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It cost 1,200.50 crowns.", ["It", "cost", "1,200.50", "crowns", "."]),
        ("At 10:30, the 3rd of 24/7", ["At", "10:30", ",", "the", "3rd", "of", "24/7"]),
        ("$3.5 or 5%", ["$", "3.5", "or", "5", "%"]),
        ("The U.S. and p.m.", ["The", "U.S.", "and", "p.m."]),
        ("don’t, O'Brien’s well-known COVID-19", ["don’t", ",", "O'Brien’s", "well-known", "COVID-19"]),
        ("“Yes,” he said—twice.", ["“", "Yes", ",", "”", "he", "said", "—", "twice", "."]),
        ("日本語。กำลัง", ["日", "本", "語", "。", "กำ", "ลั", "ง"]),
        ("한국어 문장 क्षि हिन्दी", ["한국어", "문장", "क्षि", "हिन्दी"]),
        ("👩‍👩‍👧 🇩🇪🇫🇷 1️⃣ cafe\u0301", ["👩‍👩‍👧", "🇩🇪", "🇫🇷", "1️⃣", "cafe\u0301"]),
        ("עברית, العربية؟ ۱۲۳", ["עברית", ",", "العربية", "؟", "۱۲۳"]),
        ("1\u00a0200 m", ["1\u00a0200", "m"]),
    ],
)
def test_tokens_are_words_numbers_and_signs(text: str, expected: list[str]) -> None:
    """Numbers, contractions, compounds and grapheme clusters stay whole; unspaced scripts come apart."""
    assert split(text) == expected


@given(any_paragraph)
def test_nothing_is_lost_between_tokens(text: str) -> None:
    """Between tokens, and before and behind them, there is white space only."""
    words = Words.of(text)
    position = 0
    for index, token in enumerate(words.tokens):
        assert regex.fullmatch(r"\s*", text[position : words.start(index)])
        assert text[words.start(index) : words.end(index)] == token != ""
        position = words.end(index)
    assert regex.fullmatch(r"\s*", text[position:])


MIXED = st.text(
    st.sampled_from("ab1,.’'-–:/_²@\u00a0 éß日本ーのテ々〆〇、。「」１ａ\u0301\u3099\u200dก👩"), max_size=12
)


@given(st.one_of(MIXED, st.text(st.sampled_from("a1.日本ーのテ々〆〇、。「」１ａ：\u3099"), max_size=12)))
def test_the_fast_patterns_split_as_the_full_one(text: str) -> None:
    """Which of the patterns reads a text makes no difference."""
    assert tokens._reader(text).findall(text) == tokens._TOKEN.findall(text)


@given(any_paragraph, any_paragraph)
def test_words_are_counted_alike_in_one_text_or_two(one: str, other: str) -> None:
    """A text has as many words as its two halves, cut between tokens."""
    assert count_words(f"{one} . {other}") == count_words(one) + count_words(other)


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("— … !", 0), ("Two words.", 2), ("1,200 U.S. troops", 3), ("日本。", 2)]
)
def test_what_counts_as_a_word(text: str, count: int) -> None:
    """A word has a letter or a digit; punctuation is none, a character of an unspaced script is one."""
    assert count_words(text) == count


@pytest.mark.parametrize(
    ("one", "other"), [("Café", "cafe\u0301"), ("don’t", "Don't"), ("–", "-"), ("STRASSE", "straße")]
)
def test_fold_is_blind_to_typography(one: str, other: str) -> None:
    """Case, kind of quote or dash and Unicode's normal forms do not count when paragraphs are compared."""
    assert fold(one) == fold(other)


@given(any_paragraph)
def test_what_is_remembered_is_what_is_read(text: str) -> None:
    """A text has the same tokens, words and folded tokens whether its chunks are remembered or not."""
    first = Words.of(text), count_words(text), folded_tokens(text)
    assert (Words.of(text), count_words(text), folded_tokens(text)) == first
    pieces = tokens._split(text)
    assert first[0].tokens == pieces[::2]
    assert first[1] == sum(map(is_word, pieces[::2]))
    assert first[2] == list(map(fold, pieces[::2]))


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither many different words nor long ones fill the memory."""
    monkeypatch.setattr(tokens, "MAX_KNOWN_CHUNKS", 10)
    known = tokens._Known(len)
    for number in range(100):
        assert known[f"word{number}"] == len(f"word{number}")
        assert len(known) <= 10
    assert known["x" * 1000] == 1000
    assert "x" * 1000 not in known


@given(any_paragraph, any_paragraph, any_paragraph)
def test_a_part_of_a_text_has_its_tokens(before: str, text: str, behind: str) -> None:
    """What stands between two spaces is read as it is read alone, at its own place."""
    whole = f"{before} {text} {behind}"
    part, alone = Words.of(whole, len(before) + 1, len(before) + 1 + len(text)), Words.of(text)
    assert part.tokens == alone.tokens
    assert [part.start(i) - len(before) - 1 for i in range(len(part) + 1)] == [
        alone.start(i) for i in range(len(part) + 1)
    ]
