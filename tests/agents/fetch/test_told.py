"""Of an answer, the check and, of an article, the fetch are written, under the article's own address."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agents.discover.document import Document
from agents.fetch.answer import Answer, Failure
from agents.fetch.told import MAX_LINK_CHARS, Asked, put_off, told
from schemas import topics
from schemas.check import Check
from schemas.codec import decode
from schemas.errors import BadRecordError, Reason
from schemas.fetch_request import FetchRequest
from schemas.record import Output
from streams.topics import MIB

URL = "https://eastmere-echo.test/2026/03/storm"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ASKED = Asked(
    request=FetchRequest(key=URL, url=f"{URL}?utm_source=x", kind="article", due_at=NOON, worth=0.1),
    at=NOON.timestamp(),
    threshold=0.02,
)


def answer(status: int | None = 200, body: str = "<p>It.</p>", **fields: object) -> Answer:
    """An answer of the article's URL."""
    url = str(fields.pop("final_url", ASKED.request.url))
    return Answer(url=url, final_url=url, seconds=0.1, status=status, body=body.encode(), **fields)  # type: ignore[arg-type]


def check_in(outputs: tuple[Output, ...]) -> Check:
    """The check among some records."""
    (check,) = (decode(each.value, Check, "it") for each in outputs if each.topic == topics.CHECK)
    return check


def test_an_article_is_written_as_a_fetch() -> None:
    """Its body as it came, under its canonical URL, and a check beside it."""
    fetch, _ = outputs = told(ASKED, answer())
    assert (fetch.topic, fetch.key, fetch.value) == (topics.FETCH, URL.encode(), b"<p>It.</p>")
    assert (check_in(outputs).outcome, check_in(outputs).article) == ("fetched", URL)


def test_a_page_that_cannot_be_read_has_failed() -> None:
    """It is told why, and asked for again later."""

    def read(*_: object, **__: object) -> Document:
        raise BadRecordError(Reason.TOO_COMPLEX, "the page takes longer than 2 s to read")

    outputs = told(ASKED, answer(), read)
    assert [each.topic for each in outputs] == [topics.CHECK]
    assert (check_in(outputs).outcome, check_in(outputs).error) == ("failed", "the page takes longer than 2 s to read")


def test_an_article_that_names_another_address_is_not_written() -> None:
    """The other address is watched in its place: what stands here is no version of what stands there."""
    body = f"<html><head><link rel='canonical' href='{URL}-hits-the-coast'></head><body><p>It.</p></body></html>"
    outputs = told(ASKED, answer(body=body))
    assert [each.topic for each in outputs] == [topics.CHECK]
    assert (check_in(outputs).outcome, check_in(outputs).article) == ("moved", f"{URL}-hits-the-coast")


@pytest.mark.parametrize(
    ("found", "outcome", "fetches"),
    [
        (answer(304, ""), "unchanged", 0),
        (answer(404, ""), "gone", 1),
        (answer(410, ""), "gone", 1),
        (answer(500, ""), "failed", 0),
        (answer(None, "", failure=Failure.TIMEOUT, detail="nothing came"), "failed", 0),
        (answer(301, "", final_url="https://other.test/2026/03/storm"), "moved", 0),
        (answer(301, "", final_url="javascript:alert(1)"), "failed", 0),
    ],
)
def test_every_answer_has_its_outcome(found: Answer, outcome: str, fetches: int) -> None:
    """A page that is gone is told to detect as well; what failed says why."""
    outputs = told(replace(ASKED, request=replace(ASKED.request, etag='"1"')), found)
    assert (check_in(outputs).outcome, len(outputs) - 1) == (outcome, fetches)
    assert (check_in(outputs).error is not None) == (outcome == "failed")


def test_a_host_that_calls_unmodified_what_nobody_knows_has_failed() -> None:
    """It was not asked under a condition: what it has at this URL stays unknown."""
    (output,) = told(ASKED, answer(304, ""))
    assert (check_in((output,)).outcome, "304" in (check_in((output,)).error or "")) == ("failed", True)


FRONT = "".join(
    f"<h2><a href='/2026/03/storm-{n}-hits'>Storm number {n} has hit the coast again</a></h2>" for n in range(6)
)


@pytest.mark.parametrize("path", ["/", "/news/"])
def test_an_article_that_leads_to_a_front_page_or_a_section_is_gone(path: str) -> None:
    """So it is told to detect; what stands there is no version of the article, and is not watched as one."""
    fetch, _ = outputs = told(ASKED, answer(body=FRONT, final_url=f"https://eastmere-echo.test{path}"))
    assert (fetch.key, fetch.value, dict(fetch.headers)["http_status"]) == (URL.encode(), None, b"410")
    assert (check_in(outputs).outcome, check_in(outputs).status, check_in(outputs).article) == ("gone", 200, None)
    elsewhere = told(ASKED, answer(final_url=f"{URL}-hits-the-coast"))
    assert (elsewhere[0].key, check_in(elsewhere).outcome) == (f"{URL}-hits-the-coast".encode(), "moved")


def test_where_robots_txt_does_not_let_a_redirect_lead_is_refused() -> None:
    """It is no failure of the host, and is asked again when its rules may have changed."""
    found = answer(None, "", failure=Failure.DISALLOWED, detail="robots.txt does not allow it")
    assert check_in(told(ASKED, found)).outcome == "refused"


def test_a_secret_that_a_redirect_names_is_not_kept() -> None:
    """No check says where it led."""
    found = answer(302, "", final_url="http://root:secret@a.test/", failure=Failure.BAD_URL, detail="a user is in it")
    (output,) = told(ASKED, found)
    assert b"secret" not in (output.value or b"")


def test_a_source_with_endless_links_fits_into_a_record() -> None:
    """What is told of it is bounded, whatever it shows."""
    items = "".join(f"<item><link>https://a.test/{n}{'x' * 1500}</link></item>" for n in range(2000))
    body = f"<rss><channel><title>{'t' * 9999}</title>{items}</channel></rss>"
    (output,) = told(
        Asked(request=FetchRequest(key=URL, url=URL, kind="feed", due_at=NOON, worth=1.0), at=0.0, threshold=0.02),
        answer(body=body),
    )
    assert output.value is not None
    assert len(output.value) < MIB
    assert sum(len(link.url) for link in check_in((output,)).links) <= MAX_LINK_CHARS


def test_what_is_put_off_says_why() -> None:
    """Without a reason others were worth more; with one, the host cannot be asked."""
    assert check_in((put_off(ASKED, 1e9),)).outcome == "deferred"
    assert check_in((put_off(ASKED, 1e9, "it is away"),)).error == "it is away"


def test_a_front_page_brings_the_sitemaps_of_its_host_in() -> None:
    """Those of its news, as robots.txt names them, beside the feeds that the page names."""
    story = "<a href='/2026/03/storm-hits-the-coast'>A storm has hit the coast once more</a>"
    asked = replace(
        ASKED, request=replace(ASKED.request, kind="front"), sitemaps=("https://eastmere-echo.test/news.xml",)
    )
    (record,) = told(asked, answer(body=story, final_url="https://eastmere-echo.test/"))
    assert check_in((record,)).feeds == asked.sitemaps


def test_an_article_that_names_an_address_which_names_it_is_read_under_its_own() -> None:
    """Two pages that name each other as the article's own would otherwise both be left."""
    body = f"<html><head><link rel='canonical' href='{URL}-hits-the-coast'></head><body><p>It.</p></body></html>"
    asked = replace(ASKED, request=replace(ASKED.request, fixed=True))
    fetch, _ = outputs = told(asked, answer(body=body))
    assert (fetch.key, check_in(outputs).outcome) == (URL.encode(), "fetched")
    circle = told(asked, answer(301, "", final_url="https://other.test/2026/03/storm"))
    assert "circle" in (check_in(circle).error or "")
