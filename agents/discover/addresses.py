"""Which addresses are those of articles, told by how they are built."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

MIN_WORDS, MIN_WORDS_OF_HEADLINE = 4, 2
"""Words that the last part of an article's path has at least, if nothing else tells it: `/world/storm-hits-the-coast`
and not `/us-politics`. Where a headline leads to it, fewer do: `/world/coast-storm`."""

HEADLINE = 6
"""Words that a headline has at least, and the name of a section does not."""

MAX_PATH = 500

_DATE = re.compile(r"/(?:19|20)\d\d(?:[/-]?(?:0[1-9]|1[0-2])(?:[/-]?\d\d)?|[/-]\w{3})(?:[/-]|$)")
_NUMBER = re.compile(r"\d{5,}")
_NO_ARTICLES = re.compile(
    r"/(?:tags?|topics?|authors?|by|profile|people|categor(?:y|ies)|sections?|search|login|log-in|signin|sign-in|account"
    r"|register|subscri(?:be|ption)s?|newsletters?|about|contact|privacy|terms|cookies?|help|faq|jobs|advert\w*|shop"
    r"|rss|feeds?|sitemaps?|archives?|podcasts?|games?|crosswords?|weather|horoscopes?|page/\d+)(?:/|\.|$)",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|svg|pdf|mp[34]|css|js|xml|json|zip|ico)$", re.IGNORECASE)


def looks_like_article(url: str, words_of_link: int = 0) -> bool:
    """Whether an address is built as those of articles are: with a date, a number, or a title of some words.

    `words_of_link`: how many words lead to it.
    """
    parts = urlsplit(url)
    path = parts.path[:MAX_PATH].rstrip("/")
    if not path or _NO_ARTICLES.search(path) or _FILE.search(path):
        return False
    last = path.rpartition("/")[2]
    words = [word for word in re.split(r"[-_+.]|%20", last) if word]
    return bool(
        (_DATE.search(f"{path}/") and len(last) > 2)  # noqa: PLR2004 - not the page of a day or a month
        or len(words) >= (MIN_WORDS_OF_HEADLINE if words_of_link >= HEADLINE else MIN_WORDS)
        or _NUMBER.search(last)
        or (len(words) > 1 and _NUMBER.search(parts.query))
    )
