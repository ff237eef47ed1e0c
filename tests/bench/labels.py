"""How often labels are right, and how many are found, on pairs that were labelled by hand."""

from __future__ import annotations

from tests.labelled import NAMES, count

Table = list[dict[str, object]]


def measure() -> dict[str, Table]:
    """A table for the half that was set aside when the rules were made, and one for the other."""
    return {
        "labels on the pairs that were set aside": _table("held"),
        "labels on the pairs that the rules were made with": _table("known"),
    }


def _table(half: str) -> Table:
    right, wrong, missed = count(half)
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
