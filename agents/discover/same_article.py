"""Which of several URLs is the article's own."""

from __future__ import annotations

from agents.detect.url import canonical_url
from agents.discover.addresses import looks_like_article
from agents.discover.link import found_link
from agents.discover.pages import Page
from agents.discover.site import same_site


def article_url(final: str, body: bytes) -> str:
    """The canonical URL of the article that, after redirects, stands at `final`.

    What the page itself names counts where it is on the same site, and an address of an article: pages that name their
    site's front page or their section, as faulty ones do, would be one with all others.
    """
    final = canonical_url(final)
    named = Page(body, final).canonical
    link = found_link(named, final) if named else None
    if link is None or link.key == final or not same_site(link.key, final):
        return final
    is_front = link.key.count("/") <= 3 and not link.key.partition("?")[2]  # noqa: PLR2004 - https://host/
    is_section = looks_like_article(final) and not looks_like_article(link.key)
    return final if is_front or is_section else link.key
