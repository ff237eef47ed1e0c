"""What people see: every page in a real browser, in both colours, on a desk and on a phone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from archive_history import history, url
from archive_site import site_in_a_thread
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from agents.detect.url import article_id

ID = article_id(url(1))
PATHS = ("/", "/changes?source=The+Brass+Tally", f"/a/{ID}", f"/a/{ID}/1-2", f"/a/{ID}/1-3?view=inline", "/sources",
         "/search?q=harbour", "/charts", "/watched", "/nothing-here")  # fmt: skip
ATTACK = "</title><script>window.hit=1</script><img src=x onerror=window.hit=1>'\"<svg onload=window.hit=1>"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site with some articles."""
    with site_in_a_thread(tmp_path_factory.mktemp("site"), history(60)) as running:
        yield running.address


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site in whose every field a script stands."""
    script = json.dumps(ATTACK).strip('"').encode()
    records = history(3)
    for word in (b"harbour", b"Story", b"Ann", b"The Eastmere Echo", b"The Brass Tally"):
        records = [replace(each, value=(each.value or b"").replace(word, script)) for each in records]
    with site_in_a_thread(tmp_path_factory.mktemp("attacked"), records) as running:
        yield running.address


@pytest.fixture(params=[(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")], ids=str)
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page of some width, in one of the colours; nothing may be said on its console."""
    width, colours = request.param
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=colours)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    yield page
    context.close()
    # A browser tells of an answer that is no success, which a page that is not there has to be.
    assert [each for each in said if "404" not in each] == []


def test_every_page_can_be_read(page: Page, site: str) -> None:
    """Nothing is wider than the window, and axe-core finds no serious fault."""
    for path in PATHS:
        page.goto(site + path)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        found = Axe().run(page).response["violations"]
        assert [(each["id"], path) for each in found if each["impact"] in ("serious", "critical")] == []


def test_a_reader_finds_the_way(page: Page, site: str) -> None:
    """From the newest change to its article, to another comparison, to feeds, charts, a search, and back."""
    page.goto(site)
    page.locator("#changes h2 a").first.click()
    page.locator("ins, del").first.wait_for(state="attached")
    page.locator("h1 a").click()
    page.get_by_text("There is an RSS feed of changes available.").wait_for()
    page.locator("table a").first.click()
    page.get_by_text("Inline", exact=True).click()
    page.locator(".inline").wait_for()
    assert page.locator(".inline").count() == 1
    page.goto(site)
    feeds = page.locator("head link[rel=alternate]").evaluate_all("links => links.map(link => [link.href, link.type])")
    assert len(feeds) == 3
    for address, kind in feeds:
        answer = page.request.get(address)
        assert (answer.status, answer.headers["content-type"].split(";")[0]) == (200, kind)
    page.goto(f"{site}/charts")
    page.get_by_text("The Brass Tally", exact=True).click()
    assert "Charts: The Brass Tally" in page.inner_text("h1")
    page.goto(f"{site}/search")
    page.fill("input[type=search]", "harbour")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=harbour")
    assert page.locator("ol.changes li").count() == 50
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"


def test_no_script_of_others_runs(page: Page, attacked: str) -> None:
    """A script in any field is shown as it is written."""
    for path in PATHS:
        page.goto(attacked + path)
        page.wait_for_timeout(50)
        assert page.evaluate("window.hit") is None, path
    page.goto(attacked)
    assert "<script>" in page.inner_text("main")


def test_a_change_has_a_picture(browser: Browser, site: str, attacked: str) -> None:
    """Every line of it fits, and what is hostile is no more than text in it."""
    page = browser.new_page()
    for address in (site, attacked):
        page.goto(f"{address}/a/{ID}/1-2.svg")
        right, bottom, count = page.evaluate(
            "(texts => [Math.max(...texts.map(t => t.getBBox().x + t.getBBox().width)),"
            " Math.max(...texts.map(t => t.getBBox().y + t.getBBox().height)), texts.length])"
            "([...document.querySelectorAll('text')])"
        )
        assert right <= 1200
        assert bottom <= 630
        assert count > 4
        assert page.evaluate("window.hit") is None
    page.close()


def test_new_changes_appear_by_themselves(browser: Browser, tmp_path: Path) -> None:
    """Whoever looks at the newest changes need not load the page again; without scripts it is the same page."""
    records = history(4)
    with site_in_a_thread(tmp_path, [each for each in records if each.key != url(3).encode()]) as running:
        page = browser.new_page()
        page.goto(running.address)
        page.get_by_text("New changes appear here as they come.").wait_for()
        assert page.locator("#changes > li").count() == 6
        running.add(records)
        page.locator("#changes > li").nth(7).wait_for()
        assert "Story 3" in page.locator("#changes > li").first.inner_text()
        page.close()
        plain = browser.new_context(java_script_enabled=False).new_page()
        plain.goto(running.address)
        assert plain.locator("#changes > li").count() == 8
        plain.context.close()
