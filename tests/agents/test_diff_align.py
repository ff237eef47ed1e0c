"""Paragraphs are matched by what they say, wherever they stand."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
from diff_texts import pairs
from hypothesis import given

from agents.diff import align as module
from agents.diff.align import Match, align
from agents.diff.common import common
from agents.diff.text import Text

LEAD = "The harbour council of Port Lisk voted on Tuesday to build a second ferry for the islands in the bay."
COST = "The ship will cost 1,200,000 crowns, said the mayor, Ana Duarte, and will be paid for over eleven years."
DOUBT = "Critics doubt that so many people will want to cross. They point to empty boats on winter evenings."
YARD = "Halvorsen and Sons, the yard that is to build her, has not had an order of this size since the war."
END = "A spokeswoman for the islanders said that she would believe it when the first car rolls off."
AD = "Advertisement"


def matched(old: list[str], new: list[str]) -> list[tuple[tuple[int, ...], tuple[int, ...], bool]]:
    """The matches in the order of the old text: old numbers, new numbers, moved."""
    return sorted((match.old, match.new, match.moved) for match in align(tuple(old), tuple(new), cache(common)))


def stay(*numbers: tuple[int, int]) -> list[tuple[tuple[int, ...], tuple[int, ...], bool]]:
    """Matches of one with one, none of them moved."""
    return [((i,), (j,), False) for i, j in numbers]


@given(pairs())
def test_no_paragraph_is_matched_twice(texts: tuple[Text, Text]) -> None:
    """Every paragraph is in one match at most, and no match has several on both sides."""
    old, new = texts[0].paragraphs, texts[1].paragraphs
    matches = align(old, new, cache(common))
    for numbers, paragraphs in (([i for m in matches for i in m.old], old), ([j for m in matches for j in m.new], new)):
        assert max(Counter(numbers).values(), default=1) == 1
        assert set(numbers) <= set(range(len(paragraphs)))
    assert all(len(match.old) >= 1 <= len(match.new) and 1 in (len(match.old), len(match.new)) for match in matches)


@given(pairs())
def test_swapping_the_texts_swaps_the_sides(texts: tuple[Text, Text]) -> None:
    """Which text is the old one makes no difference to what belongs together."""
    old, new = texts[0].paragraphs, texts[1].paragraphs
    back = [Match(match.new, match.old, match.moved) for match in align(new, old, cache(common))]
    assert set(align(old, new, cache(common))) == set(back)


@given(pairs())
def test_matches_that_stayed_are_in_order(texts: tuple[Text, Text]) -> None:
    """What did not move stands in the same order on both sides."""
    stayed = sorted(
        match.old + match.new
        for match in align(*[text.paragraphs for text in texts], cache(common))
        if not match.moved and len(match.old) == len(match.new)
    )
    assert stayed == sorted(stayed, key=lambda place: place[1])


def test_equal_texts_match_place_by_place() -> None:
    """The same text, repeated paragraphs and all, is matched straight through."""
    text = [LEAD, AD, COST, AD, "", AD, DOUBT]
    assert matched(text, text) == stay(*((n, n) for n in range(7)))


def test_an_inserted_paragraph_shifts_nothing() -> None:
    """A new paragraph has no match, and those behind it keep theirs."""
    assert matched([LEAD, COST, END], [LEAD, DOUBT, COST, END]) == stay((0, 0), (1, 2), (2, 3))


def test_edited_paragraphs_are_found_between_new_ones() -> None:
    """A rewritten paragraph is matched with what it became, not with what stands at its place."""
    cost = "The ship will cost 1,450,000 crowns, the mayor said on Wednesday, to be paid for over twelve years."
    doubt = "Critics doubt that anyone will want to cross at all, and point to empty boats on winter evenings."
    assert matched([COST, DOUBT], [END, cost, YARD, doubt]) == stay((0, 1), (1, 3))


def test_a_total_rewrite_matches_nothing() -> None:
    """Paragraphs with nothing but common words in common are not the same paragraph."""
    assert matched([LEAD, COST], [DOUBT, YARD, END]) == []


def test_a_changed_word_in_a_short_paragraph_is_an_edit() -> None:
    """Short lines, such as headings, are matched when most of one is kept, also in another case."""
    assert matched(["What we know", "Read more"], ["WHAT WE KNOW SO FAR", "Subscribe"]) == stay((0, 0))


@pytest.mark.parametrize(
    "more", ["", "In autumn, too.", "That is what a count of last year has shown, which nobody read."]
)
def test_a_split_paragraph_is_one_match(more: str) -> None:
    """Both halves of a paragraph match it, also when one of them grew."""
    first, second = DOUBT.split(". ", 1)
    assert matched([LEAD, DOUBT, END], [LEAD, f"{first}.", f"{second} {more}", END]) == [
        ((0,), (0,), False), ((1,), (1, 2), False), ((2,), (3,), False),
    ]  # fmt: skip


def test_merged_paragraphs_are_one_match() -> None:
    """A paragraph that two were put together to matches both."""
    assert matched([LEAD, COST, DOUBT, END], [LEAD, f"{COST} {DOUBT}", END]) == [
        ((0,), (0,), False), ((1, 2), (1,), False), ((3,), (2,), False),
    ]  # fmt: skip


def test_one_paragraph_can_become_many() -> None:
    """A page whose line breaks became paragraphs is a split into all of them."""
    parts = [LEAD, COST, DOUBT, YARD, END]
    assert matched([" ".join(parts)], parts) == [((0,), (0, 1, 2, 3, 4), False)]


def test_paragraphs_with_newlines_never_join() -> None:
    """Paragraphs that could not be told apart in a joined text stay alone."""
    first, second = DOUBT.split(". ", 1)
    assert all(len(news) == 1 for _, news, _ in matched([DOUBT], [f"{first}.\n", second]))


def test_a_moved_paragraph_is_found_again() -> None:
    """A paragraph that passed others has moved; those that it passed have not."""
    assert matched([LEAD, COST, DOUBT, YARD], [YARD, LEAD, COST, DOUBT]) == [
        *stay((0, 1), (1, 2), (2, 3)), ((3,), (0,), True),
    ]  # fmt: skip


def test_a_moved_paragraph_may_be_edited() -> None:
    """A paragraph is recognised elsewhere although some words are new."""
    yard = YARD.replace("since the war", "for sixty years")
    assert ((3,), (0,), True) in matched([LEAD, COST, DOUBT, YARD], [yard, LEAD, COST, DOUBT])


def test_an_unchanged_paragraph_that_passed_changed_ones_has_moved() -> None:
    """The frame of unchanged paragraphs gives way where the rewritten ones outweigh it."""
    cost, doubt = COST.replace("eleven", "twelve"), DOUBT.replace("winter", "autumn")
    assert matched([cost, doubt, AD], [AD, COST, DOUBT]) == [*stay((0, 1), (1, 2)), ((2,), (0,), True)]


def test_what_an_unchanged_paragraph_kept_apart_is_looked_at_again() -> None:
    """Where one moved between all others, those that it stood between are compared as if it had not been there."""
    long = f"{DOUBT} Nobody has counted them, and nobody will, unless the council pays for it in the next budget."
    old = [LEAD.replace("Tuesday", "Monday"), COST.replace("eleven", "twelve"), long, YARD]
    new = [YARD, LEAD, COST, DOUBT.split(". ", 1)[0] + "."]
    assert matched(old, new) == [*stay((0, 1), (1, 2), (2, 3)), ((3,), (0,), True)]


def test_a_repeated_paragraph_can_move() -> None:
    """Lines that are there more than once are found elsewhere, the first of them first."""
    assert matched([AD, AD, LEAD, COST], [LEAD, COST, AD, AD]) == [
        ((0,), (2,), True), ((1,), (3,), True), *stay((2, 0), (3, 1)),
    ]  # fmt: skip


def test_a_phrase_found_elsewhere_is_no_move() -> None:
    """A short new paragraph did not come from far away only because a long one had its words."""
    old, new = [DOUBT, END, f"{LEAD} {COST} {YARD}"], [LEAD[:60], DOUBT, END]
    assert matched(old, new) == stay((0, 1), (1, 2))


def test_short_paragraphs_are_not_alike_by_chance() -> None:
    """Common words, and few words that many paragraphs have, do not make one paragraph another."""
    assert (
        matched(["A second vote is planned for May.", "Halvorsen waits."], ["A spokesman called the vote a shame."])
        == []
    )
    assert matched(["So the mayor said.", "Halvorsen waits."], [COST]) == []


def test_the_same_words_in_another_order_are_another_paragraph() -> None:
    """A paragraph is not a rewrite, nor a move to its own place, if nothing of it stands in its order."""
    assert matched([LEAD], [" ".join(reversed(LEAD.split(" ")))]) == []


def test_boilerplate_does_not_tear_an_edit_apart() -> None:
    """A line that stands everywhere is matched around the paragraphs that matter."""
    cost = COST.replace("eleven", "twelve")
    assert matched([LEAD, AD, COST, AD, DOUBT, AD], [AD, cost, AD, DOUBT]) == stay((1, 0), (2, 1), (3, 2), (4, 3))


def test_too_many_paragraphs_are_only_matched_where_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limits nothing is compared for likeness, and what is unchanged is still found."""
    monkeypatch.setattr(module, "MAX_COMPARED_PARAGRAPHS", 1)
    assert matched([LEAD, COST, END], [LEAD, COST.replace("eleven", "twelve"), END]) == stay((0, 0), (2, 2))
