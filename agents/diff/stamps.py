"""What a page says about when its article was last changed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

MAX_STAMP_CHARS = 120

_STAMP = re.compile(
    r"(?i)\b(?:updated|modified|aktualisiert|mis à jour|modifié)\b.*\d"
    r"|(?i:\b(?:actualizad[oa]|atualizad[oa]|aggiornat[oa]|обновлено)\b).*\d|(?:更新|تحديث).*\d|\d.*更新"
)
_AGO = re.compile(r"(?i)\b(?:ago|vor \d|il y a|hace|há|fa|назад)\b|前|منذ")


def states_time(line: str) -> bool:
    """Whether a line says when the article was updated; "5 minutes ago" is as new on any old page."""
    return len(line) <= MAX_STAMP_CHARS and _STAMP.search(line) is not None and _AGO.search(line) is None


@dataclass(frozen=True, slots=True)
class Stamps:
    """`modified`: for programs, as the page states it. `lines`: for readers ("Updated at 9.40pm")."""

    modified: str | None = None
    lines: tuple[str, ...] = ()

    @classmethod
    def of(cls, modified: str | None, furniture: Iterable[str]) -> Stamps:
        """What a page states for programs, and those lines of its furniture that state a time."""
        return cls(modified, tuple(filter(states_time, furniture)))

    def acknowledge_change_since(self, prior: Stamps) -> bool:
        """Whether the page states a newer time than an earlier version of it did."""
        return _is_newer(self.modified, prior.modified) or not set(self.lines) <= set(prior.lines)


def _is_newer(modified: str | None, prior: str | None) -> bool:
    if modified is None or modified == prior:
        return False
    try:
        return prior is None or datetime.fromisoformat(modified) > datetime.fromisoformat(prior)
    except (ValueError, TypeError):  # no dates of ISO 8601; only one has a time zone
        return True
