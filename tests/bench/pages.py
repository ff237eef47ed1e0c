"""Articles for the benchmarks: pages of a given size that are read, and compress, as those of papers are."""

from __future__ import annotations

import functools
import itertools
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from schemas.fetch import write_fetch
from schemas.record import Headers

START = datetime(2026, 3, 1, tzinfo=UTC)
EDITION = b"@@@@@@@@@@@@"
"""What stands in a page for the words that make it this article's, in this version."""

POOL_BYTES = 5_000_000
"""Bytes of pages that differ: several times what a batch of Kafka's holds, or it would compress better than it does."""

Written = tuple[bytes, bytes | None, Headers]
"""Key, value and headers of a record."""


class Archive:
    """A paper's articles, each with the version that it shows now.

    An article changes in one number of its text, so that the page has to be read to see it.
    """

    def __init__(self, size: int, articles: int, paper: str = "eastmere-echo.test") -> None:
        self.articles = articles
        self.pool = pages(size)
        self._paper = paper
        self._versions: dict[int, int] = {}
        self._seconds = itertools.count()

    def everything(self) -> Iterator[Written]:
        """Each article once, as it is now."""
        return (self.fetch(number) for number in range(self.articles))

    def fetches(self, count: int, changed_every: int | None = None) -> Iterator[Written]:
        """Fetches of the articles in turn; every so many-th shows a new version of one."""
        for turn in range(1, count + 1):
            if changed_every and turn % changed_every == 0:
                # Counted by themselves: in turn, they might always be the same few.
                yield self.changed((turn // changed_every) % self.articles)
            else:
                yield self.fetch(turn % self.articles)

    def new(self, count: int) -> Iterator[Written]:
        """Fetches of articles that were not there before."""
        first, self.articles = self.articles, self.articles + count
        return (self.fetch(number) for number in range(first, first + count))

    def changed(self, number: int) -> Written:
        """A fetch of one article, with a new text."""
        self._versions[number] = self._versions.get(number, 0) + 1
        return self.fetch(number)

    def fetch(self, number: int) -> Written:
        """A fetch of one article, as it is now, later than all fetches before."""
        key = self.key(number)
        body = self.pool[number % len(self.pool)].replace(EDITION, self.edition(number))
        when = START + timedelta(seconds=next(self._seconds))
        headers, value = write_fetch(url=key.decode(), fetched_at=when, body=body)
        return key, value, headers

    def key(self, number: int) -> bytes:
        """The key of an article: its URL."""
        return f"https://{self._paper}/{number}".encode()

    def edition(self, number: int) -> bytes:
        """The words that make its page this article's, in its present version."""
        return f"{number:07d} {self._versions.get(number, 0):04d}".encode()

    def version(self, key: bytes) -> int:
        """The number of the version that an article shows now, from 1, as detect counts them."""
        return self._versions.get(int(key.rpartition(b"/")[2]), 0) + 1


@functools.cache
def pages(size: int) -> list[bytes]:
    """Pages that differ, each for many articles."""
    return [page(random.Random(number), size) for number in range(max(2, POOL_BYTES // size))]


def page(chance: random.Random, size: int) -> bytes:
    """A page of `size` bytes: an article of 500 words (1,000 in large ones), links, and the state of its scripts."""
    words = _words(chance)
    paragraphs = [_sentence(words, 50) for _ in range(10 if size < 50_000 else 20)]
    paragraphs.insert(1, f"By noon the count stood at {EDITION.decode()} boats, the harbour board said.")
    article = "".join(f'<p class="article__paragraph">{text}</p>\n' for text in paragraphs)
    links = _fill(
        size // 6, lambda: f'<li class="teaser"><a href="/{chance.getrandbits(40)}">{_sentence(words, 6)}</a>'
    )
    head = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{_sentence(words, 7)}</title></head>'
        f'<body><header><nav><ul class="menu">{links}</ul></nav></header>'
        f"<main><article><h1>{_sentence(words, 7)}</h1>\n{article}</article></main>"
    )
    state = _fill(
        size - len(head) - 60,
        lambda: (
            f'{{"module":"teaser","tracking":{{"id":"{chance.randbytes(10).hex()}","slot":{chance.randint(1, 99)}}}}},'
        ),
    )
    return f'{head}<script type="application/json">[{state}]</script></body></html>'.encode()


def _words(chance: random.Random) -> Callable[[int], list[str]]:
    """Words as frequent as words are, the n-th 1/n as often as the first."""
    syllables = [onset + vowel for onset in "bdfghklmnprstvw" for vowel in "aeiou"]
    vocabulary = ["".join(chance.choices(syllables, k=chance.randint(1, 3))) for _ in range(2000)]
    weights = list(itertools.accumulate(1 / rank for rank in range(1, 2001)))
    return lambda count: chance.choices(vocabulary, cum_weights=weights, k=count)


def _sentence(words: Callable[[int], list[str]], count: int) -> str:
    return " ".join(words(count)).capitalize() + "."


def _fill(size: int, part: Callable[[], str]) -> str:
    parts: list[str] = []
    while (room := size - sum(map(len, parts))) > 0:
        parts += [part() for _ in range(room // 200 + 1)]
    return "".join(parts)[: max(0, size)]
