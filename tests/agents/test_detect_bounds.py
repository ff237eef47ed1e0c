"""Pages that would take too long are refused before they do."""

from __future__ import annotations

import pytest

from agents.detect import bounds
from agents.detect.reading import read_page
from schemas.errors import BadRecordError, Reason

WORDS = "The harbour board met on Tuesday and counted the boats that had broken loose. "


def page(body: str) -> bytes:
    """A page with this in its article."""
    return f"<html><head><title>Storm</title></head><body><article>{body}</article></body></html>".encode()


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("tags", "<div>" * 100_000),
        ("tags", "<p>" + "<a href='/x'>link</a> " * 200_000),
        ("tags", "<" * (bounds.MAX_TAGS + 1)),
        ("attributes", "<p " + " ".join(f"a{n}" for n in range(bounds.MAX_ATTRIBUTES + 1)) + ">x</p>"),
        ("attributes", ("<p " + " ".join(f"a{n}='>'" for n in range(bounds.MAX_ATTRIBUTES // 2)) + ">x</p>") * 9),
        ("attributes, 200000", f"<p {' '.join(f'a{n}' for n in range(110))}>x" * 2000 + " " * bounds.MAX_NAMES),
        ("elements", ("<div>" + "<p>" * 4000 + "</div>") * (bounds.MAX_ELEMENTS // 4000 + 1)),
        ("stretches of text", ("<p>" + "<b>x</b> " * 4000 + "</p>") * (bounds.MAX_TEXTS // 8000 + 1)),
        ("children", "<p>x" * (bounds.MAX_CHILDREN + 1)),
        ("cells", ("<table><tr>" + "<td>x" * 100 + "<tr><td>x" * 2600 + "</table>") * 2),
        ("classes", f"<p class='{'x' * (bounds.MAX_NAMES + 1)}'>x"),
        ("parsed to its end", "<div>" * 300 + "x" + "</div>" * 300),
    ],
)
def test_a_page_beyond_a_bound_is_refused(what: str, body: str) -> None:
    """Each bound is told by its name, before the extractor sees the page."""
    with pytest.raises(BadRecordError, match=what) as raised:
        read_page(page(body))
    assert raised.value.reason == Reason.TOO_COMPLEX


@pytest.mark.parametrize(
    "body",
    [
        f"<p title='{'x y ' * 1_250_000}'>{WORDS}</p>",
        f"<script type='application/ld+json'>{'[' * 100_000}</script><p>{WORDS}</p>",
        f'<p>{WORDS}</p><script>if (a<b && c) {{ s = "it\'s"; }} {"x = y / 2; " * 3000}</script>',
        f"<table>{'<tr><td colspan=1000 rowspan=60000>' * 1900}</table><p>{WORDS}</p>",
        "<div>" * 240 + f"<p>{WORDS}</p>",
    ],
    ids=["5 MB attribute", "100,000 brackets", "script", "spans", "240 levels"],
)
def test_odd_pages_within_the_bounds_are_read(body: str) -> None:
    """What looks hostile but costs little is read like any other page."""
    assert WORDS.strip() in [paragraph.text for paragraph in read_page(page(body)).paragraphs]


def test_only_large_pages_can_exceed_the_bounds_of_the_tree() -> None:
    """A page that is not looked at closely has too few tags and characters to be too complex."""
    full = "<p>x" * bounds.MAX_CHILDREN
    assert not bounds.is_large(full)
    assert bounds.is_large(full + "<p>")
    assert bounds.is_large("x" * (bounds.MAX_NAMES + 1))
