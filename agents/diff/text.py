"""What is compared: the text of an article."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.version import Version


@dataclass(frozen=True, slots=True)
class Text:
    """The text of one version of an article.

    An empty byline or standfirst is the same as none: both are None here, whichever was given.
    """

    title: str = ""
    byline: str | None = None
    standfirst: str | None = None
    paragraphs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "byline", self.byline or None)
        object.__setattr__(self, "standfirst", self.standfirst or None)

    @classmethod
    def of(cls, version: Version) -> Text:
        """The text of a version event."""
        return cls(version.title, version.byline, version.standfirst, tuple(p.text for p in version.paragraphs))
