"""A picture of what changed, for those who share it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import regex
from aiohttp import web

from agents.archive.rows import excerpt
from schemas.change import Spans
from streams.site.comparing import compared
from streams.site.keys import TEMPLATES
from streams.site.words import as_xml, edits, passed

LINES, WIDTH = 8, 70
"""Of the text, and the columns of each: what 1200 by 630 pixels hold in a size that can be read when it is small."""

TITLE_LINES, TITLE_WIDTH = 2, 48

MAX_TITLE = 500
"""Characters of a headline that are looked at."""

FACTS_WIDTH = 90

THIN_SPACE = "\u2009"

_PIECES = regex.compile(r"\s+|\S{1,30}")
_BROAD = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZmw@%&—…<>=+_#")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line: `=`, `-` or `+`, and its text."""

    op: str
    text: str


async def card(request: web.Request) -> web.Response:
    """Source, headline and the largest edit between two versions, as SVG."""
    found = await compared(request)
    template = request.app[TEMPLATES].get_template("card.svg")
    stats, later = found.what.stats, passed(found.old.fetched_at, found.new.fetched_at)
    text = template.render(
        facts=list(
            lines((("=", f"{later} · {edits(stats.added, stats.removed)} · {found.article.source}"),), FACTS_WIDTH, 1)
        ),
        title=list(lines((("=", (found.new.title or found.article.url)[:MAX_TITLE]),), TITLE_WIDTH, TITLE_LINES)),
        lines=list(lines(excerpt(found.what.diff), WIDTH, LINES)),
    )
    return web.Response(text=as_xml(text), content_type="image/svg+xml")


def lines(spans: Spans, width: int, count: int) -> Iterator[list[Piece]]:
    """Spans in lines of so many columns, the last one with an ellipsis where they are more."""
    line: list[Piece] = []
    used, done = 0.0, 0
    for op, text in spans:
        for piece in _PIECES.findall(text):
            shown = " " if piece.isspace() else piece
            gap = THIN_SPACE if line and (line[-1].op, op) == ("-", "+") and not line[-1].text.isspace() else ""
            size = columns(gap) + columns(shown)
            if used + size > width and line:
                done += 1
                if done == count:
                    yield [*line, Piece("=", "…")]
                    return
                yield line
                line, used, gap, size = [], 0.0, "", columns(shown)
            if shown != " " or line:
                if gap:
                    line.append(Piece("=", gap))
                line.append(Piece(op, shown))
                used += size
    if line:
        yield line


def columns(text: str) -> float:
    """How much room a text takes: most letters one column, capitals more, the signs of East Asia two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1.4 if sign in _BROAD else 1 for sign in text)
