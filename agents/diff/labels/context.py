"""What all rules look at: a diff, its edited passages, and what was added beside them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import regex

from agents.corrections import is_correction
from agents.diff.labels.dateline import dateline
from agents.diff.labels.passages import ALTERING, Passage, Side, passages, text_of
from agents.diff.labels.wording import Wording
from agents.diff.tokens import fold
from schemas.change import Diff, RowKind, Stats

_UPDATE_LINE = regex.compile(
    r"\W*(?:(?:live |breaking )?updated?|aktualisier(?:t|ung)|mise à jour|actualizaci[oó]n|actualizad[oa]"
    r"|atualiza[cç][aã]o|atualizad[oa]|aggiornamento|aggiornato|обновлено|обновление|更新|追記|تحديث)\b.{0,30}?[:：–—-].*",
    regex.V1 | regex.DOTALL,
)

_CAPITAL = regex.compile(
    r"[\p{L}\p{M}],?[ ](?=\p{Lu})([\p{L}\p{M}]+(?:[-'’][\p{L}\p{M}]+)*?)(?:['’]s)?(?![\p{L}\p{M}])", regex.V1
)
"""A word that is capital behind another one."""


@dataclass(frozen=True)
class Context:
    """A diff as the rules see it. `acknowledged`: the page states a newer time of its last change than before."""

    diff: Diff
    stats: Stats
    wording: Wording
    acknowledged: bool

    @cached_property
    def passages(self) -> list[Passage]:
        """What stands on both sides and was edited, apart from the dateline."""
        found = list(passages(self.diff))
        if any(self.datelines):
            old, new = (len(Side(line).tokens) for line in self.datelines)
            found = [passage.behind(old, new) if passage.row == self.leads[1] else passage for passage in found]
        return [passage for passage in found if passage.edits]

    def rows(self, kind: RowKind) -> list[int]:
        """The rows of a kind."""
        return [number for number, row in enumerate(self.diff.rows) if row.kind == kind]

    def is_known_name(self, word: str) -> bool:
        """Whether a word is capital in the midst of a sentence, too."""
        return word in self._names

    @cached_property
    def _names(self) -> frozenset[str]:
        found: set[str] = set()
        for row in self.diff.rows:
            for text in {text_of(row.spans, "-"), text_of(row.spans, "+")}:
                found.update(_CAPITAL.findall(text))
        return frozenset(found)

    @cached_property
    def notes(self) -> dict[int, Literal["correction", "update"]]:
        """The inserted rows that tell of an edit: corrections, and lines such as "UPDATE 9.40pm: ..."."""
        found: dict[int, Literal["correction", "update"]] = {}
        for number in self.rows("inserted"):
            text = fold(text_of(self.diff.rows[number].spans, "+")).strip()
            if is_correction(text):
                found[number] = "correction"
            elif _UPDATE_LINE.fullmatch(text):
                found[number] = "update"
        return found

    @cached_property
    def corrections(self) -> list[int]:
        """The rows in which a correction was added."""
        found = {number for number, note in self.notes.items() if note == "correction"}
        found |= {
            passage.row
            for passage in self.passages
            if passage.row is not None
            for edit in passage.of_kind(*ALTERING)
            if is_correction(fold(passage.new.between(*edit.new)).strip())
        }
        return sorted(found)

    @cached_property
    def leads(self) -> tuple[int | None, int | None]:
        """The rows of the first paragraphs of the old and of the new text, notes aside."""
        rows = [(number, row) for number, row in enumerate(self.diff.rows) if number not in self.notes]
        old, new = ([(row.old[0], n) for n, row in rows if row.old], [(row.new[0], n) for n, row in rows if row.new])
        return min(old)[1] if old else None, min(new)[1] if new else None

    @cached_property
    def datelines(self) -> tuple[str, str]:
        """The old and the new dateline, if the first paragraph is the same one."""
        _, lead = self.leads
        if lead is None or lead != self.leads[0]:
            return "", ""
        spans = self.diff.rows[lead].spans
        return dateline(text_of(spans, "-")), dateline(text_of(spans, "+"))
