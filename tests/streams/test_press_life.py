"""The lives of the articles in press time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.press.life import EDIT_EVERY, Article, _article, find, living_articles, page_at, timetable
from streams.press.story import slugs, story, texts

ORIGIN = datetime(2026, 3, 1, 7, 30, tzinfo=UTC)
TIMES = st.integers(0, 90 * 86400).map(lambda seconds: ORIGIN + timedelta(seconds=seconds))
ARTICLES = st.builds(lambda place, brief: _article(ORIGIN, place, brief=brief), st.integers(0, 200), st.booleans())


def edits_from(begin: datetime, end: datetime, *, brief: bool) -> list[datetime]:
    """All edits of a span of time, in order."""
    count = int((end - ORIGIN) / timetable().cycle * len(slugs()) * (60 if brief else 1)) + 1
    times = [time for place in range(count) for time in _article(ORIGIN, place, brief=brief).edited]
    return sorted(time for time in times if begin <= time < end)


@pytest.mark.parametrize("slug", slugs())
def test_wishes_are_met(slug: str) -> None:
    """Edits keep their order and come when the story's file wants them, or at most twelve hours later."""
    times = timetable().edits[slug]
    assert len(times) == len(story(slug, 1).edit)
    assert list(times) == sorted(set(times))
    for time, edit in zip(times, story(slug, 1).edit, strict=True):
        assert timedelta(0) <= time - timedelta(hours=edit.hours) <= timedelta(hours=12)


def test_gone_for_days() -> None:
    """A removed page is gone for more than 36 hours, so that three checks over a day can tell."""
    gone = [
        timetable().edits[slug][place + 1] - timetable().edits[slug][place]
        for slug in slugs()
        for place, edit in enumerate(story(slug, 1).edit)
        if edit.gone
    ]
    assert len(gone) >= 6
    assert min(gone) > timedelta(hours=36)


@pytest.mark.parametrize("brief", [False, True])
def test_changes_come_evenly(brief: bool) -> None:  # noqa: FBT001 - parametrized
    """No two edits come together, most come one turn after the last one, and no pause is longer than four turns."""
    cycle, turn = (length / (60 if brief else 1) for length in (timetable().cycle, EDIT_EVERY))
    times = edits_from(ORIGIN + cycle, ORIGIN + 2 * cycle, brief=brief)
    gaps = [after - before for before, after in pairwise(times)]
    assert len(times) > 100
    assert min(gaps) > turn * 0.999
    assert median(gaps) < turn * 1.001
    assert max(gaps) < turn * 4.001


@given(TIMES, st.booleans())
def test_few_live_at_once(time: datetime, also_brief: bool) -> None:  # noqa: FBT001 - drawn
    """At most 12 articles live at a time, and as many brief ones, all of them printed, each under its own path."""
    living = living_articles(ORIGIN, time, also_brief=also_brief)
    assert len({article.path for article in living}) == len(living)
    assert all(article.published <= time for article in living)
    assert sum(not article.brief for article in living) <= 12
    assert sum(article.brief for article in living) <= (12 if also_brief else 0)


@given(TIMES)
def test_all_that_will_change_live(time: datetime) -> None:
    """Whichever article is edited within the next turn, and is printed, is among those that live."""
    living = {article.path for article in living_articles(ORIGIN, time, also_brief=False)}
    for place in range(int((time - ORIGIN) / timetable().cycle * len(slugs())) + 1):
        article = _article(ORIGIN, place, brief=False)
        if any(time < edited <= time + EDIT_EVERY for edited in article.edited):
            assert article.path in living


@given(ARTICLES)
def test_found_by_its_path(article: Article) -> None:
    """An article is found under its path from the moment of its publication, and not before."""
    paper, name = article.path.removeprefix("/").split("/", 1)
    assert find(ORIGIN, article.published + timedelta(seconds=1), paper, name) == article
    assert find(ORIGIN, article.published - timedelta(seconds=1), paper, name) is None


@given(st.text(max_size=40), st.sampled_from(["", "-0", "-1", "-01", "-9999999", "-99999999", "-2/", "-٣", "\n"]))
def test_other_names_are_nothing(paper: str, end: str) -> None:
    """A name that is not exactly an article's finds nothing and raises nothing."""
    time = ORIGIN + timedelta(days=40)
    assert find(ORIGIN, time, "lantern", f"quay-street-fire{end or '-x'}") is None
    assert find(ORIGIN, time, paper, "quay-street-fire") is None or paper == "lantern"
    assert find(ORIGIN, time, "lantern", paper) is None or paper in slugs()


@given(ARTICLES, st.floats(0, 1.2))
def test_page_is_a_function_of_time(article: Article, share: float) -> None:
    """A page holds the text after as many edits as have been made by that time, and is gone while it is removed."""
    time = article.published + (article.edited[-1] - article.published) * share
    made = sum(edited <= time for edited in article.edited)
    page = page_at(article, time)
    last = story(article.slug, article.number).edit[made - 1] if made else None
    assert page.status == (last.gone or 200 if last else 200)
    assert page.text == (texts(article.slug, article.number)[made] if page.status == 200 else None)
    assert page.modified == max((edited for edited in article.edited if edited <= time), default=article.published)
    assert page == page_at(article, time)
