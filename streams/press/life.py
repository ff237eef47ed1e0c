"""When stories are printed and edited: pure functions of press time.

All stories are printed one after another, evenly, in a cycle without end; each time they differ a little, and each
time they live through all their edits. The press has one editor, who makes at most one edit an hour. What a story's
file asks for is a wish: an edit waits until the editor is free, so that changes come evenly and never together.

Once press time has caught up with the world that would be too slow to watch. Then *brief* articles are printed as
well: the same stories on the same timetable, 60 times faster.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from streams.press.story import Text, slugs, story, texts

EDIT_EVERY = timedelta(hours=1)
"""At the usual pace of 20 minutes a second, an edit every 3 s."""

BRIEFER = 60
"""How much faster brief articles live: an edit a minute."""

SLACK = 1.15
"""The editor's turns for each edit: with more, edits wait less for theirs (now 4 hours on average); with fewer, there
are fewer hours without an edit (now one in eight)."""

AFTERLIFE = timedelta(hours=6)
"""How long an article is still listed and fetched after its last edit."""

_NAME = re.compile(r"(today/)?([a-z]+(?:-[a-z]+)*)(?:-([1-9][0-9]{0,6}))?")


class Timetable(NamedTuple):
    """How long it takes to print every story once, and when each of its edits is made after it was printed."""

    cycle: timedelta
    edits: dict[str, tuple[timedelta, ...]]


@dataclass(frozen=True, slots=True)
class Article:
    """A story printed for the `number`th time, from 1."""

    slug: str
    number: int
    brief: bool
    published: datetime

    @property
    def paper(self) -> str:
        """The paper's place in a URL."""
        return story(self.slug, self.number).paper

    @property
    def path(self) -> str:
        """Where the article stands on the press's server."""
        today = "today/" if self.brief else ""
        return f"/{self.paper}/{today}{self.slug}" + (f"-{self.number}" if self.number > 1 else "")

    @property
    def edited(self) -> tuple[datetime, ...]:
        """When it is edited."""
        return tuple(self.published + after / _speed(self.brief) for after in timetable().edits[self.slug])


class Page(NamedTuple):
    """An article at one time: its text, None while the page is gone; HTTP status; time of its last edit."""

    text: Text | None
    status: int
    modified: datetime


@cache
def timetable() -> Timetable:
    """Give each edit of a cycle the first free turn of the editor from its wish on, first come first served."""
    lives = {slug: story(slug, 1).edit for slug in slugs()}
    turns = math.ceil(sum(map(len, lives.values())) * SLACK)
    cycle = turns * EDIT_EVERY
    printed = {slug: cycle * place / len(lives) for place, slug in enumerate(lives)}
    wishes = [(printed[slug] + timedelta(hours=edit.hours), slug) for slug in lives for edit in lives[slug]]
    edits: dict[str, list[timedelta]] = {slug: [] for slug in lives}
    taken: set[int] = set()
    for wish, slug in sorted(wishes, key=lambda item: item[0] % cycle):
        turn = -(-wish // EDIT_EVERY)
        while turn % turns in taken:
            turn += 1
        taken.add(turn % turns)
        edits[slug].append(turn * EDIT_EVERY - printed[slug])
    return Timetable(cycle, {slug: tuple(sorted(times)) for slug, times in edits.items()})


def living_articles(origin: datetime, time: datetime, *, also_brief: bool) -> list[Article]:
    """The articles that may still change after a time, oldest first, those included whose page is gone for now.

    There are 12 at most, and as many brief ones. `origin`: when the press printed its first story.
    """
    living = [*_living(origin, time, brief=False)]
    if also_brief:
        living += _living(origin, time, brief=True)
    return living


def find(origin: datetime, time: datetime, paper: str, name: str) -> Article | None:
    """The article at `/PAPER/NAME`, if it has been printed by that time."""
    match = _NAME.fullmatch(name)
    if not match or match[2] not in slugs():
        return None
    brief = bool(match[1])
    place = slugs().index(match[2]) + len(slugs()) * (int(match[3] or 1) - 1)
    if place > (time - origin) // _print_every(brief):
        return None
    article = _article(origin, place, brief=brief)
    return article if article.path == f"/{paper}/{name}" else None


def page_at(article: Article, time: datetime) -> Page:
    """The article as it stands at a time, which is not before its publication."""
    made = bisect_right(article.edited, time)
    if made == 0:
        return Page(texts(article.slug, article.number)[0], 200, article.published)
    gone = story(article.slug, article.number).edit[made - 1].gone
    text = None if gone else texts(article.slug, article.number)[made]
    return Page(text, gone or 200, article.edited[made - 1])


def shown_edits(article: Article) -> list[datetime]:
    """When an article's edits were made, those that a reader can tell of afterwards.

    A brief article is gone for less than the day after which a page counts as removed.
    """
    before: Text | None = texts(article.slug, article.number)[0]
    shown = []
    for time in article.edited:
        text = page_at(article, time).text
        if text != before and not (article.brief and text is None):
            shown.append(time)
            before = text
    return shown


def _living(origin: datetime, time: datetime, *, brief: bool) -> Iterator[Article]:
    longest = (max(times[-1] for times in timetable().edits.values()) + AFTERLIFE) / _speed(brief)
    every = _print_every(brief)
    for place in range(max(0, (time - longest - origin) // every), (time - origin) // every + 1):
        article = _article(origin, place, brief=brief)
        if time < article.edited[-1] + AFTERLIFE / _speed(brief):
            yield article


def _speed(brief: bool) -> int:  # noqa: FBT001 - of one article, or of all such
    return BRIEFER if brief else 1


def _print_every(brief: bool) -> timedelta:  # noqa: FBT001 - as above
    return timetable().cycle / len(slugs()) / _speed(brief)


def _article(origin: datetime, place: int, *, brief: bool) -> Article:
    round_, turn = divmod(place, len(slugs()))
    published = origin + timetable().cycle * place / len(slugs()) / _speed(brief)
    return Article(slugs()[turn], round_ + 1, brief, published)
