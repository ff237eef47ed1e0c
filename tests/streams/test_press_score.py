"""The score of the demo: which edits were found."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from streams.press.life import _article, page_at, shown_edits
from streams.press.score import Score
from streams.press.story import slugs, story

ORIGIN = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("place", range(len(slugs())))
def test_every_edit_of_an_article_can_be_told(place: int) -> None:
    """Each leaves another page than there was before; a brief article's removal is too short to be one."""
    article, brief = _article(ORIGIN, place, brief=False), _article(ORIGIN, place, brief=True)
    assert shown_edits(article) == [*article.edited]
    gone = [time for time in brief.edited if page_at(brief, time).text is None]
    assert len(gone) == sum(edit.gone is not None for edit in story(article.slug, 1).edit)
    assert not set(gone) & set(shown_edits(brief))


def test_an_edit_is_found_by_the_first_fetch_after_it() -> None:
    """A fetch tells of the last edit before it, whenever the score hears of it; what was overwritten is not found."""
    article = _article(ORIGIN, 0, brief=False)
    edits = article.edited
    score = Score()
    score.look([article], edits[0])
    assert str(score) == "0 edits made, 0 found"
    score.tell(article.path, edits[1] + MINUTE)
    score.look([article], edits[3])
    score.tell(article.path, edits[3])
    assert str(score) == "3 edits made, 2 found"
    assert score.open() == [(article.path, edits[2])]
    score.tell(article.path, edits[0] + MINUTE)
    score.tell("/somewhere/else", edits[2])
    assert score.open() == [(article.path, edits[2])]


def test_the_return_of_a_page_that_was_gone_from_the_beginning_does_not_count() -> None:
    """Whoever has not seen what was removed cannot tell that it came back."""
    article = next(a for a in (_article(ORIGIN, n, brief=False) for n in range(17)) if a.slug == "wage-figures")
    gone = next(time for time in article.edited if page_at(article, time).text is None)
    back, *later = [time for time in article.edited if time > gone]
    score = Score()
    for now in (gone + MINUTE, back + MINUTE, article.edited[-1]):
        score.look([article], now)
    assert [edited for _, edited in score.open()] == later
