"""The step detect: what each fetch makes of an article."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import orjson
import pytest
from detect_fetches import START, URL, Table, fetched, gone, page, partition_of, prose, told

from agents.detect.events import MAX_VERSION
from agents.detect.page import read_page
from agents.detect.reading import Reading
from agents.detect.step import Detect
from agents.detect.url import article_id
from agents.step import KEEP
from schemas import topics
from schemas.article import Article, Paragraph
from schemas.codec import decode
from schemas.errors import BadRecordError, Reason
from schemas.fetch import REKEYED, read_fetch
from schemas.record import Record
from schemas.version import Version, VersionRef

A, B, C = (page(*prose(number)) for number in (12, 13, 14))
TRACE = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_the_first_text_is_a_version_with_all_that_was_read() -> None:
    """The first version carries the article, where it comes from, and no change yet."""
    table = Table()
    record = dataclasses.replace(fetched(A, source=" Eastmere\nEcho "), offset=41)
    assert table.feed(record) == ["first"]
    (version,) = table.versions
    assert version.article == Article(
        id=article_id(URL), url=URL, source="Eastmere Echo", first_seen=START, last_changed=None, change_count=0
    )
    assert (version.kind, version.version, version.previous, version.restores_version) == ("first", 1, None, None)
    assert (version.title, version.fetched_at, version.language) == ("Storm over Eastmere", START, "en")
    assert version.paragraphs == tuple(Paragraph("text", text) for text in prose())
    meta = version.meta
    assert (meta.stream, meta.domain, meta.dt) == (topics.VERSION, "eastmere-echo.test", START)
    assert (meta.topic, meta.partition, meta.offset) == (topics.FETCH, partition_of(URL.encode()), 41)


def test_a_version_is_written_as_a_cloudevent_under_the_articles_key() -> None:
    """The record of a version has the key of the fetch and the headers of CloudEvents, and carries the trace on."""
    record = fetched(A)
    record = dataclasses.replace(record, headers=(*record.headers, ("traceparent", TRACE)))
    (output,) = Table().handle(record).outputs
    version = decode(output.value, Version, "here")
    assert (output.topic, output.key) == (topics.VERSION, URL.encode())
    assert dict(output.headers) == {
        "ce_specversion": b"1.0",
        "ce_id": version.meta.id.encode(),
        "ce_source": b"newsdiff",
        "ce_type": b"article.version.v1",
        "ce_subject": URL.encode(),
        "ce_time": b"2026-03-01T12:00:00Z",
        "content-type": b"application/json",
        "traceparent": TRACE,
    }


def test_without_a_name_the_paper_is_called_by_its_host() -> None:
    """The name of the paper is the fetch's, else the one given before, else the host."""
    table = Table()
    table.feed(fetched(A), fetched(B, 1, source="Echo"), fetched(C, 2))
    assert [version.article.source for version in table.versions] == ["eastmere-echo.test", "Echo", "Echo"]


def test_the_same_text_makes_nothing() -> None:
    """The same bytes and the same text in other bytes write nothing, not even the row."""
    table = Table()
    table.feed(fetched(A))
    noisy = A.replace(b"<article>", b"<!-- 8f3a --><article class='a91'>").replace(b"</p><p>", b"</p>\n\n <p>")
    for record in (fetched(A, 1), fetched(noisy, 2), fetched(A.replace(b"board's", "board\u2019s".encode()), 3)):
        result = table.handle(record)
        assert (result.outcome, result.outputs, result.row) == ("unchanged", (), KEEP)


def test_versions_are_numbered_and_chained() -> None:
    """A, B, A, B, a day apart: each return names the newest version that had the text, each version its predecessor."""
    table = Table()
    assert table.feed(*(fetched(body, 24 * day) for day, body in enumerate((A, B, A, B, C)))) == [
        "first", "edited", "restored", "restored", "edited",
    ]  # fmt: skip
    assert [version.version for version in table.versions] == [1, 2, 3, 4, 5]
    assert [version.restores_version for version in table.versions] == [None, None, 1, 2, None]
    assert [version.article.change_count for version in table.versions] == [0, 1, 2, 3, 4]
    assert [version.article.last_changed for version in table.versions[1:]] == [
        START + timedelta(days=day) for day in (1, 2, 3, 4)
    ]
    for before, after in zip(table.versions, table.versions[1:], strict=False):
        assert after.previous == VersionRef(before.version, before.hash)


def test_a_late_fetch_makes_no_version() -> None:
    """A text that was fetched before the newest version, or at the same time, is late, and told so."""
    table = Table()
    assert table.feed(fetched(A, 5), fetched(B, 4, offset=1), fetched(B, 5, offset=2)) == ["first", "late", "late"]
    assert [(outcome.kind, outcome.url) for outcome in table.outcomes] == [("late", URL)] * 2
    assert table.outcomes[0].meta.id != table.outcomes[1].meta.id


def test_a_repeated_fetch_is_unchanged_not_late() -> None:
    """The very fetch that made the newest version, seen again, is not worth an outcome."""
    table = Table()
    assert table.feed(fetched(A), fetched(B, 1), fetched(B, 1)) == ["first", "edited", "unchanged"]
    assert table.outcomes == []


def test_an_article_that_stays_gone_is_removed_once() -> None:
    """Three answers 404 or 410 over a day make one removal, with the last text's hash and title, and no paragraphs."""
    table = Table()
    table.feed(fetched(A))
    words = table.feed(gone(1), gone(13, 410), gone(24.9), gone(25), gone(26), gone(99))
    assert words == ["removal_pending"] * 3 + ["removed", "unchanged", "unchanged"]
    first, removed = table.versions
    assert (removed.kind, removed.version, removed.hash) == ("removed", 2, first.hash)
    assert (removed.title, removed.byline, removed.paragraphs) == (first.title, first.byline, ())
    assert removed.fetched_at == START + timedelta(hours=25)
    assert (removed.article.change_count, removed.article.last_changed) == (1, removed.fetched_at)
    assert removed.article.first_seen == START


def test_two_answers_are_no_removal_however_far_apart() -> None:
    """Less than three answers, or less than a day from first to last, remove nothing."""
    table = Table()
    assert table.feed(fetched(A), gone(1), gone(100)) == ["first", "removal_pending", "removal_pending"]
    table = Table()
    assert table.feed(fetched(A), *(gone(1 + hour) for hour in range(24)))[1:] == ["removal_pending"] * 24


def test_an_article_in_between_ends_the_count() -> None:
    """Whoever shows the article again, changed or not, starts the count anew."""
    for back in (A, B):
        table = Table()
        table.feed(fetched(A), gone(1), gone(13), fetched(back, 20))
        assert table.feed(gone(26), gone(27), gone(49)) == ["removal_pending"] * 3
        assert table.feed(gone(50)) == ["removed"]


def test_an_error_in_between_does_not_end_the_count() -> None:
    """An error page says nothing of whether the article is there."""
    table = Table()
    table.feed(fetched(A), gone(1), gone(13), fetched(b"", 14, status=503))
    assert table.feed(gone(26)) == ["removed"]


def test_a_late_answer_does_not_count() -> None:
    """An answer 404 from before the newest version or the one counted last is late."""
    table = Table()
    table.feed(fetched(A, 2))
    assert table.feed(gone(1), gone(2), gone(3), gone(3), gone(2.5)) == [
        "late", "late", "removal_pending", "late", "late",
    ]  # fmt: skip
    assert table.feed(gone(26.9), gone(27)) == ["removal_pending", "removed"]


def test_a_removed_article_returns() -> None:
    """Its text, the same or another, makes a version of kind `returned`, as it is read now."""
    for body, paragraphs in ((A, prose(12)), (B, prose(13))):
        table = Table()
        table.feed(fetched(A), gone(1), gone(13), gone(26))
        assert table.feed(fetched(body, 25), fetched(body, 30), fetched(body, 31)) == ["late", "returned", "unchanged"]
        version = table.versions[-1]
        assert (version.version, version.kind, version.previous) == (
            3, "returned", VersionRef(2, table.versions[0].hash),
        )  # fmt: skip
        assert tuple(paragraph.text for paragraph in version.paragraphs) == paragraphs


def test_a_removal_is_no_text_to_restore() -> None:
    """A text that was there before a removal and after it is restored from the later of its versions."""
    table = Table()
    table.feed(fetched(A), fetched(B, 1), gone(2), gone(3), gone(26), fetched(C, 30))
    assert table.feed(fetched(B, 31), fetched(A, 55)) == ["restored", "restored"]
    assert [version.restores_version for version in table.versions[-2:]] == [2, 1]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (fetched(A, status=503), "status 503"),
        (fetched(None, status=301), "status 301"),
        (gone(0), "status 404"),
        (fetched(b""), "empty"),
        (fetched(b" \r\n"), "empty"),
        (fetched(b"<!doctype html><html><body></body></html>"), "no article"),
        (fetched(b"<!doctype html><html><body><h1>Storm</h1></body></html>"), "no article"),
        (fetched(b"<!-- nothing -->"), "no article"),
        (fetched(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40), "no text"),
        (fetched(b'{"title": "x", "paragraphs": []}', content_type="application/json"), "no article"),
        (fetched(b'{"title": "x", "paragraphs": [" \\u200b"]}', content_type="application/json"), "no article"),
    ],
)
def test_what_is_no_article_makes_an_outcome(record: Record, reason: str) -> None:
    """Error pages, empty bodies and binary data are told with their reason and leave the article as it is."""
    table = Table()
    table.feed(fetched(A, -1) if reason != "status 404" else fetched(b"", -1))
    before = dict(table.rows)
    assert table.feed(record) == ["not_article"]
    assert reason in (table.outcomes[-1].reason or "")
    assert table.rows == before


@pytest.mark.parametrize("key", [None, b"", b"anything", b"\xff", URL.encode() + b"/"])
def test_a_record_under_another_key_is_sent_on(key: bytes | None) -> None:
    """It goes to its right key with the same value and headers and a marker, and is taken when it comes back."""
    table = Table()
    record = dataclasses.replace(fetched(A, url="HTTP://eastmere-echo.test/storm?utm_source=x#top"), key=key)
    result = table.handle(record)
    assert result.outcome == "rekeyed"
    assert result.row is KEEP
    again = next(output for output in result.outputs if output.topic == topics.FETCH)
    assert (again.key, again.value) == (URL.encode(), record.value)
    assert again.headers == (*record.headers, (REKEYED, b"1"))
    assert [outcome.kind for outcome in table.outcomes] == ["rekeyed"]
    back = Record(topics.FETCH, partition_of(URL.encode()), 99, record.timestamp, again.key, again.value, again.headers)
    assert table.feed(back) == ["first"]


def test_a_record_in_another_partition_is_sent_on() -> None:
    """A producer with another partitioner is put right too."""
    record = fetched(A)
    assert Table().feed(dataclasses.replace(record, partition=record.partition + 1)) == ["rekeyed"]


@pytest.mark.parametrize(("key", "partition"), [(b"x", 0), (URL.encode(), partition_of(URL.encode()) + 1)])
def test_a_record_is_never_sent_on_twice(key: bytes, partition: int) -> None:
    """One that carries the marker and is still out of place is a bad record."""
    record = fetched(A)
    headers = (*record.headers, (REKEYED, b"1"))
    marked = dataclasses.replace(record, key=key, partition=partition, headers=headers)
    with pytest.raises(BadRecordError, match="sent on before") as raised:
        Table().feed(marked)
    assert raised.value.reason == Reason.BAD_FIELD


@pytest.mark.parametrize(
    ("reason", "record"),
    [
        (Reason.BAD_URL, fetched(A, url="file:///etc/passwd")),
        (Reason.TOO_COMPLEX, fetched(b"<div>" * 100_000)),
        (Reason.TOO_LARGE, told("\\" * (MAX_VERSION // 2))),
        (Reason.BAD_TIME, dataclasses.replace(fetched(A), timestamp=START - timedelta(days=1))),
    ],
)
def test_a_bad_record_is_told_with_its_place(reason: Reason, record: Record) -> None:
    """Whatever part of the step finds the fault, the message begins with where the record stands."""
    with pytest.raises(BadRecordError, match=r"^article\.fetch\.v1\[\d\]@0: ") as raised:
        Table().feed(record)
    assert raised.value.reason == reason


def test_the_memory_changes_no_result() -> None:
    """With and without remembered bodies the same records come out: also for a body that is late, or back."""
    bodies = [A, A, B, A, A, B, b"", A, A]
    hours = [0, 1, 2, 3, 4, 1, 5, 6, 2]
    records = [fetched(body, hour, offset=n) for n, (body, hour) in enumerate(zip(bodies, hours, strict=True))]
    records.insert(5, fetched(A.replace(b"utf-8", b""), 4.5, content_type="text/html; charset=koi8-r"))
    plain, remembering = Table(Detect(partition_of, read_page, 0)), Table(Detect(partition_of, read_page, 2))
    assert [plain.handle(record) for record in records] == [remembering.handle(record) for record in records]


def test_a_remembered_body_is_not_read_again() -> None:
    """The same bytes are not given to the extractor twice, other bytes are."""
    read: list[bytes] = []

    def counting(body: bytes, charset: str | None, known: str | None, host: str) -> Reading:
        read.append(body)
        return read_page(body, charset, known, host)

    Table(Detect(partition_of, counting)).feed(fetched(A), fetched(A, 1), fetched(A, 2), fetched(B, 3))
    assert read == [A, B]


def test_a_corrupt_row_is_not_taken_for_a_new_article() -> None:
    """A row that cannot be read stops the step on that record: history is never begun anew."""
    record = fetched(A)
    for row in (b"", b"{}", b"[1]", b'{"version": "x"}'):
        with pytest.raises(ValueError):  # noqa: PT011 - of orjson or msgspec
            Detect(partition_of, read_page)(record, row)


def test_the_text_of_the_producer_is_taken_as_it_is() -> None:
    """An article without HTML makes versions like any other, and says that no extractor read it."""
    table = Table()
    assert table.feed(told("One."), told("One. ", 1), told("Two.", 2)) == ["first", "unchanged", "edited"]
    assert [version.extractor for version in table.versions] == ["producer", "producer"]


def test_the_same_records_give_the_same_bytes() -> None:
    """Nothing but the records decides: another instance writes the same, byte for byte."""
    records = [fetched(A), fetched(B, 1), gone(2), gone(3), gone(30), fetched(A, 31), fetched(C, 5)]
    one, other = Table(), Table()
    assert [one.handle(record) for record in records] == [other.handle(record) for record in records]
    assert orjson.loads(one.rows[URL.encode()] or b"") == orjson.loads(other.rows[URL.encode()] or b"")


def test_read_fetch_and_detect_agree_on_the_time() -> None:
    """The version's time is the fetch's, to the microsecond."""
    record = fetched(A, 1 / 3600 / 1000)
    table = Table()
    table.feed(record)
    assert table.versions[0].fetched_at == read_fetch(record).fetched_at == START + timedelta(milliseconds=1)


def other_extractor(body: bytes, charset: str | None, known: str | None, host: str) -> Reading:
    """An extractor that also reads a line that stands beside the article."""
    reading = read_page(body, charset, known, host)
    if not reading.paragraphs:
        return reading
    return dataclasses.replace(
        reading, paragraphs=(*reading.paragraphs, Paragraph("text", "See our archive.")), extractor="other/2"
    )


def upgraded(*before: Record, kept: bool = True) -> Table:
    """A table that has seen these fetches, and has another extractor now; `kept`: whether they can be had again."""
    table = Table()
    table.feed(*before)
    fetches = {record.offset: record for record in before} if kept else {}
    table.detect = Detect(partition_of, other_extractor, fetch_at=lambda _, offset: fetches.get(offset))
    return table


def test_another_extractor_makes_no_change() -> None:
    """On the next fetch that looks different the old body is read anew and becomes the base, without a change event."""
    table = upgraded(fetched(A, offset=7))
    assert table.feed(fetched(A, 1, offset=8)) == ["unchanged"]
    noisy = A.replace(b"<nav>", b"<nav><a href='/n'>Other news</a>")
    assert table.feed(fetched(noisy, 2, offset=9), fetched(noisy, 3, offset=10)) == ["noise", "unchanged"]
    first, reread = table.versions
    assert (reread.kind, reread.version, reread.previous) == ("reread", 2, VersionRef(1, first.hash))
    assert (reread.fetched_at, reread.meta.offset, reread.extractor) == (first.fetched_at, 7, "other/2")
    assert (reread.article.change_count, reread.article.last_changed) == (0, None)
    assert [paragraph.text for paragraph in reread.paragraphs] == [*prose(12), "See our archive."]


def test_an_edit_after_another_extractor_is_only_the_edit() -> None:
    """The version follows the new base, so that nothing but the edit stands between them."""
    table = upgraded(fetched(A, offset=7))
    assert table.feed(fetched(B, 1, offset=8)) == ["edited"]
    _, reread, edited = table.versions
    assert (reread.kind, edited.kind, edited.previous) == ("reread", "edited", VersionRef(2, reread.hash))
    assert [p for p, q in zip(reread.paragraphs, edited.paragraphs, strict=True) if p != q] == [reread.paragraphs[0]]


def test_where_the_old_body_is_gone_the_new_reading_is_the_base() -> None:
    """An edit that came with the upgrade cannot be told from it, and is not told as one."""
    table = upgraded(fetched(A, offset=7), kept=False)
    assert table.feed(fetched(B, 1, offset=8), fetched(C, 2, offset=9)) == ["unchanged", "edited"]
    assert [(version.kind, version.meta.offset) for version in table.versions] == [
        ("first", 7), ("reread", 8), ("edited", 9),
    ]  # fmt: skip


def test_an_extractor_that_reads_the_same_is_not_told() -> None:
    """An upgrade that changes nothing in an article makes no version of it."""
    table = Table()
    table.feed(fetched(A, offset=7))
    renamed = Detect(
        partition_of,
        lambda *asked: dataclasses.replace(read_page(*asked), extractor="other/3"),
        fetch_at=lambda *_: fetched(A, offset=7),
    )
    table.detect = renamed
    assert table.feed(fetched(B, 1, offset=8)) == ["edited"]
    assert [version.version for version in table.versions] == [1, 2]


def test_what_a_producer_extracted_is_never_read_anew() -> None:
    """A producer that begins to send pages makes an ordinary version."""
    table = Table()
    assert table.feed(told("One."), fetched(A, 1)) == ["first", "edited"]
