"""A diff turns one text into the other, both ways, and refuses a text that it was not made from."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import orjson
import pytest
from diff_texts import pairs
from hypothesis import given
from hypothesis import strategies as st

from agents.diff.apply import apply, unapply
from agents.diff.compare import diff
from agents.diff.text import Text
from schemas.change import Diff, Row
from schemas.errors import BadRecordError, Reason

OLD = Text("Title", "By A", None, ("One.", "Two.", "Three."))
NEW = Text("Title", None, "More", ("One.", "Three.", "Two and a half.", "Four."))
DIFF = diff(OLD, NEW)


@given(pairs())
def test_apply_and_unapply_are_inverse(texts: tuple[Text, Text]) -> None:
    """The diff of two texts makes each of them from the other."""
    old, new = texts
    difference = diff(old, new)
    assert apply(difference, old) == new
    assert unapply(difference, new) == old


@given(
    st.lists(st.text(st.sampled_from("ab \n."), max_size=30), max_size=4),
    st.lists(st.text(st.sampled_from("ab \n."), max_size=30), max_size=4),
)
def test_newlines_inside_paragraphs_are_kept(old: list[str], new: list[str]) -> None:
    """Paragraphs should have no newlines; those that do come back all the same."""
    before, after = Text(paragraphs=tuple(old)), Text(paragraphs=tuple(new))
    assert apply(diff(before, after), before) == after


@given(pairs())
def test_a_diff_survives_json(texts: tuple[Text, Text]) -> None:
    """What a consumer reads from the topic can be applied as it is."""
    old, new = texts
    assert apply(msgspec.convert(orjson.loads(orjson.dumps(diff(old, new))), Diff), old) == new


def test_an_empty_byline_is_none() -> None:
    """A byline or standfirst that is empty is the same as none, and comes back as None."""
    assert Text(byline="", standfirst="") == Text(byline=None, standfirst=None)
    assert apply(diff(Text(byline="By A"), Text(byline="")), Text(byline="By A")).byline is None


@pytest.mark.parametrize(
    "text",
    [
        replace(OLD, title="Another title"),
        replace(OLD, byline=None),
        replace(OLD, standfirst="More"),
        replace(OLD, paragraphs=OLD.paragraphs[:2]),
        replace(OLD, paragraphs=(*OLD.paragraphs, "Four.")),
        replace(OLD, paragraphs=("One.", "Three.", "Two.")),
        NEW,
    ],
)
def test_a_text_that_does_not_fit_is_refused(text: Text) -> None:
    """A diff is applied to the text that it was made from, and to no other."""
    with pytest.raises(BadRecordError, match="the diff does not fit the text at ") as caught:
        apply(DIFF, text)
    assert caught.value.reason is Reason.BROKEN_CHAIN


@pytest.mark.parametrize(
    "rows",
    [
        (Row("equal", (0,), (0,), (("=", "One."),)),) * 2,
        (Row("equal", (0,), (10**9,), (("=", "One."),)),),
        (Row("equal", (10**9,), (0,), (("=", "One."),)),),
        (Row("split", (0,), (0, 1, 2), (("-", "One."), ("+", "O\nne."))),),
        (Row("deleted", (0,), (), (("=", "One."),)),),
        (Row("edited", (0,), (0, 0), (("-", "One."), ("+", "a\nb"))),),
        (Row("equal", (-1,), (0,), (("=", "One."),)),),
    ],
)
def test_a_diff_that_is_not_whole_is_refused(rows: tuple[Row, ...]) -> None:
    """Rows that leave out, repeat or invent paragraphs are told, at no cost."""
    with pytest.raises(BadRecordError):
        apply(Diff(rows=rows), Text(paragraphs=("One.",)))
