"""A diff put to use: the new text from the old one, and back."""

from __future__ import annotations

from typing import Literal, NoReturn

from agents.diff.text import Text
from schemas.change import Diff, Row, Spans
from schemas.errors import BadRecordError, Reason

_Op = Literal["-", "+"]


def apply(diff: Diff, prior: Text) -> Text:
    """The text after a change. A byline or standfirst that is empty comes back as None.

    Raises:
        BadRecordError: `broken_chain`; the diff was not made from this text, or is not whole.
    """
    return _turned(diff, prior, "-", "+")


def unapply(diff: Diff, current: Text) -> Text:
    """The text before a change; otherwise as `apply`."""
    return _turned(diff, current, "+", "-")


def _turned(diff: Diff, text: Text, has: _Op, wants: _Op) -> Text:
    """The text of the other side: `has` marks what only the given text has, `wants` what only the other one has."""
    return Text(
        title=_other(diff.title, text.title, has, wants, "the title"),
        byline=_other(diff.byline, text.byline or "", has, wants, "the byline"),
        standfirst=_other(diff.standfirst, text.standfirst or "", has, wants, "the standfirst"),
        paragraphs=_paragraphs(diff.rows, text.paragraphs, has, wants),
    )


def _paragraphs(rows: tuple[Row, ...], given: tuple[str, ...], has: _Op, wants: _Op) -> tuple[str, ...]:
    used: list[int] = []
    made: list[tuple[int, str]] = []
    for place, row in enumerate(rows):
        sources, targets = (row.old, row.new) if has == "-" else (row.new, row.old)
        if any(number >= len(given) for number in sources):
            _misfit(f"row {place}")
        text = _other(row.spans, "\n".join([given[number] for number in sources]), has, wants, f"row {place}")
        parts = text.split("\n") if len(targets) > 1 else [text][: len(targets)]
        if len(parts) != len(targets) or (text and not targets):
            _misfit(f"row {place}")
        used += sources
        made += zip(targets, parts, strict=True)
    made.sort()
    if sorted(used) != list(range(len(given))) or [number for number, _ in made] != list(range(len(made))):
        _misfit("the number of paragraphs")
    return tuple(text for _, text in made)


def _other(spans: Spans, given: str, has: _Op, wants: _Op, place: str) -> str:
    if "".join([text for op, text in spans if op != wants]) != given:
        _misfit(place)
    return "".join([text for op, text in spans if op != has])


def _misfit(place: str) -> NoReturn:
    raise BadRecordError(
        Reason.BROKEN_CHAIN, f"the diff does not fit the text at {place}: it belongs to other versions"
    )
