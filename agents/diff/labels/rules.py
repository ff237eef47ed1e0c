"""What kind of edit it is: the labels of a diff, each with the rows that it rests on. Rules, and no model.

Precision comes before recall: a label that is not sure is not given. Text counts as *aligned* where it stands in both
versions, though edited: whole sentences that came or went are not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from agents.diff.labels.context import Context
from agents.diff.labels.hedges import changed_hedges
from agents.diff.labels.names import changed_names
from agents.diff.labels.numbers import changed_numbers
from agents.diff.labels.passages import ALTERING, Passage, text_of
from agents.diff.labels.quotations import changed_quotations
from agents.diff.labels.speakers import changed_sources
from agents.diff.labels.wording import BY, JOINING, wording
from agents.diff.tokens import count_words, fold, is_word
from schemas.change import Diff, Label, Stats

MAX_JOINING_WORDS = 3
"""How many words may be added where text was only removed, to join what is left."""

MAX_GUESSED_CHARS = 1_000
"""How much of the text is looked at for its language, where that is not known."""

MIN_NEW_SHARE = 0.5
"""More than this share of its words is new in a text that was rewritten."""


def labels(diff: Diff, stats: Stats, *, language: str | None = None, acknowledged: bool = False) -> tuple[Label, ...]:
    """The labels of a diff, whose words `stats` counts, in the order of `RULES`.

    `language`: of the article, as a tag (`en-GB`), if it is known. `acknowledged`: whether the page states a newer time
    of its last change than before.
    """
    text = "" if language else _beginning(diff)
    context = Context(diff, stats, wording(language, text), acknowledged)
    return tuple(label for rule in RULES.values() if (label := rule(context)) is not None)


def _beginning(diff: Diff) -> str:
    """The first paragraphs of the new text."""
    text = ""
    for row in diff.rows:
        if len(text) >= MAX_GUESSED_CHARS:
            break
        text += text_of(row.spans, "+")[:MAX_GUESSED_CHARS] + "\n"
    return text


def headline(edit: Context) -> Label | None:
    """The title's words changed."""
    spans = edit.diff.title
    return Label("headline", (), (text_of(spans, "-"), text_of(spans, "+"))) if edit.title else None


def byline(edit: Context) -> Label | None:
    """Another author is named, or one more, or one fewer."""
    spans = edit.diff.byline
    old, new = (sorted(set(re.findall(r"\w+", fold(text_of(spans, op)))) - BY) for op in ("-", "+"))
    return Label("byline", (), (text_of(spans, "-"), text_of(spans, "+"))) if old != new else None


def dateline(edit: Context) -> Label | None:
    """The place, date or agency in front of the first paragraph changed, came or went."""
    old, new = (line.strip() for line in edit.datelines)
    lead = edit.new_lead
    same = re.sub(r"\W", "", fold(old)) == re.sub(r"\W", "", fold(new))
    return None if same or lead is None else Label("dateline", (lead,), (old, new))


def lede(edit: Context) -> Label | None:
    """The standfirst or the first paragraph was changed in its words, replaced, or has another in front of it."""
    rows = {row for row in (edit.old_lead, edit.new_lead) if row is not None and _is_reworded(edit, row)}
    if rows or edit.standfirst:
        return Label("lede", tuple(sorted(rows)))
    return None


def numbers(edit: Context) -> Label | None:
    """A number in aligned text has another value now, or another bound."""
    return _found("numbers", edit, lambda passage: changed_numbers(passage, edit.wording))


def names(edit: Context) -> Label | None:
    """A name in aligned text was replaced by another, or is spelled otherwise."""
    return _found("names", edit, lambda passage: changed_names(passage, edit.wording, edit.is_known_name))


def quotes(edit: Context) -> Label | None:
    """Words were changed inside a quotation that stands in both versions."""
    return _found("quotes", edit, changed_quotations)


def attribution(edit: Context) -> Label | None:
    """Who says something in aligned text changed, came or went."""
    return _found("attribution", edit, lambda passage: changed_sources(passage, edit.wording))


def hedging(edit: Context) -> Label | None:
    """Words of certainty or doubt came or went in aligned text."""
    return _found("hedging", edit, lambda passage: changed_hedges(passage, edit.wording))


def correction(edit: Context) -> Label | None:
    """A correction, a clarification or an editor's note was added."""
    return Label("correction", tuple(edit.corrections)) if edit.corrections else None


def update(edit: Context) -> Label | None:
    """Whole sentences or paragraphs were added, and nothing that stood there was altered or taken away."""
    if edit.rows("deleted") or edit.rows("moved") or edit.standfirst:
        return None
    rows = set(edit.rows("inserted"))
    for passage in edit.passages:
        if passage.row is not None and (edits := passage.of_kind(*ALTERING)):
            if any(each.kind != "sentences" or each.old_start < each.old_stop for each in edits):
                return None
            rows.add(passage.row)
    rows.difference_update(edit.corrections)
    return Label("update", tuple(sorted(rows))) if rows else None


def rewrite(edit: Context) -> Label | None:
    """More than half of the new text's words are new, and words were taken away."""
    stats = edit.stats
    if not stats.removed or stats.added <= MIN_NEW_SHARE * (stats.added + stats.kept):
        return None
    return Label("rewrite", tuple(n for n, row in enumerate(edit.diff.rows) if row.kind != "equal"))


def trim(edit: Context) -> Label | None:
    """Text was only taken away: nothing was added but a few words that join what is left."""
    if edit.rows("inserted") or edit.rows("moved") or edit.title:
        return None
    rows = set(edit.rows("deleted"))
    removed = sum(count_words(text_of(edit.diff.rows[row].spans, "-")) for row in rows)
    added: list[str] = []
    for passage in edit.passages:
        for each in passage.of_kind(*ALTERING):
            added += [token for token in passage.new.folded[slice(*each.new)] if is_word(token)]
            removed += count_words(passage.old.between(*each.old))
            rows.update(passage.rows)
    if not rows or not removed or len(added) > min(MAX_JOINING_WORDS, removed // 2) or not JOINING.issuperset(added):
        return None
    return Label("trim", tuple(sorted(rows)))


def moved(edit: Context) -> Label | None:
    """Paragraphs stand before or behind others than before."""
    rows = edit.rows("moved")
    return Label("moved", tuple(rows)) if rows else None


def typo(edit: Context) -> Label | None:
    """A misspelled word or a slip of grammar was mended, or made."""
    return _found(
        "typo",
        edit,
        lambda passage: [
            (passage.old.between(*each.old), passage.new.between(*each.new)) for each in passage.of_kind("typo")
        ],
    )


def punctuation(edit: Context) -> Label | None:
    """Somewhere only marks, spaces, hyphens or the case of letters changed."""
    rows = [passage for passage in edit.passages if passage.of_kind("punctuation")]
    return Label("punctuation", _rows(rows)) if rows else None


def minor(edit: Context) -> Label | None:
    """There are edits of spelling, punctuation and the way numbers are written only."""
    if edit.rows("inserted") or edit.rows("deleted") or edit.rows("moved") or byline(edit) or dateline(edit):
        return None
    if not edit.passages or any(passage.of_kind(*ALTERING) for passage in edit.passages):
        return None
    return None if edit.title or edit.standfirst else Label("minor", _rows(edit.passages))


def silent(edit: Context) -> Label | None:
    """What stood there was altered or taken away, and neither a note nor a newer time of change tells so."""
    if edit.acknowledged or edit.notes or edit.corrections:
        return None
    rows = {*edit.rows("deleted"), *_rows(passage for passage in edit.passages if passage.is_altered)}
    is_above = edit.title and not update(edit)
    if rows or is_above or (edit.standfirst and text_of(edit.diff.standfirst, "-")):
        return Label("silent", tuple(sorted(rows)))
    return None


RULES: Final[dict[str, Callable[[Context], Label | None]]] = {
    rule.__name__: rule
    for rule in (
        headline, byline, dateline, lede, numbers, names, quotes, attribution, hedging, correction, update, rewrite,
        trim, moved, typo, punctuation, minor, silent,
    )
}  # fmt: skip
"""Every label and its rule."""


def _found(name: str, edit: Context, rule: Callable[[Passage], list[tuple[str, str]]]) -> Label | None:
    """The label for what a rule finds in the passages: pairs of what stood there and what stands there now."""
    found = [(passage, pairs) for passage in edit.passages if (pairs := rule(passage))]
    if not found:
        return None
    values = tuple(value for _, pairs in found for pair in pairs for value in pair)
    return Label(name, _rows(passage for passage, _ in found), values)


def _rows(found: Iterable[Passage]) -> tuple[int, ...]:
    return tuple(sorted({row for passage in found for row in passage.rows}))


def _is_reworded(edit: Context, row: int) -> bool:
    """Whether a row is new, gone, at another place, or was changed in its words."""
    if edit.diff.rows[row].kind in ("inserted", "deleted", "moved"):
        return True
    return any(
        passage.is_altered or any(each.kind == "sentences" and each.new_start < each.new_stop for each in passage.edits)
        for passage in edit.passages
        if passage.row == row
    )
