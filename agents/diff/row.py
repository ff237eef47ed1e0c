"""What the diff step keeps of an article: its newest version."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from agents.diff.stamps import Stamps, states_time
from agents.diff.text import Text
from schemas.article import Hash, Instant, Number
from schemas.codec import convert, parse_json
from schemas.version import Version, VersionRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Newest:
    """The newest version of an article, as far as the next one is compared with it.

    `text`: that of the last version that had one. `removed`: the page is gone. `modified`: when the article was last
    changed, as the page states it for programs; `updated`: as it states it for readers ("Updated at 9.40pm").
    """

    version: Number
    hash: Hash
    fetched_at: Instant
    text: Text
    removed: bool = False
    modified: str | None = None
    updated: tuple[str, ...] = ()

    @classmethod
    def of(cls, version: Version) -> Newest:
        """The row that a version event leaves."""
        return cls(
            version=version.version,
            hash=version.hash,
            fetched_at=version.fetched_at,
            text=Text.of(version),
            removed=version.kind == "removed",
            modified=version.modified,
            updated=tuple(line.text for line in version.furniture if states_time(line.text)),
        )

    @property
    def stamps(self) -> Stamps:
        """When the page said that the article was last changed."""
        return Stamps(self.modified, self.updated)

    @property
    def ref(self) -> VersionRef:
        """How the next version names this one."""
        return VersionRef(self.version, self.hash)


def encode_row(row: Newest) -> bytes:
    """The row as the table holds it."""
    return orjson.dumps(row, option=orjson.OPT_UTC_Z)


def decode_row(row: bytes, place: str) -> Newest:
    """The row in a table's bytes.

    Raises:
        BadRecordError: they are no such row.
    """
    return convert(parse_json(row, place), Newest, place)
