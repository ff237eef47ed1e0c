"""The press as a server."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession

from agents.discover.source import read_source
from schemas.errors import SettingsError, UnavailableError
from streams.press.life import living_articles, page_at, timetable
from streams.press.server import Press
from streams.press.state import PressState, load, save
from streams.press.story import PAPERS

SLOW = 1.5


def at(directory: Path, time: datetime, *, port: int = 0) -> None:
    """Leave the state of a press whose time is this one."""
    save(directory / "press.json", PressState(time - 2 * timetable().cycle, time, port))


def visit(directory: Path, use: Callable[[Press, ClientSession], Awaitable[None]]) -> None:
    """Run a slow press and do something with it."""

    async def run() -> None:
        async with Press(directory, pace=SLOW) as press, ClientSession(press.url) as session:
            await use(press, session)

    asyncio.run(run())


def test_serves_what_lives(tmp_path: Path) -> None:
    """Every article that lives is served with its text and linked to, or answers with the status of its removal."""
    statuses = set()

    async def use(press: Press, session: ClientSession) -> None:
        time = press.clock.now()
        fronts = ""
        for paper in PAPERS:
            async with session.get(f"/{paper}/") as response:
                assert response.status == 200
                fronts += await response.text()
        for article in living_articles(press.origin, time, also_brief=False):
            page = page_at(article, time)
            statuses.add(page.status)
            async with session.get(article.path) as response:
                body = await response.text()
                assert response.status == page.status
            if page.text:
                assert all(paragraph.split("&")[0] in body for paragraph in page.text.paragraphs)
                assert f'href="{press.url}{article.path}"' in body
            assert (f'"{press.url}{article.path}"' in fronts) is (page.text is not None)

    for days in range(0, 7, 2):
        at(tmp_path, datetime.now(UTC) - timedelta(days=40 + days))
        visit(tmp_path, use)
    assert statuses == {200, 404, 410}


def test_what_is_known_is_not_sent_again(tmp_path: Path) -> None:
    """Pages, feeds, sitemaps and front pages have an ETag, and who sends it is told that nothing has changed."""

    async def use(press: Press, session: ClientSession) -> None:
        article = next(each for each in press.living() if page_at(each, press.clock.now()).text)
        for path in ("/lantern/", "/lantern/feed.xml", "/lantern/sitemap.xml", article.path):
            async with session.get(path) as response:
                etag = response.headers["ETag"]
            async with session.get(path, headers={"If-None-Match": etag}) as response:
                assert (response.status, response.headers["ETag"], await response.read()) == (304, etag, b"")
            async with session.get(path, headers={"If-None-Match": '"another"'}) as response:
                assert response.status == 200

    at(tmp_path, datetime.now(UTC) - timedelta(days=40))
    visit(tmp_path, use)


@pytest.mark.parametrize(
    "path",
    [
        "/x/",
        "/x/y",
        "/lantern/none",
        "/lantern/quay-street-fire-9999999",
        "/lantern/%2e%2e/%00",
        "/tally/" + "a" * 5000,
    ],
)
def test_nothing_there(tmp_path: Path, path: str) -> None:
    """An address that is nobody's is answered with 404, whatever it is."""

    async def use(_press: Press, session: ClientSession) -> None:
        async with session.get(path) as response:
            assert response.status == 404

    visit(tmp_path, use)


def test_starts_with_a_head_start(tmp_path: Path) -> None:
    """A new press starts 30 days ago, half an hour before an edit, with articles of all ages."""

    async def use(press: Press, session: ClientSession) -> None:
        time = press.clock.now()
        assert abs(datetime.now(UTC) - time - timedelta(days=30)) < timedelta(minutes=1)
        living = living_articles(press.origin, time, also_brief=False)
        assert len(living) >= 5
        upcoming = min(edited for article in living for edited in article.edited if edited > time)
        assert upcoming - time < timedelta(minutes=31)
        async with session.get("/") as response:
            body = await response.text()
            assert all(f"/{paper}/" in body for paper in PAPERS)
        assert press.url in press.summary
        assert "\n" not in press.summary

    visit(tmp_path, use)


def test_restart_goes_on(tmp_path: Path) -> None:
    """After a restart the press has the same addresses, and its time goes on, a few seconds of its pace later."""
    seen: list[tuple[str, datetime, datetime]] = []

    async def use(press: Press, _session: ClientSession) -> None:
        seen.append((press.url, press.origin, press.clock.now()))

    visit(tmp_path, use)
    visit(tmp_path, use)
    (url, origin, before), (url_again, origin_again, after) = seen
    assert (url, origin) == (url_again, origin_again)
    assert timedelta(0) < after - before < timedelta(seconds=10 * SLOW)


def test_killed_press_does_not_repeat_itself(tmp_path: Path) -> None:
    """A press that was killed, and whose state is as old as it may be, does not go back in time."""

    async def run() -> None:
        async with Press(tmp_path, pace=SLOW) as press:
            await asyncio.sleep(1.2)
            kept = load(tmp_path / "press.json")
            assert kept
            assert press.clock.now() - timedelta(seconds=2 * SLOW) <= kept.time <= press.clock.now()
            last = press.clock.now()
            save(tmp_path / "killed" / "press.json", kept)
        async with Press(tmp_path / "killed", pace=SLOW) as press:
            assert press.clock.now() >= last

    asyncio.run(run())


def test_caught_up_press(tmp_path: Path) -> None:
    """A press whose time has caught up prints brief articles beside the others, and shows them on the front pages."""

    async def use(press: Press, session: ClientSession) -> None:
        assert press.clock.caught_up
        fronts = []
        for paper in PAPERS:
            async with session.get(f"/{paper}/") as response:
                fronts.append(await response.text())
        assert "/today/" in "".join(fronts)

    at(tmp_path, datetime.now(UTC))
    visit(tmp_path, use)


def test_port_is_taken(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where another program has the port, the press takes a free one, and says in one line what follows."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        at(tmp_path, datetime.now(UTC) - timedelta(days=1), port=taken)

        async def use(press: Press, session: ClientSession) -> None:
            assert press.url != f"http://127.0.0.1:{taken}"
            async with session.get("/") as response:
                assert response.status == 200

        with caplog.at_level(logging.WARNING):
            visit(tmp_path, use)
    assert [f"Port {taken} of the press is taken" in record.getMessage() for record in caplog.records] == [True]


def test_it_is_listed_in_feed_and_sitemap(tmp_path: Path) -> None:
    """A paper's feed and sitemap name the same articles as its front page, with the times of their last edits."""

    async def use(press: Press, session: ClientSession) -> None:
        for paper in PAPERS:
            found = {}
            for path in ("", "feed.xml", "sitemap.xml"):
                url = f"{press.url}/{paper}/{path}"
                async with session.get(url) as response:
                    found[path] = read_source(await response.read(), url, response.content_type)
            assert [source.kind for source in found.values()] == ["front", "feed", "sitemap"]
            assert found[""].feeds == (f"{press.url}/{paper}/feed.xml",)
            listed = {link.url: link.modified for link in found["feed.xml"].links}
            assert listed == {link.url: link.modified for link in found["sitemap.xml"].links}
            # On a front page, an address of one word is not told from that of a section.
            assert listed.keys() >= {link.url for link in found[""].links} >= {url for url in listed if "-" in url}
            for article in press.living():
                if f"{press.url}{article.path}" in listed:
                    page = page_at(article, press.clock.now())
                    assert listed[f"{press.url}{article.path}"] == page.modified

    visit(tmp_path, use)


@pytest.mark.parametrize("pace", [0, 1, -5, 12001, float("nan"), float("inf")])
def test_impossible_pace(tmp_path: Path, pace: float) -> None:
    """A pace that never catches up, or that no watcher can follow, is refused with the pace and the bounds."""
    with pytest.raises(SettingsError, match=r"a press at pace .*: choose one above 1 and up to 12000"):
        Press(tmp_path, pace=pace)


def test_a_directory_that_is_none(tmp_path: Path) -> None:
    """It is an error that names it."""
    (tmp_path / "file").touch()
    with pytest.raises(UnavailableError, match="file"):
        Press(tmp_path / "file")
