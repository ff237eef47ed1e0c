"""Files that name what shall be watched: `sources.toml`, and OPML of feed readers."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import msgspec
from lxml import etree

from agents.detect.url import canonical_url, has_user
from schemas.errors import BadRecordError, SettingsError
from streams.files import read_whole

MAX_EVERY = 40 * 24 * 60.0
"""Minutes between two looks at most: an article that has not changed for so long is given up."""


@dataclass(frozen=True, slots=True)
class NamedSource:
    """A source as a person names it. `every`: minutes between two looks."""

    url: str
    name: str | None = None
    every: float | None = None


class _File(msgspec.Struct, forbid_unknown_fields=True):
    source: list[_Source]


class _Source(msgspec.Struct, forbid_unknown_fields=True):
    url: str
    name: str | None = None
    every: float | None = None


def read_sources(path: Path) -> list[NamedSource]:
    """The sources that a file names.

    Raises:
        UnavailableError: it cannot be read.
        SettingsError: it is no such file, or names what is no URL, or one with a user in it.
    """
    body = read_whole(path)
    sources = _from_opml(body, path) if path.suffix == ".opml" else _from_toml(body, path)
    for number, source in enumerate(sources, 1):
        try:
            canonical_url(source.url)
        except BadRecordError as error:
            raise SettingsError(f"{path}: source {number}: {error}") from None
        if has_user(source.url):
            raise SettingsError(
                f"{path}: source {number}: there is a user in its URL: leave that out, it would be kept"
            )
        if source.every is not None and not 1 <= source.every <= MAX_EVERY:
            raise SettingsError(
                f"{path}: source {number}: every is {source.every:g}: write minutes, from 1 to {MAX_EVERY:g}"
            )
    return sources


def _from_toml(body: bytes, path: Path) -> list[NamedSource]:
    try:
        found = msgspec.convert(tomllib.loads(body.decode()), _File)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        what = 'write [[source]], and in it url = "...", and name and every if you like'
        raise SettingsError(f"{path}: {error}: {what}") from None
    return [NamedSource(source.url, source.name, source.every) for source in found.source]


def _from_opml(body: bytes, path: Path) -> list[NamedSource]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        tree = etree.fromstring(body, parser)
    except etree.LxmlError as error:
        raise SettingsError(f"{path} is no OPML: {error}") from None
    outlines = [each for each in tree.iter("outline") if each.get("xmlUrl")]
    if not outlines:
        raise SettingsError(f"{path} names no feed: an OPML file has <outline> elements with an xmlUrl")
    return [NamedSource(str(each.get("xmlUrl")), each.get("title") or each.get("text")) for each in outlines]
