"""What all rules look at: a diff, its edited passages, and what was added beside them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import regex

from agents.corrections import is_correction
from agents.diff.labels.dateline import dateline
from agents.diff.labels.passages import ALTERING, Passage, passages, text_of
from agents.diff.labels.wording import Wording
from agents.diff.tokens import fold
from schemas.change import Diff, RowKind, Spans, Stats

_UPDATE_LINE = regex.compile(
    r"\W*(?:(?:live |breaking )?updated?|aktualisier(?:t|ung)|mise à jour|actualizaci[oó]n|actualizad[oa]"
    r"|atualiza[cç][aã]o|atualizad[oa]|aggiornamento|aggiornato|обновлено|обновление|更新|追記|تحديث)\b"
    r"(?:.{0,30}?\d.{0,15}?|\s?\(.{1,30}\))?(?:[:：]|\s[–—-]\s).*",
    regex.V1 | regex.DOTALL,
)

_CAPITAL = regex.compile(
    r"[\p{L}\p{M}],?[ ](?=\p{Lu})([\p{L}\p{M}]+(?:[-'’][\p{L}\p{M}]+)*?)(?:['’]s)?(?![\p{L}\p{M}])", regex.V1
)
"""A word that is capital behind another one."""


Note = Literal["correction", "update"]


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
        return list(passages(self.diff, self.wording, self.new_lead, self.datelines))

    @cached_property
    def title(self) -> bool:
        """Whether the words of the title were altered, came or went."""
        return self._is_altered("title", self.diff.title)

    @cached_property
    def standfirst(self) -> bool:
        """Whether the words of the standfirst were altered, came or went."""
        return self._is_altered("standfirst", self.diff.standfirst)

    def _is_altered(self, name: Literal["title", "standfirst"], spans: Spans) -> bool:
        if all(op == "=" for op, _ in spans):
            return False
        passage = next((passage for passage in self.passages if passage.name == name), None)
        if passage is None:
            return not text_of(spans, "-") or not text_of(spans, "+")
        return bool(passage.of_kind(*ALTERING))

    def rows(self, kind: RowKind) -> list[int]:
        """The rows of a kind."""
        return self._rows.get(kind, [])

    @cached_property
    def _rows(self) -> dict[RowKind, list[int]]:
        found: dict[RowKind, list[int]] = {}
        for number, row in enumerate(self.diff.rows):
            found.setdefault(row.kind, []).append(number)
        return found

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
    def notes(self) -> dict[int, Note]:
        """The inserted rows that tell of an edit."""
        texts = {row: text_of(self.diff.rows[row].spans, "+") for row in self.rows("inserted")}
        return {row: note for row, text in texts.items() if (note := _note(text))}

    @cached_property
    def corrections(self) -> list[int]:
        """The rows in which a correction was added, or one that stood there was altered."""
        found = {number for number, note in self.notes.items() if note == "correction"}
        for passage in self.passages:
            edits = passage.of_kind(*ALTERING)
            texts = [passage.new.text, *(passage.new.between(*edit.new) for edit in edits)] if edits else []
            if any(is_correction(fold(text).strip()) for text in texts):
                found.update(passage.rows)
        return sorted(found)

    @cached_property
    def old_lead(self) -> int | None:
        """The row of the first paragraph of the old text, notes aside."""
        return self._lead("-")

    @cached_property
    def new_lead(self) -> int | None:
        """The row of the first paragraph of the new text, notes aside."""
        return self._lead("+")

    def _lead(self, op: Literal["-", "+"]) -> int | None:
        rows = enumerate(self.diff.rows)
        places = sorted((place[0], n) for n, row in rows if (place := row.old if op == "-" else row.new))
        return next((n for _, n in places if not _note(text_of(self.diff.rows[n].spans, op))), None)

    @cached_property
    def datelines(self) -> tuple[str, str]:
        """The old and the new dateline, if the first paragraph is the same one."""
        if self.new_lead is None or self.new_lead != self.old_lead:
            return "", ""
        spans = self.diff.rows[self.new_lead].spans
        return dateline(text_of(spans, "-")), dateline(text_of(spans, "+"))


def _note(paragraph: str) -> Note | None:
    """What a paragraph tells of an edit: of a mistake, or of news, such as "UPDATE 9.40pm: ..."."""
    text = fold(paragraph).strip()
    if is_correction(text):
        return "correction"
    return "update" if _UPDATE_LINE.fullmatch(text) else None
