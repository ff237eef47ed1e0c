"""Texts that are hard to compare: repeated, empty, swapped, split, merged, in many scripts, of one word."""

# ruff: noqa: RUF001 - typography is what is tested
from __future__ import annotations

from hypothesis import strategies as st

from agents.diff.text import Text

WORDS = [
    "a", "b", "the", "The", "said", "council", "ferry", "don’t", "don't", "well-known", "U.S.", "1,200", "3.5", "5",
    "日", "本", "語", "ก", "กำ", "क्षि", "한국어", "שלום", "العربية", "é", "e\u0301", "👩‍👩‍👧", "🇩🇪", "a🏻",
    "\u200f", "\u202e", ".", ",", "!", "。", "”", "“", "—", ")", "\u0301", "\x1c", "\x00", "_",
]  # fmt: skip
PIECES = [*WORDS, *[" "] * 20, "  ", "\u00a0", "\t"]

paragraph = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
any_paragraph = st.one_of(
    paragraph, st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=12)
)
long_paragraph = st.lists(st.sampled_from(WORDS[:14]), min_size=8, max_size=30).map(" ".join)
pool = st.lists(st.one_of(any_paragraph, long_paragraph), min_size=1, max_size=5)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Text, Text]:
    """A text, and what a few edits made of it."""
    stock = draw(pool)
    old = draw(st.lists(st.sampled_from(stock), max_size=8))
    new = list(old)
    for _ in range(draw(st.integers(0, 5))):
        _edit(draw, new, stock)
    return _text(draw, old), _text(draw, new)


@st.composite
def repetitive(draw: st.DrawFn) -> tuple[Text, Text]:
    """Texts of few words, over and over: one long paragraph, or many that are nearly the same."""
    words = st.sampled_from(draw(st.sampled_from([["a"], ["a", "b"], ["the", ".", "“", "12", "said"], ["日", "本"]])))
    line = st.lists(words, max_size=draw(st.sampled_from([3, 12, 80]))).map(" ".join)
    lines = st.lists(line, max_size=draw(st.sampled_from([1, 4, 25]))).map(tuple)
    return Text(paragraphs=draw(lines)), Text(paragraphs=draw(lines))


def _edit(draw: st.DrawFn, new: list[str], stock: list[str]) -> None:
    at = draw(st.integers(0, max(0, len(new) - 1)))
    match draw(st.sampled_from(["insert", "delete", "swap", "split", "merge", "words"])):
        case "insert":
            new.insert(at, draw(st.one_of(st.sampled_from(stock), any_paragraph)))
        case "delete" if new:
            del new[at]
        case "swap" if new:
            new.insert(draw(st.integers(0, len(new) - 1)), new.pop(at))
        case "split" if new:
            head, _, tail = new[at].partition(" ")
            new[at : at + 1] = [head, tail]
        case "merge" if new:
            new[at : at + 2] = [" ".join(new[at : at + 2])]
        case "words" if new:
            words = new[at].split(" ")
            words[draw(st.integers(0, len(words) - 1))] = draw(st.sampled_from(WORDS))
            new[at] = " ".join(words)


def _text(draw: st.DrawFn, paragraphs: list[str]) -> Text:
    line = st.one_of(st.none(), paragraph)
    return Text(draw(paragraph), draw(line), draw(line), tuple(paragraphs))
