"""Paragraphs from the extractor's tree."""

from __future__ import annotations

import pytest
from lxml.etree import fromstring

from agents.detect.paragraphs import read_paragraphs


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>One</p><head>Two</head><quote>Three</quote>", [("text", "One"), ("heading", "Two"), ("quote", "Three")]),
        ("<quote><p>One</p><p>Two</p></quote>", [("quote", "One"), ("quote", "Two")]),
        (
            "<list><item>One<list><item>Two</item></list>Three</item><item><p>Four</p></item></list><p>Five</p>",
            [("item", "One"), ("item", "Two"), ("item", "Three"), ("item", "Four"), ("text", "Five")],
        ),
        ("<p>One <hi>bold</hi>, <ref>two</ref> three</p>", [("text", "One bold, two three")]),
        ("<p>One\n  two</p>\n\n<p> </p>", [("text", "One two")]),
        ("<p>One<lb/>Two<lb/><lb/>Three</p>", [("text", "One"), ("text", "Two"), ("text", "Three")]),
        ("<p>One <p>Two</p> three</p>", [("text", "One"), ("text", "Two"), ("text", "three")]),
        (
            "<table><row><cell>A</cell><cell>B</cell></row><row><cell>1</cell><cell/><cell>2</cell></row></table>",
            [("text", "A | B"), ("text", "1 | | 2")],
        ),
        ("loose<p>One</p>ends", [("text", "loose"), ("text", "One"), ("text", "ends")]),
        ("", []),
    ],
)
def test_each_block_is_a_paragraph(body: str, expected: list[tuple[str, str]]) -> None:
    """Blocks, line breaks and table rows part paragraphs, and what is around them says their kind."""
    kept, left_out = read_paragraphs(fromstring(f"<body>{body}</body>"))
    assert [(paragraph.kind, paragraph.text) for paragraph in kept] == expected
    assert left_out == ()


def test_what_only_leads_elsewhere_is_left_out() -> None:
    """A short paragraph that is mostly links is furniture; a long one, and one with a link in it, is text."""
    link = "<ref>The other story about the boats</ref>"
    body = f"<p>See also: {link}</p><p>The board met on Tuesday, as {link} told.</p><p>{link * 10}</p>"
    kept, left_out = read_paragraphs(fromstring(f"<body>{body}</body>"))
    assert [paragraph.text for paragraph in left_out] == ["See also: The other story about the boats"]
    assert len(kept) == 2
