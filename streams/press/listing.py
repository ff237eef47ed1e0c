"""What lists a paper's stories that can be read now: its feed and its sitemap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from xml.sax.saxutils import escape


class Listed(NamedTuple):
    """A story in a list. `url`: its full address. `modified`: when it was printed or last edited."""

    url: str
    headline: str
    published: datetime
    modified: datetime


def feed(name: str, url: str, stories: Sequence[Listed], time: datetime) -> str:
    """The stories as an Atom feed that stands at `url`."""
    updated = max((story.modified for story in stories), default=time)
    entries = "\n".join(
        f"<entry><id>{escape(story.url)}</id><title>{escape(story.headline)}</title>"
        f'<link href="{escape(story.url)}"/><published>{story.published.isoformat()}</published>'
        f"<updated>{story.modified.isoformat()}</updated></entry>"
        for story in stories
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<id>{escape(url)}</id><title>{escape(name)}</title><updated>{updated.isoformat()}</updated>\n"
        f"{entries}\n</feed>\n"
    )


def sitemap(stories: Sequence[Listed]) -> str:
    """The stories as a sitemap."""
    urls = "\n".join(
        f"<url><loc>{escape(story.url)}</loc><lastmod>{story.modified.isoformat()}</lastmod></url>" for story in stories
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{urls}\n</urlset>\n"
    )
