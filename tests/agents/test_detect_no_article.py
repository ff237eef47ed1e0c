"""Pages that answer 200 and are no article make no version, whatever was there before; short articles do."""

from __future__ import annotations

import dataclasses

import pytest
from detect_fetches import URL, Table, fetched, page, prose

from schemas.record import Record

HINT = '<script type=\'application/ld+json\'>{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'
LONG = tuple(f"{paragraph} This was told on day {n}." for n in range(6) for paragraph in prose(n))
SHORT = ("Nobody was hurt when the ferry hit the pier on Tuesday, the harbour board of Eastmere said on its page.",)


def outcome(body: bytes, before: bytes | None = None) -> tuple[str, str | None]:
    """What becomes of a page, and the reason that is told."""
    table = Table()
    words = table.feed(*([fetched(before)] if before else []), fetched(body, 5))
    return words[-1], table.outcomes[-1].reason if table.outcomes else None


NOTICES = {
    "an error page": {
        "404 Not Found": "The requested page could not be found on this server, please go back to where you were.",
        "Page not found": "Sorry, the page that you are looking for cannot be found. It may have been moved.",
        "Seite nicht gefunden": "Die Seite wurde nicht gefunden. Bitte prüfen Sie die Adresse, die Sie eingaben.",
        "Something went wrong": "Please try again in some minutes, or go back to the start of the site.",
        "Oops!": "We cannot show you this page at the moment. Our people have been told of it.",
        "Technical difficulties": "We are working on it. Please come back in some minutes.",
        "Scheduled maintenance": "Our site is down for maintenance tonight. We will be back at six.",
        "Application error": "A client-side exception has occurred while loading this site.",
        "Eastmere Echo": "Fatal error: Uncaught Error: Call to undefined function in /var/www/index.php:12",
        "This content is not available in your region": "We are sorry. Rules of your region keep us from showing it.",
        "Wartungsarbeiten": "Unsere Seiten sind heute Nacht nicht zu erreichen. Wir bitten um Geduld.",
        "503 Service Unavailable": "No server is available to handle this request. Please come back in some minutes.",
    },
    "a bot check": {
        "Just a moment...": "Checking your browser before you can access this site. This will take a few seconds only.",
        "Are you a robot?": "To continue, please click the box below to let us know that you're not a robot.",
        "Access denied": "Pardon our interruption. As you were browsing, something about your browser made us think.",
    },
    "a consent wall": {
        "Before you continue": "We and our partners use cookies to store information on a device and to count visits.",
        "Nous respectons votre vie privée": "Avec votre accord, nous et nos partenaires lisons ce que vous aimez.",
        "We value your privacy": "Accept all cookies or manage your consent. We use cookies to choose what you see.",
    },
    "a login wall": {
        "Anmelden": "Bitte melden Sie sich an, um weiterzulesen. Passwort vergessen?",
        "Harbour dues rise": "Already a subscriber? Sign in to continue reading.",
        "Log in": "Sign in to continue reading. Already a subscriber? Enter your address and your password below.",
    },
}


@pytest.mark.parametrize(
    ("title", "text", "reason"),
    [(title, text, reason) for reason, pages in NOTICES.items() for title, text in pages.items()],
)
def test_a_notice_is_no_article(title: str, text: str, reason: str) -> None:
    """Error pages, bot checks and walls are told by what they are."""
    assert outcome(page(text, title=title), page(*LONG)) == ("not_article", reason)


@pytest.mark.parametrize(
    "title",
    [
        "Ferry hits pier, nobody hurt",
        "Missing boats not found after storm",
        "404 people left without homes by the storm in Eastmere",
        "Captcha maker to open plant in Eastmere, says mayor",
        "Why cookies crumble: the bakery that outlived the storm",
        "Board logs in overtime as the storm goes on",
        "Captcha inventor dies",
        "New security check at airport",
        "404 people rescued",
        "Leiche nicht gefunden",
        "Le suspect reste introuvable",
        "Accepter les réfugiés",
        "Log in river stops ferry",
        "Internal server error grounds flights",
        "Just a moment of silence for victims",
        "Maintenance of pier begins",
        "Application for error correction rejected",
        "Oops, says mayor after ferry gaffe",
        "Technical error sank ferry, court says",
    ],
)
def test_a_short_article_is_one(title: str) -> None:
    """What an article is about makes no notice of it."""
    assert outcome(page(*SHORT, title=title)) == ("first", None)
    assert outcome(page(f"{title}, the board said on Monday.", title=title)) == ("first", None)


@pytest.mark.parametrize(
    "title",
    ["404 dead in floods", "Page not found: library loses leaf", "Access denied", "Something went wrong at the lab"],
)
def test_a_page_that_says_that_it_is_an_article_is_no_error(title: str) -> None:
    """Where the metadata say so, the wording of a headline is not what tells."""
    text = f"{title}, the harbour board of Eastmere said on Tuesday. More follows."
    assert outcome(page(text, title=title, head="<meta property='og:type' content='article'>")) == ("first", None)


def test_a_front_page_is_no_article() -> None:
    """A redirect to the front is told by what the page says its own address is."""
    front = page(*LONG, head="<link rel='canonical' href='https://eastmere-echo.test/'>")
    assert outcome(front, page(*prose())) == ("not_article", "the front page of the site")
    broken = page(*LONG, head="<link rel='canonical' href='http://['>")
    assert outcome(broken, page(*prose())) == ("edited", None)
    own = page(*LONG, head=f"<link rel='canonical' href='{URL}'>")
    assert outcome(own, page(*prose())) == ("edited", None)


def test_the_beginning_before_a_paywall_is_no_article() -> None:
    """Where the full text was before, a stub makes no version: told by the page's metadata or by its last line."""
    stub = outcome(page(*LONG[:3], head=HINT), page(*LONG))
    assert stub == ("not_article", "the beginning of the article, before a paywall")
    told = page(*LONG[:3], "Sign in to continue reading this article with all its details and pictures.")
    assert outcome(told, page(*LONG)) == ("not_article", "the beginning of the article, before a paywall")


def test_a_page_that_was_cut_short_is_no_article() -> None:
    """A body without its end, which has the beginning of the text, makes no version, however much is there."""
    whole = page(*LONG)
    assert outcome(page(LONG[0]).replace(b"</article></body></html>", b""), whole)[1] in ("the page is cut short", None)
    for last in (LONG[5], LONG[-2]):
        cut = whole[: whole.index(last.encode()) + 20]
        assert outcome(cut, whole) == ("not_article", "the page is cut short")
    closed = page(*LONG[:-1]).replace(b"</body></html>", b"")
    assert outcome(closed, whole) == ("edited", None)  # the last tags may be left out


def test_a_shorter_text_is_an_edit() -> None:
    """Where nothing speaks for a fault of the page, most of the text is gone, and that is told as a flag."""
    table = Table()
    assert table.feed(fetched(page(*LONG)), fetched(page(*LONG[:3]), 5)) == ["first", "edited"]
    assert table.versions[-1].flags == ("gutted",)


def suspicious(body: bytes, hours: float) -> Record:
    """A fetch whose producer fetches again soon."""
    record = fetched(body, hours)
    return dataclasses.replace(record, headers=(*record.headers, ("ce_recheck", b"true")))


def candidates(*fetches: tuple[bytes, float]) -> Table:
    """A table that has seen the full text, and then these fetches."""
    table = Table()
    table.feed(fetched(page(*LONG)))
    table.feed(*(suspicious(body, hours) for body, hours in fetches))
    return table


OTHER = page(*(" ".join(reversed(text.split())) for text in LONG))
GUTTED = page(*LONG[:3])
MINOR = page(*LONG, "Thank you for reading.")


@pytest.mark.parametrize("body", [OTHER, GUTTED, MINOR])
def test_a_suspicious_edit_waits_for_a_second_fetch(body: bytes) -> None:
    """It is published when it is seen again, with the time at which it was seen first; the watcher is told to look."""
    table = candidates((body, 1))
    assert [outcome.kind for outcome in table.outcomes] == ["candidate"]
    assert len(table.versions) == 1
    table = candidates((body, 1), (body, 2), (body, 3))
    assert [version.kind for version in table.versions] == ["first", "edited"]
    assert (table.versions[1].fetched_at - table.versions[0].fetched_at).total_seconds() == 3600
    assert table.versions[1].flags != ()


def test_another_text_drops_a_candidate() -> None:
    """What was seen once and is gone again never was."""
    table = candidates((GUTTED, 1), (page(*LONG), 2), (GUTTED, 3))
    assert [outcome.kind for outcome in table.outcomes] == ["candidate", "candidate"]
    assert len(table.versions) == 1
    assert candidates((GUTTED, 1), (OTHER, 2), (GUTTED, 3)).versions[1:] == []


def test_without_a_promise_to_look_again_an_edit_does_not_wait() -> None:
    """It is published at once, and says what is suspicious about it."""
    table = Table()
    assert table.feed(fetched(page(*LONG)), fetched(OTHER, 1)) == ["first", "edited"]
    assert table.versions[-1].flags == ("replaced",)


def test_a_number_in_a_paragraph_is_not_suspicious() -> None:
    """An ordinary edit never waits."""
    edited = page(*(text.replace("day 3", "day 4") for text in LONG))
    table = candidates((edited, 1))
    assert [version.kind for version in table.versions] == ["first", "edited"]
    assert table.versions[-1].flags == ()


def test_a_page_of_many_articles_and_a_live_blog_say_so() -> None:
    """They are read like others, and carry a flag by which they can be told apart."""
    teaser = "<article><h2><a href='/n'>Ferry hits pier</a></h2><p>Nobody was hurt in thick fog.</p></article>"
    table = Table()
    table.feed(fetched(page(*LONG).replace(b"</body>", f"{teaser * 6}</body>".encode())))
    live = '<script type=\'application/ld+json\'>{"@type": "LiveBlogPosting"}</script>'
    table.feed(fetched(page(*prose(), head=live), 5))
    assert [version.flags for version in table.versions] == [("many",), ("live", "gutted")]
