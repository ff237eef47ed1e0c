"""Pictures of every page of the site, with the stories of the demo's press: `python -m tests.browser.screenshots`."""

from __future__ import annotations

import argparse
import itertools
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import sync_playwright

from agents.detect.page import read_page
from agents.detect.step import Detect
from agents.detect.url import article_id, canonical_url
from agents.diff.step import diff_step
from schemas import topics
from schemas.codec import encode
from schemas.fetch import write_fetch
from schemas.record import Output, Record
from schemas.schedule import Schedule
from streams.clock import Clock
from streams.press.life import Article, living_articles, page_at
from streams.press.page import article_page
from streams.press.story import PAPERS
from tests.archive_site import site_in_a_thread

ORIGIN = datetime(2026, 3, 1, 6, tzinfo=UTC)
NOW = ORIGIN + timedelta(days=6)
HOST = "https://press.test"

SHOWN = "sleep-study"
"""The story of the pictures of one article."""

README = Path(__file__).parents[2] / "streams" / "site" / "screenshots"
"""Where the pictures are that the README shows."""

SEEN_AFTER = timedelta(minutes=7)


def records() -> Iterator[Record]:
    """What the workers make of the press's articles, fetched after each of their edits."""
    detect, offsets = Detect(lambda _key: 0, read_page), itertools.count()
    rows: dict[tuple[str, bytes | None], bytes | None] = {}

    def written(output: Output, at: datetime) -> Record:
        return Record(output.topic, 0, next(offsets), at, output.key, output.value, output.headers)

    articles = {each for day in range(7) for each in _living(ORIGIN + timedelta(days=day))}
    looks = sorted(
        (at + SEEN_AFTER, article.path, article)
        for article in articles
        for at in (article.published, *article.edited)
        if at + SEEN_AFTER < NOW
    )
    for at, _, article in looks:
        fetch = written(_fetch(article, at), at)
        result = detect(fetch, rows.get((fetch.topic, fetch.key)))
        if result.row is None or isinstance(result.row, bytes):
            rows[fetch.topic, fetch.key] = result.row
        for version in (written(output, at) for output in result.outputs if output.topic == topics.VERSION):
            yield version
            changed = diff_step(version, rows.get((version.topic, version.key)))
            if changed.row is None or isinstance(changed.row, bytes):
                rows[version.topic, version.key] = changed.row
            yield from (written(output, at) for output in changed.outputs)
    for row in (*map(_watched_article, sorted(articles, key=lambda one: one.path)), *map(_watched_feed, PAPERS)):
        yield written(Output(topics.SCHEDULE, canonical_url(row.url).encode(), encode(row)), NOW)


def _living(at: datetime) -> list[Article]:
    return living_articles(ORIGIN, at, also_brief=False)


def _fetch(article: Article, at: datetime) -> Output:
    page, url = page_at(article, at), HOST + article.path
    body = article_page(article, page.text, url=url, modified=page.modified, time=at) if page.text else "<p>Gone</p>"
    headers, value = write_fetch(
        url=url,
        fetched_at=at,
        status=page.status,
        content_type="text/html; charset=utf-8",
        body=body.encode(),
        source=PAPERS[article.paper],
    )
    return Output(topics.FETCH, canonical_url(url).encode(), value, headers)


def _watched_article(article: Article) -> Schedule:
    feed, next_check = f"{HOST}/{article.paper}/feed.xml", NOW + timedelta(hours=2)
    return Schedule(
        url=HOST + article.path, kind="article", source=PAPERS[article.paper], state="watched", found_in=feed,
        added_at=article.published, last_check=NOW, next_check=next_check,
    )  # fmt: skip


def _watched_feed(paper: str) -> Schedule:
    looked = NOW - timedelta(minutes=4)
    return Schedule(
        url=f"{HOST}/{paper}/feed.xml", kind="feed", source=PAPERS[paper], state="watched", added_at=ORIGIN,
        last_check=looked, next_check=NOW + timedelta(minutes=9),
    )  # fmt: skip


def main() -> int:
    """Write the pictures; those of the README where it shows them."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screenshots", description=__doc__)
    parser.add_argument("--to", type=Path, default=Path(".screenshots"), help="the directory for all of them")
    directory = parser.parse_args().to
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        sys.stderr.write("there is no Chromium here: Debian has it in the package chromium\n")
        return 1
    directory.mkdir(parents=True, exist_ok=True)
    README.mkdir(exist_ok=True)
    id_ = article_id(canonical_url(next(HOST + a.path for a in _living(ORIGIN + timedelta(days=5)) if a.slug == SHOWN)))
    paths = {
        "home": "/", "article": f"/a/{id_}", "compare": f"/a/{id_}/1-4", "inline": f"/a/{id_}/1-3?view=inline",
        "browse": "/changes?label=numbers", "sources": "/sources", "charts": "/charts", "watched": "/watched",
        "search": "/search?q=harbour", "picture": f"/a/{id_}/1-2.svg", "error": "/nothing",
    }  # fmt: skip
    clock = Clock(1e10, NOW.timestamp(), 1.0)
    with (
        tempfile.TemporaryDirectory() as made,
        site_in_a_thread(Path(made), list(records()), clock) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for width, colours in itertools.product((1440, 390), ("light", "dark")):
            page = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=colours).new_page()  # type: ignore[arg-type]
            for name, path in paths.items():
                page.goto(site.address + path)
                page.screenshot(path=directory / f"{name}-{width}-{colours}.png", full_page=name != "picture")
                if (width, colours) == (1440, "light") and name in ("home", "compare"):
                    page.screenshot(path=README / f"{name}.png")
        browser.close()
    sys.stdout.write(f"{len(paths) * 4} pictures are in {directory}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
