"""A diff is complete: every paragraph of both texts stands in it once, in the order of the new text."""

from __future__ import annotations

import pytest
from diff_texts import pairs
from hypothesis import given

from agents.diff.compare import diff, stats
from agents.diff.text import Text
from agents.diff.tokens import count_words
from schemas.change import Diff, Row, Stats


def kinds(old: list[str], new: list[str]) -> list[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    """The rows without their words."""
    return [(row.kind, row.old, row.new) for row in diff(Text(paragraphs=tuple(old)), Text(paragraphs=tuple(new))).rows]


@given(pairs())
def test_every_paragraph_stands_once_on_its_side(texts: tuple[Text, Text]) -> None:
    """The rows have all old numbers and all new numbers, each once, and their spans make the paragraphs' text."""
    old, new = texts
    difference = diff(old, new)
    assert sorted(i for row in difference.rows for i in row.old) == list(range(len(old.paragraphs)))
    assert sorted(j for row in difference.rows for j in row.new) == list(range(len(new.paragraphs)))
    for row in difference.rows:
        assert "".join(text for op, text in row.spans if op != "+") == "\n".join(old.paragraphs[i] for i in row.old)
        assert "".join(text for op, text in row.spans if op != "-") == "\n".join(new.paragraphs[j] for j in row.new)


@given(pairs())
def test_rows_stand_in_the_order_of_the_new_text(texts: tuple[Text, Text]) -> None:
    """New numbers rise; a deleted row stands behind the row of its predecessor, with only deleted ones between."""
    rows = diff(*texts).rows
    placed = [row.new[0] for row in rows if row.new]
    assert placed == sorted(placed)
    place_of = {i: place for place, row in enumerate(rows) for i in row.old}
    for place, row in enumerate(rows):
        if row.kind == "deleted":
            before = place_of[row.old[0] - 1] if row.old[0] else -1
            assert before < place
            assert all(between.kind == "deleted" for between in rows[before + 1 : place])


@given(pairs())
def test_a_row_is_what_its_kind_says(texts: tuple[Text, Text]) -> None:
    """The number of paragraphs and the marks of a row fit its kind."""
    for row in diff(*texts).rows:
        ops = {op for op, _ in row.spans}
        match row.kind:
            case "equal":
                assert (len(row.old), len(row.new)) == (1, 1)
                assert ops <= {"="}
            case "edited":
                assert (len(row.old), len(row.new)) == (1, 1)
                assert ops & {"-", "+"}
            case "moved":
                assert (len(row.old), len(row.new)) == (1, 1)
            case "inserted":
                assert (len(row.old), len(row.new), ops - {"+"}) == (0, 1, set())
            case "deleted":
                assert (len(row.old), len(row.new), ops - {"-"}) == (1, 0, set())
            case "split":
                assert len(row.old) == 1 < len(row.new)
            case "merged":
                assert len(row.new) == 1 < len(row.old)


@given(pairs())
def test_equal_texts_have_only_equal_rows(texts: tuple[Text, Text]) -> None:
    """A text beside itself has no marks anywhere."""
    text, _ = texts
    difference = diff(text, text)
    assert {row.kind for row in difference.rows} <= {"equal"}
    spans = [difference.title, difference.byline, difference.standfirst, *(row.spans for row in difference.rows)]
    assert {op for part in spans for op, _ in part} <= {"="}
    figures = stats(difference)
    assert (figures.added, figures.removed, figures.similarity) == (0, 0, 1.0)


@given(pairs())
def test_the_same_texts_give_the_same_diff(texts: tuple[Text, Text]) -> None:
    """A diff depends on the two texts and on nothing else."""
    old, new = texts
    copy = Text(new.title, new.byline, new.standfirst, tuple("".join(list(text)) for text in new.paragraphs))
    assert diff(old, new) == diff(old, copy)


@given(pairs())
def test_swapping_the_texts_swaps_the_figures(texts: tuple[Text, Text]) -> None:
    """What was added one way was removed the other way, and the likeness is the same."""
    there, back = stats(diff(*texts)), stats(diff(*texts[::-1]))
    assert there == Stats(added=back.removed, removed=back.added, kept=back.kept, similarity=back.similarity)


@given(pairs())
def test_the_figures_count_the_words_of_both_texts(texts: tuple[Text, Text]) -> None:
    """Kept and removed are all words of the old paragraphs, kept and added all of the new ones."""
    old, new = texts
    figures = stats(diff(old, new))
    assert figures.kept + figures.removed == sum(map(count_words, old.paragraphs))
    assert figures.kept + figures.added == sum(map(count_words, new.paragraphs))


def test_similarity_has_four_digits() -> None:
    """Two of three words kept on both sides are a likeness of two thirds."""
    assert stats(diff(Text(paragraphs=("one two three",)), Text(paragraphs=("one two four",)))).similarity == 0.6667


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([], [], []),
        ([], ["New."], [("inserted", (), (0,))]),
        (["Old."], [], [("deleted", (0,), ())]),
        (["One.", "Two."], ["One."], [("equal", (0,), (0,)), ("deleted", (1,), ())]),
        (["Two.", "One."], ["One."], [("deleted", (0,), ()), ("equal", (1,), (0,))]),
        (
            ["A b c d", "Gone"],
            ["A b c e", "New"],
            [("edited", (0,), (0,)), ("deleted", (1,), ()), ("inserted", (), (1,))],
        ),
        (
            ["First", "A much longer one"],
            ["A much longer one", "First"],
            [("equal", (1,), (0,)), ("moved", (0,), (1,))],
        ),
        (["", ""], [""], [("equal", (0,), (0,)), ("deleted", (1,), ())]),
    ],
)
def test_small_texts(
    old: list[str], new: list[str], expected: list[tuple[str, tuple[int, ...], tuple[int, ...]]]
) -> None:
    """The rows of texts that can be taken in at a glance."""
    assert kinds(old, new) == expected


def test_an_empty_paragraph_has_no_spans() -> None:
    """A row with nothing in it is drawn with nothing, whatever its kind."""
    rows = diff(Text(paragraphs=("", "x")), Text(paragraphs=("y", ""))).rows
    assert {row.spans for row in rows if row.old == (0,) or row.new == (1,)} == {()}


def test_title_byline_and_standfirst_are_compared() -> None:
    """The three lines above the text have spans of their own; one that is missing on either side is empty there."""
    old = Text("Council delays vote", "By Ana Novak", None)
    new = Text("Council rejects ferry", None, "A narrow majority.")
    assert diff(old, new) == Diff(
        title=(("=", "Council "), ("-", "delays vote"), ("+", "rejects ferry")),
        byline=(("-", "By Ana Novak"),),
        standfirst=(("+", "A narrow majority."),),
    )


def test_rows_join_paragraphs_by_a_newline() -> None:
    """In the spans of a split the new paragraphs are told apart by a newline."""
    old = Text(paragraphs=("The ferry has sailed since 1962. It carries many passengers every day.",))
    new = Text(paragraphs=("The ferry has sailed since 1962.", "It carries many passengers every day."))
    spans = (
        ("=", "The ferry has sailed since 1962."),
        ("-", " "),
        ("+", "\n"),
        ("=", "It carries many passengers every day."),
    )
    assert diff(old, new).rows == (Row("split", (0,), (0, 1), spans),)
