"""What a fetch says: the article in a page (`agents.detect.page`), or the one that its producer extracted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from agents.detect.folding import clean, text_hash
from agents.detect.shape import Shape, shape_of
from schemas.article import Paragraph
from schemas.errors import BadRecordError, Reason
from schemas.fetch import Extracted

MAX_PARAGRAPHS = 60_000

MAX_FIELD = 1000
"""Characters of any one field that a page says about itself."""

PRODUCER = "producer"
"""The extractor of an article that came without a page."""

BINARY = "binary"
"""The flag of a reading whose body is no text at all."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """An article as it was read. The fields are those of the version event.

    `visible`: the hash of all that a reader could notice of the page, "" where there is no page. With the one that is
    known, nothing more of the page was read. `canonical`: the URL that the page says is its own. `notice`: what it is
    where that is no article: "an error page", for instance. `whole`: whether the page was there to its end.
    """

    visible: str = ""
    canonical: str | None = None
    notice: str | None = None
    whole: bool = True
    title: str = ""
    headline: str | None = None
    byline: str | None = None
    standfirst: str | None = None
    published: str | None = None
    modified: str | None = None
    language: str | None = None
    section: str | None = None
    image: str | None = None
    paragraphs: tuple[Paragraph, ...] = ()
    furniture: tuple[Paragraph, ...] = ()
    extractor: str = ""
    flags: tuple[str, ...] = ()

    @cached_property
    def shape(self) -> Shape | None:
        """The shape of the paragraphs."""
        return shape_of([paragraph.text for paragraph in self.paragraphs])

    @cached_property
    def hash(self) -> str:
        """The hash of what makes a version: title, byline, standfirst and the text of the paragraphs."""
        return text_hash(self.title, self.byline, self.standfirst, (p.text for p in self.paragraphs))


def read_extracted(article: Extracted) -> Reading:
    """The article as its producer read it, each field in one line.

    Raises:
        BadRecordError: `too_complex`.
    """
    if len(article.paragraphs) > MAX_PARAGRAPHS:
        what = f"the article has {len(article.paragraphs)} paragraphs, {MAX_PARAGRAPHS} can be read"
        raise BadRecordError(Reason.TOO_COMPLEX, what)
    paragraphs = (Paragraph(p.kind, clean(p.text)) for p in article.paragraphs)
    return Reading(
        title=clean(article.title),
        byline=clean(article.byline or "") or None,
        published=clean(article.published or "") or None,
        paragraphs=tuple(p for p in paragraphs if p.text),
        extractor=PRODUCER,
    )
