"""Pages that answer 200 and are no article: error pages, walls, bot checks, fronts.

A page is only one of these where little text was read from it: an article *about* cookies or robots has more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from agents.detect.folding import fold
from agents.detect.reading import BINARY, Reading
from agents.detect.row import Row
from agents.detect.shape import is_cut_short

FEW_WORDS = 120
"""Words of a page that may be a notice; an article that is as short has a title that says something else."""

HEADING = 7
"""Words of a heading that says nothing else."""

HARDLY_ANY = 25
"""Words of a page that need not say it once more."""

_SITE = re.compile(r" [|\u00b7\u00bb-] ")
"""What divides a title from the name of its site; folded text has one dash."""


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases))


_ERROR = _any(
    r"^(?:(?:http |server )?(?:error|fehler|erreur|errore) )?(?:40[0-9]|410|50[0-4])\b",
    r"(?:page|site|article|content) (?:was |is |could )?(?:not|cannot|no longer) (?:be )?(?:found|available|exist)",
    "page (?:unavailable|missing)", "^not found", "service unavailable", "bad gateway", "gateway time-?out",
    "internal server error", "nicht gefunden", "introuvable", "no (?:se ha )?encontrad[ao]", "non trovat[ao]",
    "não encontrad[ao]", "niet gevonden", "nie znaleziono", "не найден", "hittades inte", "ikke fundet", "ikke funnet",
    "見つかりません", "页面不存在", "頁面不存在",
)  # fmt: skip
_BOT_CHECK = _any(
    "just a moment", "attention required", "are you (?:a robot|human|not a robot)", "checking your browser",
    "verify (?:that )?you(?:'re| are) (?:a )?human", "captcha", "access (?:to this page has been )?denied",
    "unusual traffic", "ddos protection", "pardon our interruption", "please enable (?:js|javascript|cookies)",
    "security check", "robot or human",
)  # fmt: skip
_WALL = _any(
    "before you continue", "we value your privacy", "we (?:and our partners )?(?:use|store)[^.]{0,60}cookies",
    "cookie (?:consent|settings)", "accept (?:all )?cookies", "manage (?:your )?(?:consent|cookies)",
    "your privacy (?:choices|matters)", "datenschutz-?einstellungen", "cookies? (?:akzeptieren|zustimmen)",
    "mit werbung weiterlesen", "accepter (?:et|les) ", "gérer (?:mes|les) cookies", "aceptar (?:las )?cookies",
    "accetta (?:i )?cookie", "alle cookies accepteren",
)  # fmt: skip
_LOGIN = _any(
    "(?:sign|log) ?in to (?:continue|read)", r"(?:please )?(?:sign|log) ?in\b", "already (?:a )?(?:subscriber|member)",
    "create (?:an|your) (?:free )?account", "(?:subscribe|register) to (?:continue|read)", "bitte melden sie sich an",
    "bitte einloggen", "connectez-vous", "identifiez-vous", "iniciar? sesión", "accedi per", "inloggen",
)  # fmt: skip

_NOTICES = (
    (_BOT_CHECK, "a bot check"),
    (_ERROR, "an error page"),
    (_WALL, "a consent wall"),
    (_LOGIN, "a login wall"),
)


def why_no_article(url: str, reading: Reading, row: Row | None) -> str | None:
    """Why a page is not the article at `url`, whose row is `row`, in words that name the cause; None if it is."""
    if not reading.paragraphs:
        return "the body is no text" if BINARY in reading.flags else reading.notice or "there is no article in the page"
    if row and row.shape and reading.shape and is_cut_short(row.shape, reading.shape):
        if not reading.whole:
            return "the page is cut short"
        if "paywalled" in reading.flags or _LOGIN.search(fold(reading.paragraphs[-1].text).casefold()):
            return "the beginning of the article, before a paywall"
    return reading.notice or ("the front page of the site" if _is_front(url, reading.canonical) else None)


def notice(title: str, paragraphs: Sequence[str]) -> str | None:
    """What a page is if it is a notice of the server or of its owner, and None where it is none."""
    text = fold(" ".join(paragraphs)).casefold()
    words = len(text.split())
    if words > FEW_WORDS:
        return None
    heading = _SITE.split(fold(title).casefold())[0]
    heads = len(heading.split()) <= HEADING
    for pattern, what in _NOTICES:
        if pattern.match(text) or (heads and pattern.search(heading) and (words <= HARDLY_ANY or pattern.search(text))):
            return what
    return None


def _is_front(url: str, canonical: str | None) -> bool:
    """Whether a page says that it is the front page of its site, while the article's URL is not."""
    return canonical is not None and _is_root(canonical) and not _is_root(url)


def _is_root(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query
