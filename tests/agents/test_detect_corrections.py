"""A correction is never noise, wherever a page shows it."""

from __future__ import annotations

import pytest
from detect_fetches import page, prose

from agents.detect.page import read_page

TEXT = "An earlier version of this article said that 13 boats were lost."
HOLDERS = (
    "<p>{}</p>", "<aside class='correction'><p>{}</p></aside>", "<div class='correction'>{}</div>",
    "<footer><p>{}</p></footer>", "<div><h4>Correction</h4><p>{}</p></div>", "<section><em>{}</em></section>",
)  # fmt: skip


def texts(body: bytes) -> list[str]:
    """The paragraphs of a page."""
    return [paragraph.text for paragraph in read_page(body).paragraphs]


@pytest.mark.parametrize("where", ["</article>", "</body>", "<article>"])
@pytest.mark.parametrize("holder", HOLDERS)
def test_a_correction_is_read_wherever_it_stands(holder: str, where: str) -> None:
    """In the article, beside it or behind it, in any box: once, and whatever is changed in it is an edit."""
    before, after = (
        page(*prose()).replace(where.encode(), holder.format(text).encode() + where.encode())
        for text in (TEXT, TEXT.replace("13", "14"))
    )
    assert texts(before).count(TEXT) == 1
    assert read_page(before).hash != read_page(after).hash
    assert read_page(before).hash != read_page(page(*prose())).hash


@pytest.mark.parametrize(
    "text",
    [
        "Correction: the pier was opened in 1912, not in 1913.",
        "Correction (3 March): the pier was opened in 1912.",
        "Clarification: the mayor was not asked before the vote.",
        "Editor's note: two names in this report were changed.",
        "This article was amended on 3 March to give the right number.",
        "Korrektur: Die Brücke wurde 1912 eröffnet, nicht 1913.",
        "In einer früheren Version dieses Artikels stand eine falsche Zahl.",
        "Rectificatif : le pont a ouvert en 1912 et non en 1913.",
        "Une version précédente de cet article donnait un autre nombre.",
        "Fe de errores: el puente se abrió en 1912 y no en 1913.",
    ],
)
def test_corrections_are_told_by_their_wording(text: str) -> None:
    """In several languages, in a box that no extractor reads."""
    assert texts(page(*prose()).replace(b"</article>", f"</article><aside><p>{text}</p></aside>".encode()))[-1] == text


@pytest.mark.parametrize(
    "box",
    [
        "<p><a href='/corrections'>Corrections: how we mend our mistakes, and when</a></p>",
        "<nav><p>Corrections: how we mend our mistakes, and when</p></nav>",
        "<p>Corrections</p>",
        "<p>The correction of the course cost the ferry an hour, said the board.</p>",
    ],
)
def test_what_only_names_corrections_is_none(box: str) -> None:
    """Links, menus and sentences about something else stay beside the article."""
    body = page(*prose()).replace(b"</article>", f"</article><aside>{box}</aside>".encode())
    assert texts(body) == list(prose())
