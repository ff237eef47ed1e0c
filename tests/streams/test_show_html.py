"""The page of a diff shows every row once, and links what has moved with the place where it was."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from agents.diff.compare import compare
from agents.diff.text import Text
from streams.show_html import diff_rows

SENTENCES = [
    f"The {who} of Eastmere {did} the {what} on Tuesday, although nobody had asked for it in the {where}."
    for who, did, what, where in zip(
        ("harbour board", "town council", "ferry pilot", "museum guard", "orchard keeper", "tram conductor"),
        ("counted", "painted", "lifted", "sold", "buried", "measured"),
        ("boats", "lanterns", "anchor", "portrait", "cider press", "rails"),
        ("storm", "budget", "winter", "catalogue", "valley", "depot"),
        strict=True,
    )
]


def rows(old: list[str], new: list[str]) -> html.HtmlElement:
    """The rows of a diff, as a tree."""
    texts = [Text("Storm", "", "", tuple(side)) for side in (old, new)]
    return html.fromstring(f"<div>{diff_rows(compare(*texts, language='en').diff)}</div>")


def test_a_moved_paragraph_is_linked_with_the_place_where_it_was() -> None:
    """From the one to the other and back; what stands around it is unchanged."""
    first, *others = SENTENCES
    tree = rows([first, *others], [*others, first])
    (moved,) = tree.xpath("//div[contains(@class, 'moved')]")
    (link,) = moved.xpath(".//a/@href")
    (origin,) = tree.xpath(f"//*[@id='{link[1:]}']")
    assert origin.text_content() == "Paragraph 1 has moved to paragraph 6."
    assert origin.xpath(".//a/@href") == [f"#{moved.get('id')}"]
    assert tree.index(origin) < tree.index(moved)
    assert "5 paragraphs unchanged" in tree.text_content()


@given(st.randoms(use_true_random=False))
def test_every_moved_paragraph_has_one_origin(random: Random) -> None:
    """Whatever moves where, and whatever is added and removed beside it: links lead to places that are there once."""
    old = random.sample(SENTENCES, random.randint(1, 6))
    new = random.sample(SENTENCES, random.randint(1, 6))
    tree = rows(old, new)
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {f"#{name}" for name in ids} >= set(tree.xpath("//a/@href"))
    assert len(tree.xpath("//div[contains(@class, 'moved')]")) == sum(name.startswith("from-") for name in ids)
