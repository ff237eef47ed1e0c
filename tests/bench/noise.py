"""False alarms and missed edits: real pages with noise around their articles, and with edits in them.

For each kind of noise a page is made twice, with other noise each time: where the two texts differ, that would be a
false version. For each kind of edit the page is read before and after: where the texts are the same, it is missed.
"""

from __future__ import annotations

import random

from agents.detect.page import read_page
from tests.bench.corpus import Page, pages, paragraphs, parse, serialize
from tests.bench.deployment import QUICK, Row, Tables
from tests.bench.page_noise import EDITS, KINDS, Change

ENOUGH = 4
"""Paragraphs by which the article is found in a page; the pages that have fewer are left out."""


def measure() -> Tables:
    """A row for each kind of noise, and for each kind of edit."""
    usable = [page for page in pages(20 if QUICK else 1) if len(paragraphs(parse(page.body), page)) >= ENOUGH]
    false = {kind: _differing(usable, kind, change) for kind, change in KINDS.items()}
    missed = {kind: _missed(usable, kind, change) for kind, change in EDITS.items()}
    return {
        f"false versions, on {len(usable)} pages": _rows(false, len(usable)),
        f"edits that are missed, on {len(usable)} pages": _rows(missed, len(usable)),
    }


def _rows(names: dict[str, list[str]], pages: int) -> list[Row]:
    """A row for each kind, from the names of the pages that failed, and one for all of them."""
    rows: list[Row] = [_row(kind, failed, pages) for kind, failed in names.items()]
    return [*rows, _row("all", [name for failed in names.values() for name in failed], pages * len(names))]


def _row(kind: str, failed: list[str], pages: int) -> Row:
    return {"kind": kind, "pages": len(failed), "%": 100 * len(failed) / pages, "which": " ".join(failed[:6])}


def _differing(usable: list[Page], kind: str, change: Change) -> list[str]:
    return [p.name[:8] for p in usable if _changed(p, change, f"{kind} 1") != _changed(p, change, f"{kind} 2")]


def _missed(usable: list[Page], kind: str, change: Change) -> list[str]:
    """The pages in which an edit is missed; where nothing can be edited in this way, there is nothing to miss."""
    missed = []
    for page in usable:
        before, after = _page(page, None, kind), _page(page, change, kind)
        if before != after and read_page(before).hash == read_page(after).hash:
            missed.append(page.name[:8])
    return missed


def _changed(page: Page, change: Change, seed: str) -> str:
    """The hash of the text of a page that was changed."""
    return read_page(_page(page, change, seed)).hash


def _page(page: Page, change: Change | None, seed: str) -> bytes:
    """A page after a change."""
    tree = parse(page.body)
    article = paragraphs(tree, page)
    if change is not None:
        change(tree, article, random.Random(f"{seed} {page.name}"))
    return serialize(tree)
