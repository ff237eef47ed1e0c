"""Pages that answer 200 and are no article: error pages, walls, bot checks, fronts.

A page is only one of these where little text was read from it: an article *about* cookies or robots has more.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from importlib.resources import files

from agents.detect.folding import fold
from agents.detect.reading import BINARY, Reading
from agents.detect.row import Row
from agents.detect.shape import is_beginning
from agents.detect.url import split

FEW_WORDS = 120
"""Words of a page that may be a notice; an article that is as short has a title that says something else."""

HEADING = 8
"""Words of a heading that says nothing else."""

HARDLY_ANY = 25
"""Words of a page that need not say it once more."""

STUB = 2
"""How many times the words before a wall the article had; a shorter cut may be an edit."""

_SITE = re.compile(r" [|\u00b7\u00bb\u203a-] ")
"""What divides a title from the name of its site; folded text has one dash."""

_NOTICES = {
    name: re.compile("|".join(wording))
    for name, wording in tomllib.loads(files(__package__).joinpath("notices.toml").read_text("utf-8")).items()
}
_FAULTS = ("a bot check", "an error page")
_WALLS = ("a consent wall", "a login wall")


def why_no_article(url: str, reading: Reading, row: Row | None) -> str | None:
    """Why a page is not the article at `url`, whose row is `row`, in words that name the cause; None if it is."""
    if not reading.paragraphs:
        return "the body is no text" if BINARY in reading.flags else reading.notice or "there is no article in the page"
    if row and row.shape and reading.shape and is_beginning(row.shape, reading.shape):
        if not reading.whole:
            return "the page is cut short"
        last = fold(reading.paragraphs[-1].text).casefold()
        is_walled = "paywalled" in reading.flags or _NOTICES["a login wall"].search(last)
        if is_walled and STUB * reading.shape.words < row.shape.words:
            return "the beginning of the article, before a paywall"
    return reading.notice or ("the front page of the site" if _is_front(url, reading.canonical) else None)


def notice(title: str, paragraphs: Sequence[str], *, says_article: bool = False) -> str | None:
    """What a page is if it is a notice of the server or of its owner, and None where it is none.

    `says_article`: whether the page says that it is an article: then it may be one before a wall, but no error page.
    """
    text = fold(" ".join(paragraphs)).casefold()
    words = len(text.split())
    if words > FEW_WORDS:
        return None
    headings = _SITE.split(fold(title).casefold())
    if len(headings[0].split()) > HEADING:
        return None
    for what in _WALLS if says_article else (*_FAULTS, *_WALLS):
        pattern = _NOTICES[what]
        is_headed = any(pattern.search(heading or text) for heading in headings)
        if is_headed and (words <= HARDLY_ANY or pattern.search(text)):
            return what
        if words <= HARDLY_ANY and pattern.match(text):
            return what
    return None


def _is_front(url: str, canonical: str | None) -> bool:
    """Whether a page says that it is the front page of its site, while the article's URL is not."""
    return canonical is not None and _is_root(canonical) and not _is_root(url)


def _is_root(url: str) -> bool:
    parts = split(url)
    return parts is not None and parts.path in ("", "/") and not parts.query
