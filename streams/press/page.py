"""Articles and front pages as HTML; all that is put into a template is escaped."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from html import escape
from importlib import resources
from string import Template

from streams.press.life import Article
from streams.press.listing import Listed
from streams.press.noise import interrupted, noise
from streams.press.story import PAPERS, Story, Text, story


def article_page(article: Article, text: Text, *, url: str, modified: datetime, time: datetime) -> str:
    """The page of an article at a time, with that time's noise. `url`: its full address."""
    told = story(article.slug, article.number)
    fields = {
        "language": told.language,
        "paper": PAPERS[told.paper],
        "section": told.section,
        "byline": told.byline,
        "headline": text.headline,
        "standfirst": text.standfirst,
        "url": url,
        "published": article.published.isoformat(timespec="seconds"),
        "published_words": f"{article.published:%d %B %Y, %H:%M}",
        "modified": modified.isoformat(timespec="seconds"),
    }
    paragraphs = [f"<p>{escape(paragraph)}</p>" for paragraph in text.paragraphs]
    return _template(told.paper).substitute(
        {name: escape(value) for name, value in fields.items()},
        linked_data=_linked_data(told, text, fields),
        paragraphs=interrupted(paragraphs, told.paper, time),
        **noise(told.paper, modified, time),
    )


def front_page(paper: str, stories: Iterable[Listed]) -> str:
    """A paper's front page: links to its stories, and to its feed."""
    links = [(listed.url, listed.headline) for listed in stories]
    return _plain(PAPERS[paper], links, '<link rel="alternate" type="application/atom+xml" href="feed.xml">')


def all_papers() -> str:
    """A page with a link to each paper."""
    return _plain("The local press", [(f"/{paper}/", name) for paper, name in PAPERS.items()])


def gone_page(status: int) -> str:
    """What is served where there is no article, or none any more."""
    return _plain("This page is gone" if status == 410 else "There is no such page", [("/", "The local press")])  # noqa: PLR2004 - HTTP


def _plain(title: str, links: Iterable[tuple[str, str]], head: str = "") -> str:
    items = "\n".join(f'<li><a href="{escape(path)}">{escape(words)}</a></li>' for path, words in links)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>{head}</head>\n'
        f"<body><h1>{escape(title)}</h1>\n<ul>\n{items}\n</ul></body></html>\n"
    )


def _linked_data(told: Story, text: Text, fields: dict[str, str]) -> str:
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": text.headline,
        "description": text.standfirst,
        "author": [{"@type": "Person", "name": told.byline}],
        "publisher": {"@type": "Organization", "name": fields["paper"]},
        "datePublished": fields["published"],
        "dateModified": fields["modified"],
        "mainEntityOfPage": fields["url"],
        "articleSection": told.section,
        "inLanguage": told.language,
    }
    # Entities mean nothing inside a script, so "</script>" and "<!--" are kept out by JSON's own escape.
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


@cache
def _template(paper: str) -> Template:
    return Template(resources.files("streams.press.templates").joinpath(f"{paper}.html").read_text("utf-8"))
