"""Lines that stand on a page beside its article, told by their wording: share bars, counts, boxes, banners.

Only whole lines of few words are such. Numbers, names and corrections in a sentence are never furniture.
"""

from __future__ import annotations

import re

from agents.detect.folding import fold

MAX_WORDS = 40

_NUMBER = r"\d[\d.,]*\s?[km]?"
_UNIT = (
    r"(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|sekunden?|minuten?|stunden?|tag(?:e|en)?|secondes?"
    r"|heures?|jours?|segundos?|minutos?|horas?|d[ií]as?|secondi|minuti|or[ae]|giorn[io]|uur|dagen|minut(?:er)?|timer)"
)
_AGO = (
    rf"(?:about |almost |over )?(?:{_NUMBER}|an?|one|einer?|une?|um|uma) ?{_UNIT} (?:ago|fa|geleden|atrás|sedan|siden)"
    rf"|(?:vor|il y a|hace|há) (?:{_NUMBER}|einer?|une?|una?|um|uma) ?{_UNIT}|just now|yesterday|gerade eben"
)
_COUNTED = (
    r"(?:comments?|shares?|views?|likes?|reads?|reactions?|retweets?|claps?|votes?|followers?|kommentare?|aufrufe"
    r"|commentaires?|partages?|vues?|comentarios?|comentários?|commenti|condivisioni|reacties|kommentarer)"
)
_NETWORK = r"(?:facebook|twitter|x|instagram|whatsapp|linkedin|pinterest|reddit|telegram|youtube|flipboard|threads|bluesky)"
_MAILED = r"(?:newsletters?|inbox|e-?mail|alerts?|updates|briefing|digest|bolet[ií]n|posteingang)"


def _words(*phrases: str) -> str:
    return "|".join(phrases)


_LABELS = _words(
    "advertisement", "ads?", "sponsored(?: content| by .{1,40})?", "promoted(?: content)?", "paid (?:content|post)",
    "(?:article|story|text|content) continues (?:below|after)(?: this)?(?: (?:ad|advertisement|promotion))?",
    "scroll (?:down )?to continue(?: reading)?", "anzeige", "werbung", "publicité", "publicidad", "publicidade",
    "pubblicità", "advertentie", "annonce", "annons", "reklama?", "реклама", "广告", "広告",
    "share(?: this)?(?: (?:article|story|page|post))?(?: on .{1,40})?", "copy link", "print(?: this)?(?: (?:article|page))?",
    "e-?mail(?: this)?(?: (?:article|story))?", "save(?: (?:article|for later))?", "bookmark", "tweet", "send", "listen",
    "listen to (?:this )?article", "gift(?: this)? article", "teilen", "drucken", "partager", "imprimer", "compartir",
    "imprimir", "compartilhar", "condividi", "stampa", "delen", "dela", "del", f"(?:share|post|follow us|find us) (?:on|via) {_NETWORK}",
    _NETWORK,
    "(?:read|see|show|view|load) (?:more|all|details|less)", "continue reading", "more(?: on this(?: story)?| from .{1,40})?",
    "related(?: (?:articles?|stor(?:y|ies)|topics?|content|links?|news|posts?|coverage))?", "see also", "also read", "read (?:also|next)",
    "most (?:read|popular|viewed|shared|commented)", "trending(?: now)?", "popular(?: now)?", "top stories", "latest(?: news)?",
    "recommended(?: for you)?", "you (?:may|might) (?:also )?(?:like|be interested in)", "more like this", "editor'?s? picks?", "up next",
    "what to read next", "partner (?:news|content)", "from the web", "around the web",
    "(?:mehr )?zum thema", "mehr zum thema", "lesen sie (?:auch|mehr)", "das könnte sie (?:auch )?interessieren", "meistgelesen",
    "(?:à )?lire aussi", "sur le même sujet", "les plus lus", "(?:leer?|lea|lee) (?:más|también|además)", "te puede interesar",
    "lo más (?:leído|visto)", "você pode gostar", "leia (?:mais|também)", "leggi anche", "potrebbe interessarti", "lees (?:ook|meer)",
    "læs også", "läs (?:också|mer)", "les også",
    "(?:table of )?contents", "in this article", "on this page", "jump to .{1,30}", "back to top", "skip to (?:main )?content",
    "inhalt(?:sverzeichnis)?", "sommaire", "índice", "indice", "inhoud",
    "(?:leave|post|add|write) a (?:comment|reply)", "join the (?:conversation|discussion)", "view comments", "comments?(?: are closed)?",
    "kommentare", "commentaires", "comentarios", "reply", "report(?: (?:abuse|comment|a typo))?", "log ?in", "sign ?in", "subscribe(?: now)?",
    "sign up(?: now)?", "register(?: now)?", "menu", "search", "close", "home", "tags?", "topics?", "filed under", "loading",
    "(?:accept|reject|allow) (?:all )?(?:cookies)?", "manage (?:cookies|preferences|consent)",
)  # fmt: skip

_LINES = _words(
    rf"(?:(?:last |first )?(?:updated|published|posted|modified)|(?:zuletzt )?aktualisiert|mis à jour|publié|actualizado|publicado|aggiornato|bijgewerkt|oppdatert|uppdaterad)?:? ?(?:{_AGO})",
    rf"{_NUMBER} ?{_COUNTED}(?: ?[|,-] ?{_NUMBER} ?{_COUNTED})*",
    rf"{_COUNTED} ?:? ?\(?{_NUMBER}\)?",
    r"\d+ ?-?(?:min(?:ute)?s?)\.? (?:read|watch|listen)|lesezeit:? \d+ min(?:uten)?|lecture:? \d+ min",
    rf"(?:sign up|subscribe|register)\b.{{0,120}}\b{_MAILED}\b.{{0,80}}",
    rf"(?:get|receive)\b.{{0,120}}\b(?:in|to) your (?:inbox|e-?mail)\b.{{0,80}}",
    r"(?:abonnieren|bestellen) sie\b.{0,80}\bnewsletter\b.{0,60}|(?:inscrivez|abonnez)-vous\b.{0,100}",
    r"suscr[ií]b[ae](?:te|se)?\b.{0,100}|iscriviti\b.{0,100}|inscreva-se\b.{0,100}|schrijf je in\b.{0,100}",
    r"already (?:a |have )?(?:subscriber|member|an? account)\?.{0,60}",
    r"you have .{0,20}(?:free )?(?:articles?|stories) (?:left|remaining)\b.{0,60}|you(?:'ve| have) (?:read|reached)\b.{0,80}\barticles?\b.{0,40}",
    r"(?:we|this (?:web)?site)(?: and our partners)? uses? cookies\b.{0,200}|by (?:using|continuing)\b.{0,120}\bcookies\b.{0,80}",
    rf"(?:follow|like|join|find) (?:us|.{{1,40}}) on {_NETWORK}\b.{{0,60}}",
    r"download (?:the|our)\b.{0,60}\bapp\b.{0,60}",
    r"(?:©|\(c\)|copyright (?:©|\(c\)|\d{4})).{0,160}|.{0,80}\ball rights reserved\.?",
    r"(?:read|lire|lesen|leggi|leer|see) (?:more|also|auch|aussi|anche|también)\s?:.{1,150}",
    r"(?:related|more|recommended|watch|listen|breaking(?: news)?|live|advertisement)\s?:.{0,150}",
)

_FURNITURE = re.compile(rf"(?:{_LABELS})[\s:.!>…»→›|-]*|(?:{_LINES})")


def is_furniture(text: str, *, linked: bool) -> bool:
    """Whether a line belongs to the page and not to the article. `linked`: whether half of it or more is a link."""
    line = fold(text).casefold()
    if len(line.split()) > MAX_WORDS or (found := _FURNITURE.fullmatch(line)) is None:
        return False
    return linked or not _NEEDS_LINK.match(found[0])


_NEEDS_LINK = re.compile(r"(?:read|lire|lesen|leggi|leer|see|related|more|recommended|watch|listen|breaking|live)[^:]*:\s*\S")
"""What begins like the label of a link may be a sentence, unless it is a link."""
