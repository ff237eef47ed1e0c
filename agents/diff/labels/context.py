"""What all rules look at: a diff, its edited passages, and what was added beside them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import regex

from agents.corrections import is_correction
from agents.diff.labels.dateline import dateline
from agents.diff.labels.passages import Passage, Side, passages, text_of
from agents.diff.labels.wording import Wording
from agents.diff.tokens import count_words, fold
from schemas.change import Diff, RowKind

_UPDATE_LINE = regex.compile(
    r"\W*(?:(?:live |breaking )?updated?|aktualisier(?:t|ung)|mise à jour|actualizaci[oó]n|actualizad[oa]"
    r"|atualiza[cç][aã]o|atualizad[oa]|aggiornamento|aggiornato|обновлено|обновление|更新|追記|تحديث)\b.{0,30}?[:：–—-].*",
    regex.V1 | regex.DOTALL,
)


@dataclass(frozen=True)
class Context:
    """A diff as the rules see it. `acknowledged`: the page states a newer time of its last change than before."""

    diff: Diff
    wording: Wording
    acknowledged: bool

    @cached_property
    def passages(self) -> list[Passage]:
        """What stands on both sides and was edited, apart from the dateline."""
        found = list(passages(self.diff))
        if any(self.datelines):
            old, new = (len(Side(line).tokens) for line in self.datelines)
            lead = self.lead("+")
            found = [passage.behind(old, new) if passage.row == lead else passage for passage in found]
        return [passage for passage in found if passage.edits]

    def rows(self, kind: RowKind) -> list[int]:
        """The rows of a kind."""
        return [number for number, row in enumerate(self.diff.rows) if row.kind == kind]

    @cached_property
    def words(self) -> dict[str, int]:
        """How many words of the rows were kept, deleted and inserted."""
        counts = {"=": 0, "-": 0, "+": 0}
        for row in self.diff.rows:
            for op, text in row.spans:
                counts[op] += count_words(text)
        return counts

    @cached_property
    def _text(self) -> str:
        return "\n".join(
            [text for row in self.diff.rows for text in {text_of(row.spans, "-"), text_of(row.spans, "+")}]
        )

    def is_known_name(self, word: str) -> bool:
        """Whether a word stands in the midst of a sentence somewhere, as it is."""
        return re.search(rf"[^\W\d_],? {re.escape(word)}\b", self._text) is not None

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
            for edit in passage.of_kind("sentences", "words")
            if is_correction(fold(passage.new.between(*edit.new)).strip())
        }
        return sorted(found)

    def lead(self, op: Literal["-", "+"], without: Collection[int] = ()) -> int | None:
        """The row of the first paragraph of the old (`-`) or new text that is no note."""
        rows = [
            ((row.old if op == "-" else row.new)[0], number)
            for number, row in enumerate(self.diff.rows)
            if (row.old if op == "-" else row.new) and number not in self.notes and number not in without
        ]
        return min(rows)[1] if rows else None

    @cached_property
    def datelines(self) -> tuple[str, str]:
        """The old and the new dateline, if the first paragraph is the same one."""
        lead = self.lead("+")
        if lead is None or lead != self.lead("-"):
            return "", ""
        spans = self.diff.rows[lead].spans
        return dateline(text_of(spans, "-")), dateline(text_of(spans, "+"))
