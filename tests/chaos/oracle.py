"""The oracle: whether what came out is what the fetch topic, folded by itself, says must have come out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import xxhash

from schemas import topics
from schemas.record import Record

from .expected import Article, Cause, Expected, Letter, Version
from .fetch_rules import Text
from .findings import Finding, Found, differs, pair
from .records import place_of

Events = Mapping[str, Sequence[Record]]
"""The committed records of the version, change and outcome topics, each partition in order."""


def judge(expected: Expected, events: Events, letters: Iterable[Found]) -> Iterator[Finding]:
    """Everything that is wrong with what came out. `letters`: the dead letters, each partition in order."""
    yield from _copies(expected)
    hashes = _Hashes()
    yield from _versions(expected, events[topics.VERSION], hashes)
    yield from _changes(expected, events[topics.CHANGE], hashes)
    outcomes = map(Found.of_event, events[topics.OUTCOME])
    yield from pair(expected.outcomes, outcomes, lambda wanted, found: _outcome(expected, wanted, found))
    yield from pair(expected.letters, letters, _letter)
    for topic in (topics.VERSION, topics.CHANGE, topics.OUTCOME):
        yield from _ids(events[topic])


def _copies(expected: Expected) -> Iterator[Finding]:
    for copy, times in (expected.copies - expected.copies_found).items():
        yield Finding("lost", f"{times} of {expected.copies[copy]} were not sent on to {copy[0]!r}")
    for copy, times in (expected.copies_found - expected.copies).items():
        yield Finding("repeated", f"{times} more than {expected.copies[copy]} were sent on to {copy[0]!r}")


def _versions(expected: Expected, records: Iterable[Record], hashes: _Hashes) -> Iterator[Finding]:
    by_cause: dict[Cause, tuple[Article, Version]] = {
        cause: (article, version) for article in expected.articles.values() for cause, version in article.versions
    }

    def faults(wanted: tuple[Article, Version], found: Found) -> Iterator[str]:
        article, version = wanted
        event: Any = found.event
        before = article.versions[version.number - 2][1] if version.number > 1 else None
        text = replace(version.text, paragraphs=()) if version.kind == "removed" else version.text
        yield from _article(expected, version, found)
        yield from differs("kind", version.kind, event["kind"])
        yield from differs("version", version.number, event["version"])
        yield from differs("restores_version", version.restores, event["restores_version"])
        yield from differs("fetched_at", version.at, datetime.fromisoformat(event["fetched_at"]))
        yield from differs("text", text, _text(event))
        yield from hashes.faults(version.key, version.text, event["hash"])
        previous = before and {"version": before.number, "hash": hashes.of(version.key, before.text)}
        yield from differs("previous", previous, event["previous"])

    yield from pair(by_cause, map(Found.of_event, records), faults)


def _changes(expected: Expected, records: Iterable[Record], hashes: _Hashes) -> Iterator[Finding]:
    by_cause: dict[Cause, tuple[Version, Version]] = {
        cause: (before, version)
        for article in expected.articles.values()
        for (_, before), (cause, version) in zip(article.versions, article.versions[1:], strict=False)
    }

    def faults(wanted: tuple[Version, Version], found: Found) -> Iterator[str]:
        before, version = wanted
        event: Any = found.event
        prior, current = event["prior"], event["current"]
        yield from _article(expected, version, found)
        yield from differs("kind", version.kind, event["kind"])
        yield from differs("prior.version", before.number, prior["version"])
        yield from hashes.faults(version.key, before.text, prior["hash"])
        if version.kind == "removed" or current is None:
            yield from differs("whether it has a current side", version.kind != "removed", current is not None)
            yield from differs("whether its diff has rows", version.kind != "removed", bool(event["diff"]["rows"]))
            return
        yield from differs("current.version", version.number, current["version"])
        yield from hashes.faults(version.key, version.text, current["hash"])
        try:
            old, new = rebuilt(event["diff"])
        except ValueError as error:
            yield f"the diff is not whole: {error}"
            return
        yield from differs("what the diff makes the old text", before.text, old)
        yield from differs("what the diff makes the new text", version.text, new)

    yield from pair(by_cause, map(Found.of_event, records), faults)


def rebuilt(diff: Mapping[str, Any]) -> tuple[Text, Text]:
    """Both texts that a diff holds: `=` and `-` spans make the old one, `=` and `+` the new one.

    Raises:
        ValueError: the rows don't name each paragraph once, or have not as many as they name.
    """
    sides = []
    for numbers, ops in (("old", "=-"), ("new", "=+")):
        paragraphs: dict[int, str] = {}
        for row in diff["rows"]:
            text = _side(row["spans"], ops)
            parts = text.split("\n") if len(row[numbers]) > 1 else [text] if row[numbers] else []
            paragraphs.update(zip(row[numbers], parts, strict=True))
            if text and not row[numbers]:
                raise ValueError(f"a row without {numbers} paragraphs has text for them")
        if sorted(paragraphs) != list(range(sum(len(row[numbers]) for row in diff["rows"]))):
            raise ValueError(f"the {numbers} paragraphs are {sorted(paragraphs)}")
        whole = tuple(paragraphs[number] for number in sorted(paragraphs))
        sides.append(Text(_side(diff["title"], ops), _side(diff["byline"], ops), whole))
    return sides[0], sides[1]


def _side(spans: Iterable[Sequence[str]], ops: str) -> str:
    return "".join(text for op, text in spans if op in ops)


def _text(event: Mapping[str, Any]) -> Text:
    return Text(event["title"], event["byline"] or "", tuple(paragraph["text"] for paragraph in event["paragraphs"]))


def _article(expected: Expected, version: Version, found: Found) -> Iterator[str]:
    article: Any = found.event["article"]
    first = expected.articles[version.key].versions[0][1]
    yield from _keyed(expected, version.key, found)
    yield from differs("article.url", version.key.decode(), article["url"])
    yield from differs("article.id", xxhash.xxh3_128_hexdigest(version.key), article["id"])
    yield from differs("article.change_count", version.number - 1, article["change_count"])
    yield from differs("article.first_seen", first.at, datetime.fromisoformat(article["first_seen"]))


def _outcome(expected: Expected, wanted: tuple[bytes, str], found: Found) -> Iterator[str]:
    key, kind = wanted
    yield from _keyed(expected, key, found)
    yield from differs("kind", kind, found.event["kind"])
    yield from differs("url", key.decode(), found.event["url"])


def _keyed(expected: Expected, key: bytes, found: Found) -> Iterator[str]:
    yield from differs("key", key, found.record.key)
    yield from differs("partition", place_of(key, expected.partitions), found.record.partition)


def _letter(wanted: Letter, found: Found) -> Iterator[str]:
    yield from differs("reason", wanted.reason, found.event["dead_letter_reason"])
    yield from differs("step", "detect", found.event["dead_letter_step"])
    yield from differs("attempts", "1", found.event["dead_letter_attempts"])
    yield from differs("the record in it", wanted.record, found.event["record"])


def _ids(records: Iterable[Record]) -> Iterator[Finding]:
    """Events that a consumer would take for one: it knows them by their id."""
    seen: dict[object, Found] = {}
    for record in records:
        found = Found.of_event(record)
        meta: Any = found.event["meta"]
        earlier = seen.setdefault(meta["id"], found)
        if earlier.cause != found.cause:
            yield Finding("repeated", f"{record.place} has the id of {earlier.record.place}, but another cause")


class _Hashes:
    """The hash of each text of each article, as the first event of either topic has it: one text, one hash."""

    def __init__(self) -> None:
        self._hashes: dict[bytes, dict[tuple[str, ...], str]] = defaultdict(dict)

    def of(self, key: bytes, text: Text) -> str | None:
        """The hash of a text, None where no event told it."""
        return self._hashes[key].get(text.folded)

    def faults(self, key: bytes, text: Text, told: str) -> Iterator[str]:
        """A sentence where the text had another hash before, or another text this one."""
        known = self._hashes[key]
        yield from differs("hash", known.setdefault(text.folded, told), told)
        if sum(hash_ == told for hash_ in known.values()) > 1:
            yield f"the hash {told} belongs to two texts"
