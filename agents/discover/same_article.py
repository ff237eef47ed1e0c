"""Which of several URLs is the article's own."""

from __future__ import annotations

from agents.detect.url import canonical_url, host_of
from agents.discover.link import found_link
from agents.discover.pages import Page
from agents.discover.site import site_of


def article_url(final: str, body: bytes) -> str:
    """The canonical URL of the article that, after redirects, stands at `final`.

    What the page itself names counts where it is on the same site, and an address of an article: a page that names its
    site's front page, as faulty ones do, would be one with all others.
    """
    final = canonical_url(final)
    named = Page(body, final).canonical
    link = found_link(named, final) if named else None
    if link is None or link.key == final or site_of(host_of(link.key)) != site_of(host_of(final)):
        return final
    is_front = link.key.count("/") <= 3 and not link.key.partition("?")[2]  # noqa: PLR2004 - https://host/
    return final if is_front else link.key
