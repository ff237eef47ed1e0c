"""The picture of a change has its words in lines that fit."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from schemas.change import Spans
from streams.site.card import columns, lines

SPANS = st.lists(st.tuples(st.sampled_from("=-+"), st.text(max_size=200)), max_size=8).map(tuple)


@example((("=", "0" * 63), ("-", "0"), ("+", "0"), ("=", "0")), 65, 1)
@given(SPANS, st.integers(30, 80), st.integers(1, 9))
def test_no_line_is_too_long_and_no_sign_is_lost(spans: Spans, width: int, count: int) -> None:
    """As far as there is room, every sign but white space stands in its order, under its mark."""
    found = list(lines(spans, width, count))
    assert len(found) <= count
    assert all(sum(columns(piece.text) for piece in line) <= max(width, 60) + 2 for line in found)
    wanted = [(op, sign) for op, text in spans for sign in text if not sign.isspace()]
    shown = [(piece.op, sign) for line in found for piece in line for sign in piece.text if not sign.isspace()]
    if shown and shown != wanted:
        assert (len(found), shown.pop()) == (count, ("=", "…"))
    assert shown == wanted[: len(shown)]
