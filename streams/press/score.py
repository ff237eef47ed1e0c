"""Which of the press's edits were found."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from streams.press.life import Article, page_at, shown_edits


class Score:
    """The edits of articles after they could first be read, and those of them that change events tell.

    An event tells of the last edit before its fetch. One that was overwritten before it was fetched is not found.
    """

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}
        self._made: dict[str, list[datetime]] = {}
        self._told: dict[str, list[datetime]] = defaultdict(list)

    def look(self, living: Iterable[Article], now: datetime) -> None:
        """Take note of what was edited until now: of the articles that live, so before one of them dies."""
        for article in living:
            if page_at(article, now).text is not None:
                self._since.setdefault(article.path, now)
            since = self._since.get(article.path, now)
            self._made[article.path] = [edit for edit in shown_edits(article) if since < edit <= now]

    def tell(self, path: str, fetched_at: datetime) -> None:
        """Take note of a change of the article at a path, fetched at a time."""
        self._told[path].append(fetched_at)

    def __str__(self) -> str:
        """The score in words."""
        made = sum(map(len, self._made.values()))
        return f"{made} edits made, {made - len(self.open())} found"

    def open(self) -> list[tuple[str, datetime]]:
        """The edits that were not found, or not yet: the paths of their articles, and when they were made."""
        missed = []
        for path, edits in self._made.items():
            found = {bisect_right(edits, fetched_at) - 1 for fetched_at in self._told[path]}
            missed += [(path, edit) for place, edit in enumerate(edits) if place not in found]
        return sorted(missed, key=lambda one: one[1])
