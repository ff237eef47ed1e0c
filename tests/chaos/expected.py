"""What must be there: the fetch topic folded, record by record, by the rules of the design and by nothing else."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import xxhash

from schemas import topics
from schemas.record import Headers, Record

from .fetch_rules import SENT_ON, BadFetchError, Fetch, Text, read
from .records import place_of

Cause = tuple[str, int, int]
"""Topic, partition and offset of the record that causes another."""

REMEMBERED = 65
"""The texts by which a return is seen: the newest, and 64 before it."""

GONE_TIMES, GONE_FOR = 3, timedelta(hours=24)

GUTTED, ENOUGH = 3, 50
"""A text is suspicious that has less than a third of the words, where there were some. (The load knows no other.)"""

FLAPPING = timedelta(hours=24)
"""Within it the second return of a text is another server's; a text that stands for it settles that."""

LETTER_LIMIT = 13 * 1024 * 1024
"""A dead letter larger than this goes without its value."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an article. `text`: what it says, or said before it was removed."""

    key: bytes
    number: int
    kind: str
    at: datetime
    text: Text
    restores: int | None


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter: its reason, and the record as it was, its value by its hash."""

    key: bytes | None
    reason: str
    record: tuple[object, ...]


@dataclass(slots=True)
class Article:
    """An article while the topic is folded.

    `gone`: times of the answers 404 that count; `gone_until`: of the newest fetch that was counted, or ended the count.
    `visible`: what was visible of the page when that was last noticed. `restored_at`: of the newest version that
    restored a text. `turns`: while two texts take turns, the one that is not the newest version's, the one that was
    seen last, and since when. `candidate`: a suspicious text that was seen once, and when. `judged_at`: of the newest
    fetch that changed any of these without a version.
    """

    versions: list[tuple[Cause, Version]] = field(default_factory=list)
    texts: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    gone: list[datetime] = field(default_factory=list)
    gone_until: datetime | None = None
    visible: str | None = None
    restored_at: datetime | None = None
    turns: tuple[tuple[str, ...], tuple[str, ...], datetime] | None = None
    candidate: tuple[tuple[str, ...], datetime] | None = None
    judged_at: datetime | None = None

    @property
    def newest(self) -> Version:
        """The newest version."""
        return self.versions[-1][1]

    @property
    def removed(self) -> bool:
        """Whether the newest version is a removal."""
        return self.newest.kind == "removed"


class Expected:
    """Everything that has to come of the fetch topic, as far as it was taken.

    `outcomes`, `letters`: by their cause. `copies`: the records that are sent on to their right place, with how many
    there are of each. `handled`: how many fetches ended how. `last_offset`: of each partition, -1 where it has none.
    """

    def __init__(self, partitions: int, fetches: Iterable[Record] = ()) -> None:
        self.partitions = partitions
        self.articles: dict[bytes, Article] = {}
        self.outcomes: dict[Cause, tuple[bytes, str]] = {}
        self.letters: dict[Cause, Letter] = {}
        self.copies: Counter[tuple[object, ...]] = Counter()
        self.copies_found: Counter[tuple[object, ...]] = Counter()
        self.handled: Counter[str] = Counter()
        self.last_offset: dict[int, int] = defaultdict(lambda: -1)
        for record in fetches:
            self.take(record)

    def take(self, record: Record) -> None:
        """Fold one record more: those of a partition come in their order."""
        self.last_offset[record.partition] = record.offset
        cause = (topics.FETCH, record.partition, record.offset)
        try:
            word = self._handle(record, cause, read(record))
        except BadFetchError as error:
            word = f"dead: {error}"
            whole = len(record.value or b"") < LETTER_LIMIT
            self.letters[cause] = Letter(record.key, str(error), signature(record, whole=whole))
        self.handled[word] += 1

    def _handle(self, record: Record, cause: Cause, fetch: Fetch) -> str:
        key = fetch.url.encode()
        if record.key != key or record.partition != place_of(key, self.partitions):
            if fetch.sent_on:
                raise BadFetchError("bad_field")
            self.copies[(key, *signature(record)[1:], SENT_ON)] += 1
            return self._outcome(cause, key, "rekeyed")
        if fetch.sent_on:
            copied = Record("", 0, 0, record.timestamp, key, record.value, record.headers[:-1])
            self.copies_found[(*signature(copied), record.headers[-1][0])] += 1
        article = self.articles.get(key)
        if fetch.status in (404, 410):
            word = self._gone(article, key, cause, fetch)
        elif fetch.text is None:
            word = "not_article"
        else:
            word = self._text(article, key, cause, fetch, fetch.text)
        if word in ("late", "not_article", "removal_pending", "noise", "flapping", "candidate"):
            self._outcome(cause, key, word)
        return word

    def _outcome(self, cause: Cause, key: bytes, kind: str) -> str:
        self.outcomes[cause] = (key, kind)
        return kind

    def _text(self, article: Article | None, key: bytes, cause: Cause, fetch: Fetch, text: Text) -> str:
        if article is None:
            article = self.articles[key] = Article()
            return _add(article, cause, Version(key, 1, "first", fetch.at, text, None), fetch.visible)
        newest, known = article.newest, [number for number, folded in article.texts if folded == text.folded]
        if fetch.at <= newest.at:
            return "unchanged" if known and not article.removed else "late"
        kind = "returned" if article.removed else "restored" if known else "edited"
        if kind == "restored" and (word := _known(article, fetch, text)):
            return word
        at = fetch.at
        if kind == "edited" and fetch.recheck and _is_gutted(newest.text, text):
            if article.candidate is None or article.candidate[0] != text.folded:
                return _wait(article, at, text)
            if at <= article.candidate[1]:
                return "unchanged"
            at = article.candidate[1]
        restores = known[-1] if kind == "restored" else None
        version = Version(key, newest.number + 1, kind, at, text, restores)
        return _add(article, cause, version, fetch.visible)

    def _gone(self, article: Article | None, key: bytes, cause: Cause, fetch: Fetch) -> str:
        if article is None:
            return "not_article"
        if article.removed:
            return "unchanged"
        if fetch.at <= article.newest.at or (article.gone_until is not None and fetch.at <= article.gone_until):
            return "late"
        gone = [*article.gone, fetch.at]
        if len(gone) >= GONE_TIMES and fetch.at - gone[0] >= GONE_FOR:
            newest = article.newest
            version = Version(key, newest.number + 1, "removed", fetch.at, newest.text, None)
            return _add(article, cause, version, article.visible)
        article.gone, article.gone_until = gone, fetch.at
        return "removal_pending"


def _is_gutted(old: Text, new: Text) -> bool:
    return old.words >= ENOUGH and GUTTED * new.words < old.words


def _wait(article: Article, at: datetime, text: Text) -> str:
    """Wait for a second fetch of a suspicious text."""
    if article.judged_at is not None and at <= article.judged_at:
        return "late"
    _end_count(article, at)
    article.candidate, article.judged_at = (text.folded, at), at
    return "candidate"


def _known(article: Article, fetch: Fetch, text: Text) -> str | None:
    """What a text that was there before means; None: it is restored."""
    at, newest = fetch.at, article.texts[-1][1]
    if article.judged_at is not None and at <= article.judged_at:
        return "unchanged"
    if article.turns and text.folded in (newest, article.turns[0]):
        return _turn(article, at, text, article.turns)
    if text.folded == newest:
        _end_count(article, at)
        if article.candidate is not None:
            article.candidate, article.judged_at = None, at
        if fetch.visible in (None, article.visible):
            return "unchanged"
        article.visible, article.judged_at = fetch.visible, at
        return "noise"
    if article.restored_at is not None and at - article.restored_at < FLAPPING:
        return _take_turns(article, at, text.folded, shown=text.folded)
    return None


def _turn(
    article: Article, at: datetime, text: Text, turns: tuple[tuple[str, ...], tuple[str, ...], datetime]
) -> str | None:
    other, shown, since = turns
    if text.folded != shown:
        return _take_turns(article, at, other, shown=text.folded)
    if at - since >= FLAPPING:
        if text.folded == other:
            return None
        article.turns, article.judged_at = None, at
    _end_count(article, at)
    return "unchanged"


def _take_turns(article: Article, at: datetime, other: tuple[str, ...], *, shown: tuple[str, ...]) -> str:
    _end_count(article, at)
    article.turns, article.judged_at, article.candidate = (other, shown, at), at, None
    return "flapping"


def _end_count(article: Article, at: datetime) -> None:
    if article.gone and article.gone_until is not None and at > article.gone_until:
        article.gone, article.gone_until = [], at


def _add(article: Article, cause: Cause, version: Version, visible: str | None) -> str:
    article.versions.append((cause, version))
    article.gone, article.turns, article.candidate = [], None, None
    if version.kind == "restored":
        article.restored_at = version.at
    if version.kind != "removed":
        article.visible = visible
        article.texts = [*article.texts, (version.number, version.text.folded)][-REMEMBERED:]
    return version.kind


def signature(record: Record, *, whole: bool = True, headers: Headers | None = None) -> tuple[object, ...]:
    """Key, value (by its hash) and headers of a record: what must reach another topic untouched."""
    value = None if record.value is None or not whole else xxhash.xxh3_128_hexdigest(record.value)
    return (record.key, value, tuple(record.headers if headers is None else headers))
