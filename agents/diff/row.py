"""What the diff step keeps of an article: its newest version."""

from __future__ import annotations

import re
from dataclasses import dataclass

import orjson

from agents.diff.text import Text
from schemas.article import Hash, Instant, Number
from schemas.codec import convert, parse_json
from schemas.version import Version, VersionRef

MAX_STAMP_CHARS = 120

_STAMP = re.compile(
    r"(?i)\b(?:updated|modified|aktualisiert|mis à jour|modifié)\b.*\d"
    r"|(?i:\b(?:actualizad[oa]|atualizad[oa]|aggiornat[oa]|обновлено)\b).*\d|(?:更新|تحديث).*\d|\d.*更新"
)
_AGO = re.compile(r"(?i)\b(?:ago|vor \d|il y a|hace|há|fa|назад)\b|前|منذ")


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
            updated=tuple(line.text for line in version.furniture if _states_time(line.text)),
        )

    def states_change_since(self, prior: Newest) -> bool:
        """Whether the page states another time of its last change than it did with an earlier version."""
        return (self.modified or prior.modified) != prior.modified or not set(self.updated) <= set(prior.updated)

    @property
    def ref(self) -> VersionRef:
        """How the next version names this one."""
        return VersionRef(self.version, self.hash)


def _states_time(line: str) -> bool:
    """Whether a line says when the article was updated; "5 minutes ago" is as new on any old page."""
    return len(line) <= MAX_STAMP_CHARS and _STAMP.search(line) is not None and _AGO.search(line) is None


def encode_row(row: Newest) -> bytes:
    """The row as the table holds it."""
    return orjson.dumps(row, option=orjson.OPT_UTC_Z)


def decode_row(row: bytes, place: str) -> Newest:
    """The row in a table's bytes.

    Raises:
        BadRecordError: they are no such row.
    """
    return convert(parse_json(row, place), Newest, place)
