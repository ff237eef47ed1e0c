"""How often labels are right, and how many are found, on pairs that were labelled by hand."""

from __future__ import annotations

from collections import Counter

from agents.diff.compare import compare
from agents.diff.text import Text
from tests.labelled import NAMES, Pair, Version, pairs

Table = list[dict[str, object]]


def measure() -> dict[str, Table]:
    """A table for the half that was set aside when the rules were made, and one for the other."""
    return {
        "labels on the pairs that were set aside": _table("held"),
        "labels on the pairs that the rules were made with": _table("known"),
    }


def _table(half: str) -> Table:
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    for pair in pairs(half):
        found = _labels(pair)
        right.update(found & pair.labels)
        wrong.update(found - pair.labels)
        missed.update(pair.labels - found)
    rows = [_row(name, right[name], wrong[name], missed[name]) for name in NAMES]
    return [*rows, _row("all", right.total(), wrong.total(), missed.total())]


def _row(name: str, right: int, wrong: int, missed: int) -> dict[str, object]:
    return {
        "label": name,
        "precision": right / (right + wrong) if right + wrong else "-",
        "recall": right / (right + missed) if right + missed else "-",
        "right": right,
        "wrong": wrong,
        "missed": missed,
    }


def _labels(pair: Pair) -> frozenset[str]:
    acknowledged = pair.new.modified != pair.old.modified
    found = compare(_text(pair.old), _text(pair.new), language=pair.language, acknowledged=acknowledged)
    return frozenset(label.name for label in found.labels)


def _text(version: Version) -> Text:
    return Text(version.title, version.byline, version.standfirst, version.paragraphs)
