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

HEADING = 8
"""Words of a heading that says nothing else."""

HARDLY_ANY = 25
"""Words of a page that need not say it once more."""

_SITE = re.compile(r" [|\u00b7\u00bb-] ")
"""What divides a title from the name of its site; folded text has one dash."""


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases))


_ERROR = _any(
    r"^(?:(?:http |server )?(?:error|fehler|erreur|errore) )?(?:40[0-9]|410|50[0-4])"
    r"(?:\W*$|\W+(?:not found|error|forbidden|unauthori[sz]ed|gone|bad gateway|service|internal|gateway|page)\b)",
    r"(?:page|site|article|content)\b.{0,40} (?:not|cannot|no longer) (?:be )?(?:found|available|exist)",
    r"^(?:page|content) (?:unavailable|missing|not found)\W*$", r"^not found\W*$",
    r"^service (?:temporarily )?unavailable\W*$",
    r"^(?:oops|whoops|ups|uh.?oh)\b(?!.*\bsays?\b)", r"^(?:sorry, )?something(?: has)? (?:went|gone) wrong",
    r"^(?:we(?:'re| are) (?:having|experiencing) |sorry, )?technical (?:problems?|difficult(?:y|ies)|error)\W*$",
    r"^(?:scheduled |site |under )?maintenance(?: mode)?\W*$", r"^(?:we(?:'ll| will) be|be) (?:right )?back (?:soon|shortly)",
    r"(?:site|page|we)(?:'re| is| are) (?:currently |temporarily )?(?:down|closed|offline) for (?:scheduled )?maintenance",
    "^application error\\b", r"^(?:php )?(?:fatal|parse) error\W", "^uncaught [a-z]*(?:error|exception)",
    "error establishing a database connection",
    r"^(?:(?:this|the) )?(?:content|page|site|article|website|video) (?:is )?(?:currently )?(?:not available|unavailable|blocked)"
    " (?:in|from) your (?:region|country|location|area)",
    "^unavailable (?:for legal reasons|due to legal)",
    "^(?:wartungsarbeiten|es ist ein fehler aufgetreten)", "^une erreur (?:s'est produite|est survenue)",
    "^(?:ha ocurrido|se ha producido) un error", "^si è verificato un errore", "^er is (?:iets|een fout)",
    r"^bad gateway\W*$", r"^gateway time-?out\W*$", r"^internal server error\W*$",
    r"(?:seite|artikel|datei|inhalt)\b.{0,30}nicht gefunden", r"(?:page|article|contenu)\b.{0,20}introuvable",
    r"página\b.{0,20}(?:no (?:se ha )?|não )encontrad[ao]", r"pagina\b.{0,20}(?:non trovat[ao]|niet gevonden)",
    r"strony nie znaleziono", r"страница не найдена", r"sidan hittades inte", r"siden blev ikke fundet",
    "ページが見つかりません",
    "页面不存在", "頁面不存在",
)  # fmt: skip
_BOT_CHECK = _any(
    r"^just a moment\W*$", r"^attention required\W*$", "are you (?:a robot|human|not a robot)", "checking your browser",
    "verify (?:that )?you(?:'re| are) (?:a )?human", r"^captcha\W*$", "complete the captcha", "pardon our interruption",
    r"^access (?:to this page has been )?denied\W*$", "unusual traffic from your", r"^ddos protection\b",
    "please enable (?:js|javascript|cookies)", r"^security check\W*$", r"^robot or human\W*$",
)  # fmt: skip
_WALL = _any(
    r"^before you continue\W*$", "^we value your privacy", "we (?:and our partners )?(?:use|store)[^.]{0,60}cookies",
    r"^cookie (?:consent|settings)\W*$", "accept (?:all )?cookies", "manage (?:your )?(?:consent|cookies)",
    r"^your privacy (?:choices|matters)\W*$", "datenschutz-?einstellungen", "cookies? (?:akzeptieren|zustimmen)",
    "^(?:nous respectons|votre) (?:votre )?vie privée", "^(?:wir respektieren )?(?:ihre|deine) privatsphäre",
    "^(?:respetamos|valoramos) (?:tu|su) privacidad", "^(?:rispettiamo la|la) tua privacy", "^wij waarderen (?:je|uw) privacy",
    "mit werbung weiterlesen", "accepter (?:tous )?(?:et continuer|les cookies)", "gérer (?:mes|les) cookies",
    "aceptar (?:las )?cookies", "accetta (?:i )?cookie", "alle cookies accepteren",
)  # fmt: skip
_LOGIN = _any(
    "(?:sign|log) ?in to (?:continue|read)", r"^(?:please )?(?:sign|log) ?in\W*$",
    "already (?:a )?(?:subscriber|member)\\?",
    "create (?:an|your) (?:free )?account to", "(?:subscribe|register) to (?:continue|read)",
    r"^(?:anmelden|einloggen|registrieren|login|se connecter|connexion|identifiez-vous|inicia sesión)\W*$",
    "bitte (?:melden|loggen) sie sich (?:zuerst |erst )?(?:an|ein)", "melden sie sich an, um", "mit ihrem (?:konto|passwort)",
    "forgot(?:ten)? (?:your )?password", "passwort vergessen", "mot de passe oublié", "olvidado (?:tu|su|la) contraseña",
    "bitte einloggen", "connectez-vous pour", "identifiez-vous pour", r"^iniciar? sesión\W*$", r"^accedi\W*$",
    r"^inloggen\W*$",
)  # fmt: skip

_FAULTS = ((_BOT_CHECK, "a bot check"), (_ERROR, "an error page"))
_WALLS = ((_WALL, "a consent wall"), (_LOGIN, "a login wall"))


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


def notice(title: str, paragraphs: Sequence[str], *, says_article: bool = False) -> str | None:
    """What a page is if it is a notice of the server or of its owner, and None where it is none.

    `says_article`: whether the page says that it is an article: then it may be one before a wall, but no error page.
    """
    text = fold(" ".join(paragraphs)).casefold()
    words = len(text.split())
    if words > FEW_WORDS:
        return None
    heading = _SITE.split(fold(title).casefold())[0]
    if len(heading.split()) > HEADING:
        return None
    for pattern, what in _WALLS if says_article else (*_FAULTS, *_WALLS):
        if pattern.search(heading or text) and (words <= HARDLY_ANY or pattern.search(text)):
            return what
        if words <= HARDLY_ANY and pattern.match(text):
            return what
    return None


def _is_front(url: str, canonical: str | None) -> bool:
    """Whether a page says that it is the front page of its site, while the article's URL is not."""
    return canonical is not None and _is_root(canonical) and not _is_root(url)


def _is_root(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in ("", "/") and not parts.query
