"""Fetches go in and changes come out, on the real Kafka, through a worker that runs as in production."""

from __future__ import annotations

import orjson
import pytest
from service import START, Client, fetched, page, paragraphs

from schemas import topics
from schemas.dead_letter import read_dead_letter
from schemas.record import Headers

pytestmark = pytest.mark.broker


def test_an_edit_becomes_one_change(client: Client) -> None:
    """Two fetches with different text give one version each and one change between them."""
    url = client.url()
    old, new = page("Storm at Eastmere", *paragraphs("12")), page("Storm at Eastmere", *paragraphs("13"))
    client.write([fetched(url, old), fetched(url, new, minutes=300)])
    client.settle()
    first, second = client.versions(url)
    (change,) = client.changes(url)
    assert (first.kind, first.version, second.kind, second.version) == ("first", 1, "edited", 2)
    assert second.previous is not None
    assert second.previous.hash == first.hash
    assert (change.kind, change.prior.version, change.interval.words) == ("edited", 1, "about 5 hours later")
    edited = [row for row in change.diff.rows if row.kind != "equal"]
    assert [span for row in edited for span in row.spans if span[0] != "="] == [("-", "12"), ("+", "13")]


def test_noise_and_repeats_make_nothing(client: Client) -> None:
    """The same page again, the same text in other markup, and an older fetch make no version and no change."""
    url = client.url()
    text = page("Storm", *paragraphs("12"))
    noisy = text.replace(b"<article>", b"<!-- 8f3a --><article class='a91'>").replace(b"</p><p>", b"</p>\n\n<p>")
    client.write(
        [
            fetched(url, text, minutes=10),
            fetched(url, text, minutes=20),
            fetched(url, noisy, minutes=30),
            fetched(url, text, minutes=10),
            fetched(url, page("Storm", *paragraphs("11")), minutes=5),
        ]
    )
    client.settle()
    assert [version.kind for version in client.versions(url)] == ["first"]
    assert client.changes(url) == []
    assert [outcome.kind for outcome in client.outcomes(url)] == ["late"]


def test_a_return_to_an_earlier_text_is_a_restoration(client: Client) -> None:
    """A, B, A gives versions 1, 2 and 3, the last of which names the first."""
    url = client.url()
    a, b = page("Storm", *paragraphs("12")), page("Storm", *paragraphs("13"))
    client.write([fetched(url, body, minutes=minute) for minute, body in enumerate((a, b, a))])
    client.settle()
    assert [(v.kind, v.version, v.restores_version) for v in client.versions(url)] == [
        ("first", 1, None),
        ("edited", 2, None),
        ("restored", 3, 1),
    ]
    assert [change.kind for change in client.changes(url)] == ["edited", "restored"]


def test_removal_and_return(client: Client) -> None:
    """A page that is gone for over a day, seen three times, is removed; when it is back, it has returned."""
    url = client.url()
    text = page("Storm", *paragraphs("12"))
    gone = [fetched(url, b"gone", minutes=60 * hour, status=404) for hour in (1, 13, 26, 27)]
    client.write([fetched(url, text), *gone, fetched(url, text, minutes=60 * 30)])
    client.settle()
    assert [version.kind for version in client.versions(url)] == ["first", "removed", "returned"]
    removed, returned = client.changes(url)
    assert (removed.kind, removed.current, removed.article.change_count) == ("removed", None, 1)
    assert (returned.kind, returned.stats.added, returned.article.change_count) == ("returned", 0, 2)


def test_error_pages_are_no_articles(client: Client) -> None:
    """An error page, an empty body and a page without text make an outcome and leave the article as it is."""
    url = client.url()
    client.write(
        [
            fetched(url, page("Storm", *paragraphs("12"))),
            fetched(url, b"oops", minutes=1, status=503),
            fetched(url, b"", minutes=2),
            fetched(url, b"<html><body></body></html>", minutes=3),
        ]
    )
    client.settle()
    assert [version.kind for version in client.versions(url)] == ["first"]
    assert [outcome.kind for outcome in client.outcomes(url)] == ["not_article"] * 3


@pytest.mark.parametrize("key", [None, b"", b"anything", b"\xff\xfe"])
def test_a_fetch_under_another_key_is_sent_on(client: Client, key: bytes | None) -> None:
    """A record whose key is not the canonical URL comes out under it, once, and once only."""
    url = client.url()
    _, value, headers = fetched(url.replace("https:", "HTTP:") + "?utm_source=x#top", page("Storm", *paragraphs("12")))
    client.write([(key, value, headers)])
    client.settle()
    assert [version.kind for version in client.versions(url)] == ["first"]
    assert [outcome.kind for outcome in client.outcomes(url)] == ["rekeyed"]


def test_structured_and_extracted_fetches_are_read(client: Client) -> None:
    """A structured CloudEvent and an article without HTML take the same way as a page."""
    url = client.url()
    article = {"title": "Storm", "byline": "Ada Quill", "paragraphs": list(paragraphs("12"))}
    event = {
        "specversion": "1.0",
        "id": "1",
        "source": "crawler",
        "type": "article.fetch.v1",
        "subject": url,
        "time": "2026-03-01T12:05:00Z",
        "datacontenttype": "application/json",
        "data": article | {"paragraphs": list(paragraphs("13"))},
    }
    structured: Headers = (("content-type", b"application/cloudevents+json"),)
    client.write(
        [
            fetched(url, orjson.dumps(article), content_type="application/json"),
            (url.encode(), orjson.dumps(event), structured),
        ]
    )
    client.settle()
    (change,) = client.changes(url)
    assert (change.prior.byline, change.stats.added, change.stats.removed) == ("Ada Quill", 1, 1)


def test_events_say_where_they_come_from(client: Client) -> None:
    """A change names the fetch that caused it, and carries its trace on, so that both can be found again."""
    url = client.url()
    trace = ("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    key, value, headers = fetched(url, page("Storm", *paragraphs("13")), minutes=1)
    client.write([fetched(url, page("Storm", *paragraphs("12"))), (key, value, (*headers, trace))])
    client.settle()
    (change,) = client.changes(url)
    (record,) = (r for r in client.read(topics.CHANGE) if r.key == url.encode())
    fetch = next(
        r for r in client.read(topics.FETCH) if (r.partition, r.offset) == (change.meta.partition, change.meta.offset)
    )
    assert fetch.value == value
    assert record.header("traceparent") == trace[1].decode()
    assert record.header("ce_id") == change.meta.id
    assert change.article.first_seen == START


def test_a_version_that_does_not_follow_is_a_dead_letter(client: Client) -> None:
    """What others write to the version topic cannot make a change out of nothing."""
    url = client.url()
    client.write([fetched(url, page("Storm", *paragraphs("12")))])
    client.settle()
    (record,) = (r for r in client.read(topics.VERSION) if r.key == url.encode())
    forged = orjson.loads(record.value or b"")
    forged |= {"version": 9, "kind": "edited", "previous": {"version": 8, "hash": "0" * 32}}
    client.write([(record.key, orjson.dumps(forged), record.headers)], topic=topics.VERSION)
    client.settle()
    letters = [read_dead_letter(r) for r in client.read(topics.DEAD_LETTER) if r.key == url.encode()]
    assert [(letter.step, letter.reason) for letter in letters] == [("diff", "broken_chain")]
    assert client.changes(url) == []
