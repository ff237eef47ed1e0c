"""The site shows what the archive holds, to people, to feed readers and to programs, and nothing that it must not."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import version
from random import Random

import feedparser
import openapi_spec_validator
import orjson
import pytest
from aiohttp.test_utils import TestClient, TestServer
from archive_history import NOON, history, record, schedule, url, versions
from archive_site import Site, site_of
from jsonschema import Draft202012Validator
from lxml import html

from agents.archive.queries import MAX_EVENTS, Archive
from agents.archive.store import open_engine
from agents.detect.url import article_id
from agents.diff.step import diff_step
from schemas import topics
from schemas.article import Paragraph
from schemas.record import Record
from schemas.takedown import Takedown
from schemas.version import VersionRef
from streams.clock import Clock
from streams.embedded.ports import choose_port
from streams.site.broadcast import MAX_OF_ONE, Broadcast
from streams.site.server import new_site

HOSTILE = "</title><script>x=1</script>'\"><img src=x onerror=x=1> javascript:alert(1)"


def visit(database: str, records: Sequence[Record], use: Callable[[Site], Awaitable[None]], days: float = 0) -> None:
    """Do something with a site, whose time is so many days after the records."""
    moment = (NOON + timedelta(days=days)).timestamp()

    async def run() -> None:
        async with site_of(database, records, Clock(1e10, moment, 1.0)) as site:
            await use(site)

    asyncio.run(run())


def text_of(page: str) -> str:
    """What a page says, whitespace folded."""
    return " ".join(html.fromstring(page).text_content().split())


def test_home_shows_the_newest_changes(database: str) -> None:
    """Each with its source, its headline, its largest edit, and when it was; the newest first."""

    async def use(site: Site) -> None:
        tree = html.fromstring(await site.page("/"))
        items = tree.xpath("//ol[@id='changes']/li")
        assert len(items) == 20
        assert "Story 9" in items[0].text_content()
        assert "The Eastmere Echo" in items[0].text_content()
        assert items[0].xpath(".//p[@class='excerpt']//ins")
        assert items[0].xpath("string(.//h2/a/@href)") == f"/a/{article_id(url(9))}/2-3"

    visit(database, history(10), use)


STATEMENTS = (
    "This article is from the source 'The Eastmere Echo' and was first published or seen on 1 March 2026, 16:00 UTC.",
    f"You can find the current article at its original source at {url(1)}",
    "The article has changed 2 times. There is an RSS feed of changes available.",
)


def unwatched(records: Sequence[Record]) -> list[Record]:
    """The records without those of the schedule."""
    return [each for each in records if each.topic != topics.SCHEDULE]


@pytest.mark.parametrize(
    ("state", "days", "sentence"),
    [
        (None, 1, "It last changed 14 hours ago. It is not watched, so that it won't be checked again for changes."),
        ("watched", 1, "The next check for changes will be on 3 March 2026, 12:00 UTC."),
        ("watched", 3, "The next check for changes is due now."),
        ("given_up", 45, "It last changed over 40 days ago and won't be checked again for changes."),
        ("moved", 1, "It last changed 14 hours ago and won't be checked again for changes at this address."),
    ],
)
def test_an_article_makes_the_statements_of_its_model(
    database: str, state: str | None, days: float, sentence: str
) -> None:
    """Where it is from, when it last changed, whether and when it is checked again, how often it has changed."""
    records = unwatched(history(3))
    if state is not None:
        due = NOON + timedelta(days=2) if state == "watched" else None
        records.append(record(replace(schedule(1), state=state, next_check=due), 500, url(1)))

    async def use(site: Site) -> None:
        said = text_of(await site.page(f"/a/{article_id(url(1))}"))
        for statement in (*STATEMENTS, sentence):
            assert statement in said

    visit(database, records, use, days)


def test_a_page_is_bounded_however_often_an_article_changes(database: str) -> None:
    """The newest versions are listed, and it is said that there are others."""

    async def use(site: Site) -> None:
        tree = html.fromstring(await site.page(f"/a/{article_id(url(0))}"))
        assert [row[0].text_content() for row in tree.xpath("//tbody/tr")][::199] == ["230", "31"]
        assert "30 older versions: see all." in text_of(html.tostring(tree, encoding="unicode"))

    visit(database, history(1, 230), use)


def test_any_two_versions_can_be_compared(database: str) -> None:
    """Neighbours as they were published, others anew; with what lies between, and the way to the next change."""
    id_ = article_id(url(1))

    async def use(site: Site) -> None:
        said = text_of(await site.page(f"/a/{id_}/1-3"))
        assert "(about 6 hours later)" in said
        tree = html.fromstring(await site.page(f"/a/{id_}/1-2"))
        assert tree.xpath("//del")
        assert tree.xpath("string(//a[@rel='next']/@href)") == f"/a/{id_}/2-3"
        assert html.fromstring(await site.page(f"/a/{id_}/2-3?view=inline")).xpath("//div[@class='inline']")
        for path in (f"/a/{id_}/1-9", f"/a/{id_}/0-1", f"/a/{'0' * 32}/1-2", f"/a/{id_}/x-1"):
            await site.page(path, 404)

    visit(database, history(3), use)


def test_changes_are_browsed_by_source_day_and_label(database: str) -> None:
    """Page by page, each change once; what is no filter is a clear error."""

    async def use(site: Site) -> None:
        seen: list[str] = []
        path: str | None = "/changes?source=The+Brass+Tally"
        while path:
            tree = html.fromstring(await site.page(path))
            seen += tree.xpath("//ol/li/h2/a/@href")
            (path,) = tree.xpath("//a[@rel='next']/@href")[:1] or [None]
            path = f"/changes{path}" if path and path.startswith("?") else path
        assert len(seen) == len(set(seen)) == 80
        assert "There is no such change" in await site.page("/changes?day=2020-01-01")
        assert html.fromstring(await site.page("/changes?label=lede")).xpath("//ol/li")
        for wrong in ("day=tomorrow", "before=zzz", "source=" + "x" * 301, "article=1", "day=2026-03-01%00"):
            await site.page(f"/changes?{wrong}", 400)

    visit(database, history(80), use)


def test_changes_are_found_by_their_words_and_kind(database: str) -> None:
    """As a page, as a feed, and for programs; the same words that a search finds articles by."""

    async def use(site: Site) -> None:
        id_ = article_id(url(1))
        tree = html.fromstring(await site.page("/changes?q=story+1"))
        assert tree.xpath("//ol/li/h2/a/@href") == [f"/a/{id_}/2-3", f"/a/{id_}/1-2"]
        feed = feedparser.parse((await site.page("/feed.rss?q=story+1&kind=edited")).encode())
        assert [entry.link.rpartition("/a/")[2] for entry in feed.entries] == [f"{id_}/2-3", f"{id_}/1-2"]
        assert feed.feed.title == "newsdiff: edited, story 1"
        assert "?q=story+1" in html.fromstring(await site.page("/search?q=story+1")).xpath(
            "string(//head/link[@rel='alternate']/@href)"
        )
        for query in ("q=story+1&kind=removed", "q=--", "q=ann1&by=author", "kind=restored"):
            assert orjson.loads(await site.page(f"/api/v1/changes?{query}"))["changes"] == [], query
        await site.page("/changes?kind=other", 400)
        await site.page("/api/v1/stream?q=story", 400)

    visit(database, history(4), use)


def test_charts_have_their_figures_as_text(database: str) -> None:
    """Who does not see bars reads the same: by hour, by month, by source."""

    async def use(site: Site) -> None:
        said = text_of(await site.page("/charts"))
        assert "hours 4 to 6 10 (50%)" in said
        assert "March 2026" in said
        assert "The Brass Tally 200" in said
        assert "hours 4 to 6 5 (50%)" in text_of(await site.page("/charts?source=The+Brass+Tally"))

    visit(database, history(10), use)


def test_it_is_told_what_is_watched_and_what_fails(database: str) -> None:
    """Each source that a person named, with what is wrong with it."""
    feed = replace(schedule(0), url="https://eastmere-echo.test/feed", kind="feed", failures=2, error="status 500 <b>")

    async def use(site: Site) -> None:
        cells = html.fromstring(await site.page("/watched")).xpath("//tbody/tr/td")
        said = [" ".join(cell.itertext()).strip() for cell in cells]
        wrong = "It has failed 2 times: status 500 <b>."
        assert said[:4] == ["The Eastmere Echo https://eastmere-echo.test/feed", wrong, "feed", "3"]

    visit(database, [*history(3), record(feed, 900)], use)


def test_search_finds_words_authors_and_addresses(database: str) -> None:
    """Any variant of an article's address leads to it, also one that it has moved from; nothing else is found."""
    moved = replace(schedule(0), url="https://m.eastmere-echo.test/1", state="moved", article=url(1))

    async def use(site: Site) -> None:
        assert "2 articles" in await site.page("/search?q=harbour")
        assert "0 articles" in await site.page("/search?q=zeppelin")
        assert "1 article." in await site.page("/search?q=ann1&by=author")
        await site.page(f"/search?q={url(1)}?utm_source=x", 302)
        await site.page(f"/search?q={url(1).removeprefix('https://')}", 302)
        await site.page(f"/search?q={url(1)}?utm_source={'x' * 1000}", 302)
        assert "1 article." in await site.page("/search?q=story%C2%A01")  # as headlines are pasted
        assert "0 articles" in await site.page("/search?q=eastmere-echo.test/nothing-here")
        await site.add([record(moved, 900)])
        async with site.client.get(f"/search?q={moved.url}", allow_redirects=False) as answer:
            assert answer.headers["Location"] == f"/a/{article_id(url(1))}"
        await site.page("/search?q=ftp://nowhere", 400)
        await site.page("/search?q=%22%27%3B--*%28", 200)

    visit(database, history(2), use)


@pytest.mark.parametrize("kind", ["rss", "atom"])
def test_feeds_are_read_by_a_feed_parser(database: str, kind: str) -> None:
    """Each change is an entry with a stable id and its diff; who has it all is told so."""

    async def use(site: Site) -> None:
        feed = feedparser.parse((await site.page(f"/feed.{kind}?source=The+Brass+Tally")).encode())
        assert not feed.bozo
        assert len(feed.entries) == 4
        assert "<ins>" in (feed.entries[0].get("summary") or feed.entries[0].content[0].value)
        assert feed.entries[0].id.startswith("urn:uuid:")
        async with site.client.get(f"/feed.{kind}") as answer:
            tag = answer.headers["ETag"]
        async with site.client.get(f"/feed.{kind}", headers={"If-None-Match": tag}) as answer:
            assert answer.status == 304
        assert (
            len(feedparser.parse((await site.page(f"/feed.{kind}?article={article_id(url(1))}")).encode()).entries) == 2
        )

    visit(database, history(4), use)


def test_the_json_feed_is_one(database: str) -> None:
    """It has what JSON Feed 1.1 asks for."""
    schema = {
        "required": ["version", "title", "items"],
        "properties": {"items": {"items": {"required": ["id", "url", "content_html", "date_published"]}}},
    }

    async def use(site: Site) -> None:
        found = json.loads(await site.page("/feed.json"))
        Draft202012Validator(schema).validate(found)
        assert len(found["items"]) == 4

    visit(database, history(2), use)


def test_programs_read_changes_articles_versions_and_diffs(database: str) -> None:
    """All changes page by page, and whatever belongs to an article; errors are JSON too."""

    async def use(site: Site) -> None:
        seen, cursor = [], ""
        while cursor is not None:
            page = json.loads(await site.page(f"/api/v1/changes?before={cursor}"))
            seen += [change["id"] for change in page["changes"]]
            cursor = page["next"]
        assert len(seen) == len(set(seen)) == 120
        id_ = article_id(url(1))
        found = json.loads(await site.page(f"/api/v1/articles/{id_}"))
        assert [each["version"] for each in found["versions"]] == [1, 2, 3]
        assert json.loads(await site.page(f"/api/v1/articles/{id_}/versions/2"))["version"] == 2
        assert json.loads(await site.page(f"/api/v1/articles/{id_}/diff/1/3"))["diff"]["rows"]
        await site.page(f"/api/v1/articles?url={url(1)}?fbclid=1", 302)
        for path, status in {
            "changes?day=x": 400,
            "articles": 400,
            f"articles/{'0' * 32}": 404,
            "nothing": 404,
        }.items():
            assert json.loads(await site.page(f"/api/v1/{path}", status))["error"]

    visit(database, history(60), use)


def test_the_interface_is_as_it_is_described(database: str) -> None:
    """Every path is in the document and no other; every answer is valid under its schema, those of errors too."""

    async def use(site: Site) -> None:
        described = json.loads(await site.page("/api/v1/openapi.json"))
        openapi_spec_validator.validate(described)
        app = site.client.app
        paths = {route.resource.canonical for route in app.router.routes() if route.resource}
        assert {path for path in paths if path.startswith("/api/")} - {"/api/v1/openapi.json"} == set(
            described["paths"]
        )
        id_ = article_id(url(1))
        asked = {
            "/api/v1/changes": ["?source=The+Brass+Tally", "?q=story&kind=edited", "?day=2026-03-01", "?day=x"],
            "/api/v1/articles": ["?q=story", "?q=ann1&by=author", ""],
            "/api/v1/articles/{article}": [id_, "0" * 32],
            "/api/v1/articles/{article}/versions/{number}": [f"{id_}/versions/2", f"{id_}/versions/9"],
            "/api/v1/articles/{article}/diff/{old}/{new}": [f"{id_}/diff/1/3", f"{id_}/diff/3/9"],
        }
        for path, tails in asked.items():
            for tail in tails:
                begin = path.partition("{")[0]
                async with site.client.get(begin + tail) as answer:
                    responses = described["paths"][path]["get"]["responses"]
                    response = responses.get(str(answer.status), responses["default"])
                    schema = response["content"]["application/json"]["schema"]
                    whole = {**schema, "components": described["components"]}
                    Draft202012Validator(whole).validate(await answer.json())

    visit(database, history(4), use)


def test_the_stream_tells_each_change_once_and_is_resumed(database: str) -> None:
    """What comes while nobody follows is told to who resumes, and a filter leaves out the rest."""
    records = history(6)
    changes = [each for each in records if each.topic == topics.CHANGE]
    first, later = changes[:4], changes[4:]
    others = [each for each in records if each.topic != topics.CHANGE]
    has_begun = asyncio.Event()

    async def told(site: Site, count: int, last: str = "", query: str = "") -> tuple[list[str], str]:
        ids, headers = [], {"Last-Event-ID": last} if last else {}
        async with asyncio.timeout(20), site.client.get(f"/api/v1/stream{query}", headers=headers) as answer:
            assert answer.status == 200
            async for line in answer.content:
                if line.startswith(b"id: "):
                    last = line[4:].decode().strip()
                    has_begun.set()
                if line.startswith(b"data: "):
                    ids.append(orjson.loads(line[6:])["id"])
                    if len(ids) == count:
                        return ids, last
        raise AssertionError(ids)

    async def use(site: Site) -> None:
        following = asyncio.create_task(told(site, 2))
        async with asyncio.timeout(20):
            await has_begun.wait()
        await site.add(first[:2])
        ids, last = await following
        await site.add(first[2:])
        more, last = await told(site, 2, last)
        following = asyncio.create_task(told(site, len(later), last))
        await site.add(later)
        rest, _ = await following
        wanted = [orjson.loads(each.value or b"")["meta"]["id"] for each in changes]
        assert sorted(ids + more + rest) == sorted(wanted)
        tally = [each for each in changes if b"The Brass Tally" in (each.value or b"")]
        ids, _ = await told(site, len(tally), last="99:0", query="?source=The+Brass+Tally")
        assert len(set(ids)) == len(tally)
        async with site.client.get("/api/v1/stream", headers={"Last-Event-ID": "1:2,x"}) as answer:
            assert answer.status == 400

    visit(database, others, use)


@pytest.mark.parametrize("state", ["hidden", "forgotten"])
def test_what_is_taken_down_is_nowhere(database: str, state: str) -> None:
    """Its pages and feeds answer 451 with the reason; lists, search, feeds and the API leave it out."""
    id_ = article_id(url(1))
    wish = record(Takedown(url=url(1), state=state, why="a court <said> so", at=NOON), 900)  # type: ignore[arg-type]

    async def use(site: Site) -> None:
        for path in (f"/a/{id_}", f"/a/{id_}/1-2", f"/feed.rss?article={id_}", f"/api/v1/articles/{id_}"):
            said = await site.page(path, 451)
            assert "a court" in said
            assert "<said>" not in said or path.startswith("/api")
        for path in ("/", "/changes", "/search?q=story", "/feed.rss", "/feed.json", "/api/v1/changes"):
            said = await site.page(path)
            assert id_ not in said
            assert article_id(url(2)) in said

    visit(database, [*history(3), wish], use)


def test_what_is_hostile_stays_text(database: str) -> None:
    """Scripts in titles, texts, bylines, sources and labels are shown as they are written, and never run."""
    escaped = json.dumps(HOSTILE).strip('"').encode()
    records = [
        replace(
            each,
            value=(each.value or b"")
            .replace(b"harbour", escaped)
            .replace(b"Story", escaped)
            .replace(b"Ann", escaped)
            .replace(b"The Eastmere Echo", escaped)
            .replace(b'"name":"lede"', b'"name":"' + escaped + b'"'),
        )
        for each in history(4)
    ]
    id_ = article_id(url(1))

    async def use(site: Site) -> None:
        paths = [
            "/",
            "/changes",
            "/sources",
            "/charts",
            "/watched",
            "/search?q=script",
            f"/search?q={HOSTILE[:40]}",
            f"/a/{id_}",
            f"/a/{id_}/1-2",
        ]
        for path in paths:
            tree = html.fromstring(await site.page(path))
            assert [script.get("src") for script in tree.iter("script")] in ([], ["/static/live.js"])
            assert not tree.xpath("//img")
            assert not [a for a in tree.iter("a") if not (a.get("href") or "").startswith(("/", "#", "https://"))]
            assert not tree.xpath("//@onerror | //@onclick | //@style")
        for kind in ("rss", "atom"):
            assert not feedparser.parse((await site.page(f"/feed.{kind}")).encode()).bozo

    visit(database, records, use)


@pytest.mark.parametrize("path", ["/nothing", "/a/xyz", "/static/../server.py", "/static/site.py", "/feed.exe", "/%00"])
def test_what_is_not_there_is_a_page_that_says_so(database: str, path: str) -> None:
    """No stack trace, no file that is none of the site's."""

    async def use(site: Site) -> None:
        assert "There is no such page here." in await site.page(path, 404)
        await site.page("/search?q=" + "x" * 5000, 414)

    visit(database, history(1), use)


def test_the_site_tells_how_it_is(database: str) -> None:
    """For an orchestrator: it runs, its database answers, and what it is."""

    async def use(site: Site) -> None:
        assert [await site.page(path) for path in ("/live", "/ready")] == ["ok\n"] * 2
        assert await site.page("/version") == f"{version('newsdiff')}\n"

    visit(database, [], use)


def test_a_site_without_its_database_is_not_ready() -> None:
    """It lives, and its pages say that something is wrong, and no more."""

    async def run() -> None:
        engine = open_engine(f"postgresql://nobody@127.0.0.1:{choose_port('127.0.0.1')}/nowhere")
        site = new_site(engine, Broadcast(Archive(engine)), Clock())
        async with TestClient(TestServer(site)) as client:
            for path, status, said in (("/live", 200, "ok"), ("/ready", 503, "does not answer"), ("/", 500, "wrong")):
                async with client.get(path) as answer:
                    assert answer.status == status
                    assert said in await answer.text()
        await engine.dispose()

    asyncio.run(run())


def test_an_empty_archive_has_all_its_pages(database: str) -> None:
    """A new user sees pages that say that there is nothing yet."""

    async def use(site: Site) -> None:
        for path in (
            "/",
            "/changes",
            "/sources",
            "/charts",
            "/watched",
            "/search",
            "/feed.rss",
            "/feed.atom",
            "/feed.json",
            "/api/v1/changes",
        ):
            await site.page(path)

    visit(database, [], use)


def test_a_feed_names_its_own_address(database: str) -> None:
    """By it a reader knows two feeds apart; an Atom feed's id is it too."""

    async def use(site: Site) -> None:
        base = str(site.client.make_url("/")).rstrip("/")
        for kind in ("rss", "atom"):
            path = f"/feed.{kind}?source=The+Brass+Tally"
            feed = feedparser.parse((await site.page(path)).encode()).feed
            assert [link.href for link in feed.links if link.rel == "self"] == [base + path]
            assert kind == "rss" or feed.id == base + path
        title = feedparser.parse((await site.page(f"/feed.rss?article={article_id(url(1))}")).encode()).feed.title
        assert title.startswith("newsdiff: Story 1")

    visit(database, history(3), use)


def test_the_stream_is_resumed_after_any_change(database: str) -> None:
    """Each event's id is how far its own change stands, also where many are told at once."""
    records = history(6)

    async def use(site: Site) -> None:
        told: list[str] = []
        last = "0:0"
        async with asyncio.timeout(30):
            while len(told) < 12:
                async with site.client.get("/api/v1/stream", headers={"Last-Event-ID": last}) as answer:
                    async for line in answer.content:
                        if line.startswith(b"id: "):
                            last = line[4:].strip().decode()
                        if line.startswith(b"data: "):
                            told.append(json.loads(line[6:])["id"])
                            break  # and is cut off
        assert len(set(told)) == len(told) == 12

    visit(database, records, use)


def test_who_leaves_the_stream_is_no_error(database: str, caplog: pytest.LogCaptureFixture) -> None:
    """A tab that is closed is nothing to tell an operator."""

    async def use(site: Site) -> None:
        address = site.client.server.host, site.client.server.port
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"GET /api/v1/stream HTTP/1.1\r\nHost: here\r\n\r\n")
        await reader.readuntil(b"retry: 3000")
        writer.transport.abort()
        for number in range(4):
            await asyncio.sleep(0.2)
            await site.add(history(number + 1))
        await site.page("/")

    visit(database, [], use)
    assert [each.getMessage() for each in caplog.records if each.levelname == "ERROR"] == []


def test_a_visitor_leaves_room_in_the_stream(database: str) -> None:
    """One who opens more than their share is put off, and the others are not."""

    async def use(site: Site) -> None:
        one, other = {"X-Forwarded-For": "203.0.113.5"}, {"X-Forwarded-For": "203.0.113.6"}
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(MAX_OF_ONE):
                answer = await stack.enter_async_context(site.client.get("/api/v1/stream", headers=one))
                assert answer.status == 200
            assert (await site.client.get("/api/v1/stream", headers=one)).status == 503
            async with site.client.get("/api/v1/stream", headers=other) as answer:
                assert answer.status == 200

    visit(database, [], use)


def test_large_texts_hold_up_nobody(database: str) -> None:
    """Of a huge article, page and feed show what they can, a comparison is refused, and its versions are there."""
    texts = [f"{number} " + "word " * 40 for number in range(14000)]
    first, second = (
        replace(event, paragraphs=tuple(Paragraph("text", f"{event.version} {text}") for text in texts))
        for event in versions(0, 2, Random(0))
    )
    row = diff_step(record(first, 0), None).row
    assert isinstance(row, bytes)
    (change,) = diff_step(record(second, 1), row).outputs
    place = replace(record(second, 2), topic=topics.CHANGE, value=change.value)
    assert len(change.value or b"") > MAX_EVENTS
    id_ = first.article.id

    async def use(site: Site) -> None:
        assert "Version" in await site.page(f"/a/{id_}")
        (entry,) = feedparser.parse((await site.page("/feed.rss")).encode()).entries
        assert 0 < len(entry.summary) < 5000
        assert "too large to be compared" in await site.page(f"/a/{id_}/1-2", 422)
        assert "too large to be compared" in await site.page(f"/api/v1/articles/{id_}/diff/1/2", 422)
        assert len(json.loads(await site.page(f"/api/v1/articles/{id_}/versions/2"))["paragraphs"]) == 14000

    visit(database, [record(first, 0), record(second, 1), place], use)


def test_a_comparison_shows_as_many_rows_as_a_page_holds(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says how many more there are, and where."""
    monkeypatch.setattr("streams.site.pages.MAX_ROWS", 2)

    async def use(site: Site) -> None:
        said = await site.page(f"/a/{article_id(url(0))}/1-2")
        assert "4 further rows" in said
        assert f"/api/v1/articles/{article_id(url(0))}/diff/1/2" in said

    visit(database, history(1, 2), use)


def test_any_two_versions_can_be_chosen(database: str) -> None:
    """By a form, in any order: an earlier one is said to be earlier."""
    id_ = article_id(url(0))

    async def use(site: Site) -> None:
        assert html.fromstring(await site.page(f"/a/{id_}/1-2")).xpath("//form//select[@name='new']/option[3]")
        async with site.client.get(f"/a/{id_}/compare?old=3&new=1", allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (302, f"/a/{id_}/3-1")
        assert "(about 6 hours earlier)" in text_of(await site.page(f"/a/{id_}/3-1"))
        for wrong in ("", "?old=1", "?old=1&new=x", "?old=1&new=%D9%A1"):
            await site.page(f"/a/{id_}/compare{wrong}", 400)

    visit(database, history(1), use)


def test_a_removed_article_is_said_to_be_removed(database: str) -> None:
    """Nobody is sent to find it where it no longer is."""
    *_, last = versions(0, 2, Random(0))
    gone = replace(last, kind="removed", version=3, previous=VersionRef(2, last.hash))

    async def use(site: Site) -> None:
        said = text_of(await site.page(f"/a/{article_id(url(0))}"))
        assert "It was removed from its original source" in said
        assert "You can find the current article" not in said

    visit(database, [*history(1, 2), record(gone, 900)], use)


def test_an_address_that_is_no_link_is_none(database: str) -> None:
    """Neither on the page nor in a feed, whose readers have no policy of ours."""
    (event,) = versions(0, 1, Random(0))
    odd = "javascript:alert(1)"
    found = history(1)
    events = [replace(each, value=(each.value or b"").replace(url(0).encode(), odd.encode())) for each in found]
    assert event.article.url == url(0)

    async def use(site: Site) -> None:
        for path in (f"/a/{article_id(url(0))}", "/feed.rss", "/feed.json"):
            assert not re.search(r"href=[^>]{0,12}javascript:", await site.page(path))

    visit(database, events, use)


@pytest.mark.parametrize("host", ["", "no host", "[::1", "a.test:99999999"])
def test_a_host_that_is_none_is_told_so(database: str, host: str) -> None:
    """As safely as anything else, and without a traceback in the log."""

    async def use(site: Site) -> None:
        async with site.client.get("/", headers={"Host": host}) as answer:
            assert answer.status in (200, 400)
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]

    visit(database, [], use)


def test_a_label_that_is_none_is_told_so(database: str) -> None:
    """A feed of it would be empty for ever."""

    async def use(site: Site) -> None:
        for path in ("/changes", "/feed.rss", "/api/v1/changes"):
            assert "headline" in await site.page(f"{path}?label=headlnie", 400)

    visit(database, [], use)


def test_nothing_is_told_of_an_article_that_is_hidden(database: str) -> None:
    """Whoever asks for it is told why, wherever they ask."""
    hide = record(Takedown(url=url(1), state="hidden", why="a court said so", at=NOON), 0)
    id_ = article_id(url(1))

    async def use(site: Site) -> None:
        for path in ("/changes", "/feed.rss", "/api/v1/changes", "/api/v1/stream"):
            assert "a court said so" in await site.page(f"{path}?article={id_}", 451)

    visit(database, [*history(2), hide], use)
