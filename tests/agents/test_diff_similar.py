"""Likeness is looked for in a bounded number of pairs, and told by what is rare and stands in order."""

from __future__ import annotations

import random

from agents.diff.common import common
from agents.diff.similar import MAX_CANDIDATES, MAX_POSTINGS, Bag, Scale, dice, is_rewrite, likeness


def weighed(*texts: str) -> tuple[Scale, list[Bag]]:
    """A scale for some paragraphs, and their bags."""
    scale = Scale(texts)
    return scale, [scale.bag(each) for each in texts]


def test_rare_words_weigh_more() -> None:
    """Two paragraphs that share a rare word are more alike than two that share a common one."""
    scale, bags = weighed("the ferry", "the quay", "a ferry", "the mayor", "the council", "the vote")
    shared = scale.shared(bags[0].counts, bags[1].counts), scale.shared(bags[0].counts, bags[2].counts)
    assert dice(bags[0], bags[1], shared[0]) < dice(bags[0], bags[2], shared[1])


def test_a_paragraph_is_wholly_like_itself() -> None:
    """All of its weight is shared."""
    scale, bags = weighed("The ferry, the ferry!", "Another")
    assert dice(bags[0], bags[0], scale.shared(bags[0].counts, bags[0].counts)) == 1.0


def test_candidates_are_bounded() -> None:
    """However alike all paragraphs are, each new one is compared with a few old ones only."""
    chance = random.Random(3)
    words = [f"word{number}" for number in range(100)]
    scale, bags = weighed(*(" ".join(chance.sample(words, k=9)) for _ in range(500)))
    found = list(scale.candidates(dict(enumerate(bags[:250])), dict(enumerate(bags[250:]))))
    assert MAX_CANDIDATES < len(found) <= MAX_CANDIDATES * 250
    assert len({(i, j) for i, j, _ in found}) == len(found)


def test_words_that_stand_everywhere_lead_to_no_candidates() -> None:
    """A token in more old paragraphs than `MAX_POSTINGS` is not followed."""
    for number, expected in ((MAX_POSTINGS, MAX_CANDIDATES), (MAX_POSTINGS + 1, 0)):
        scale, bags = weighed(*(f"common own{n}" for n in range(number)), "common other")
        assert len(list(scale.candidates(dict(enumerate(bags[:-1])), {0: bags[-1]}))) == expected


def test_of_equally_good_candidates_the_nearest_come_first() -> None:
    """Among paragraphs that are all the same the one at the same place is taken."""
    scale, bags = weighed(*["same"] * 20)
    found = list(scale.candidates(dict(enumerate(bags[:10])), {7: bags[17], 8: bags[18]}))
    assert [(i, j) for i, j, _ in found if j == 8] == [(1, 8), (0, 8), (2, 8), (3, 8), (4, 8), (5, 8)]


def test_a_rewrite_keeps_words_in_their_order() -> None:
    """The same words in another order are no rewrite, most of them in order are."""
    text = "the council voted for a second ferry to the islands in the bay"
    assert is_rewrite(text, f"On Monday {text}, all but one", common)
    assert is_rewrite(text, text.upper(), common)
    assert not is_rewrite(text, " ".join(reversed(text.split(" "))), common)
    assert not is_rewrite("", "one", common)


def test_likeness_is_a_share_of_characters() -> None:
    """Nothing in common is 0, the same text 1, half of either kept a half."""
    assert likeness("one two", "abc", common) == 0
    assert likeness("", "", common) == likeness("same", "same", common) == 1
    assert likeness("four five", "five four", common) == 2 * 4 / 18
