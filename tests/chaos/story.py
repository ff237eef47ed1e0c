"""The life of one article, in fetches: edited, restored, removed, fetched late or sent to a wrong place."""

from __future__ import annotations

import base64
import gzip
import html
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson

from .records import Written, answer, place_of, structured, with_header, written
from .texts import Text, edited, first_text, retyped

FEW = 4
"""Paragraphs that are not most of a text."""

START = datetime(2025, 3, 1, 12, tzinfo=UTC)


def story(chance: random.Random, url: str, partitions: int) -> Iterator[Written]:
    """The fetches of one article, in time order but for those that are late."""
    article = Article(chance, url, partitions)
    last = article.shows()
    yield last
    for _ in range(chance.randrange(3, 12)):
        (step,) = chance.choices(list(STEPS), list(STEPS.values()))
        for record in step(article):
            last = record
            yield last
        if chance.random() < 0.05:
            yield last  # the very record once more


class Article:
    """An article in its present state: each step lets time pass and returns the fetches in which it is seen."""

    def __init__(self, chance: random.Random, url: str, partitions: int) -> None:
        self._chance = chance
        self._url = url
        self._partitions = partitions
        self._page = chance.random() < 0.1
        self._text = first_text(chance, plain=self._page)
        self._texts = [self._text]
        self._edition = 1
        self._begun = self._at = START + timedelta(minutes=chance.randrange(100_000))

    def shows(self, text: Text | None = None, at: datetime | None = None) -> Written:
        """A fetch that shows the text, or another one."""
        edition = self._edition if self._page else None
        return show(self._chance, self._url, text or self._text, at or self._at, edition)

    def same(self) -> list[Written]:
        """As it was."""
        self._later()
        return [self.shows()]

    def retyped(self) -> list[Written]:
        """As it was, but for its typography."""
        self._later()
        return [self.shows(retyped(self._chance, self._text))]

    def noisy(self) -> list[Written]:
        """As it was, with something new around it."""
        self._edition += self._chance.choice((-1, 1))
        return self.same()

    def edited(self) -> list[Written]:
        """With a new text."""
        self._text = edited(self._chance, self._text, plain=self._page)
        self._texts.append(self._text)
        return self.same()

    def restored(self) -> list[Written]:
        """With a text that it had, mostly."""
        self._text = self._chance.choice(self._texts)
        return self.same()

    def suspected(self) -> list[Written]:
        """With most of its text gone, in every second case for one fetch only; its producer looks again."""
        before = self.same()
        self._later()
        first, *others = self._text.paragraphs
        if len(others) < FEW:
            return before
        gutted = replace(self._text, paragraphs=(first,))
        seen = self.shows(gutted)
        if self._chance.random() < 0.5:
            self._text = gutted
            self._texts.append(gutted)
        return [*before, *(with_header(record, "recheck", b"true") for record in (seen, *self.same()))]

    def gone(self) -> list[Written]:
        """Gone for some time, or until the next step, and mostly back."""
        answers = []
        for _ in range(self._chance.choice((1, 2, 3, 3, 4))):
            self._at += timedelta(hours=self._chance.choice((1, 13)))
            answers.append(answer(self._url, self._chance.choice((404, 404, 410)), self._at))
        return answers if self._chance.random() < 0.3 else [*answers, *self.same()]

    def failed(self) -> list[Written]:
        """An error of its server."""
        self._later()
        return [answer(self._url, self._chance.choice((500, 503, 301, 403)), self._at)]

    def empty(self) -> list[Written]:
        """Without a text."""
        self._later()
        return [written(self._url, self._at, orjson.dumps({"title": self._text.title, "paragraphs": []}))]

    def late(self) -> list[Written]:
        """As it was at some earlier time, with a text that was seen or one that was not, or gone."""
        at = self._begun + (self._at - self._begun) * self._chance.random() - timedelta(minutes=9)
        unseen = edited(self._chance, self._text, plain=self._page)
        shown = self.shows(self._chance.choice((unseen, *self._texts)), at)
        return [shown if self._chance.random() < 0.7 else answer(self._url, 404, at)]

    def misplaced(self) -> list[Written]:
        """As it was, in a record that does not stand in its place."""
        self._later()
        return [misplaced(self._chance, self.shows(), self._partitions)]

    def claiming(self) -> list[Written]:
        """The same, in a record that says that it was sent on already."""
        self._later()
        wrong = replace(self.shows(), key=None, partition=self._chance.randrange(self._partitions))
        return [with_header(wrong, "newsdiff-rekeyed", b"1")]

    def _later(self) -> None:
        self._at += timedelta(minutes=self._chance.choice((1, 10, 60, 600)))


STEPS = {
    Article.same: 30, Article.retyped: 5, Article.noisy: 5, Article.edited: 30, Article.restored: 8,
    Article.suspected: 5, Article.gone: 6, Article.failed: 4, Article.empty: 2, Article.late: 10, Article.misplaced: 3,
    Article.claiming: 1,
}  # fmt: skip
"""What happens to an article, and how often."""


def show(chance: random.Random, url: str, text: Text, at: datetime, edition: int | None) -> Written:
    """A fetch that shows a text, in one of the forms in which it may come: a page where there is an edition."""
    if edition is not None:
        paragraphs = "".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in text.paragraphs)
        title = html.escape(text.title, quote=False)
        head = f"<head><meta charset='utf-8'><title>{title}</title></head><!-- {chance.random()} -->"
        article = f"<article><h1>{title}</h1>{paragraphs}</article>"
        around = f"<footer>Edition {edition} of the Eastmere Echo</footer>"
        whole = f"<!doctype html><html lang='en'>{head}<body>{article}{around}</body></html>"
        return written(url, at, whole.encode(), "text/html; charset=utf-8")
    told = {"title": text.title, "byline": text.byline, "paragraphs": text.paragraphs}
    body = orjson.dumps(told)
    match chance.randrange(12):
        case 0:
            return structured(url, at, {"data": told})
        case 1:
            return structured(url, at, {"data_base64": base64.b64encode(body).decode()})
        case 2:
            return with_header(written(url, at, gzip.compress(body, mtime=0)), "content-encoding", b"gzip")
    return written(url, at, body)


def misplaced(chance: random.Random, record: Written, partitions: int) -> Written:
    """The record under another key, in another partition, or of a URL that is not canonical and is its own key."""
    assert record.key is not None
    right = place_of(record.key, partitions)
    match chance.randrange(4):
        case 0:
            return replace(record, key=None, partition=chance.randrange(partitions))
        case 1:
            return replace(record, key=b"article " + record.key)
        case 2 if dict(record.headers).get("ce_subject"):
            url = record.key.replace(b"https://eastmere", b"HTTP://EASTMERE") + b"?utm_source=mail#top"
            return replace(with_header(record, "ce_subject", url), key=url)
    return replace(record, partition=(right + 1) % partitions)
