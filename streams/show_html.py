"""A diff as one HTML page that needs nothing else: side by side where there is room, in one column where not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from importlib import resources
from itertools import groupby

from markupsafe import Markup

from agents.diff.compare import Comparison
from schemas.change import Diff, Label, Row, Severity, Spans
from streams.show import counted, label_text, row_name, visible

_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{style}
</style>
<header>
<div>{added}, {removed} removed, {kept} kept</div>
{labels}
</header>
<main>
<div class="names"><span>{old_name}</span><span>{new_name}</span></div>
{rows}
</main>
</html>
"""


def page(found: Comparison, old_name: str, new_name: str) -> str:
    """The page for what changed; the names stand above the two columns."""
    diff, stats = found.diff, found.stats
    return _PAGE.format(
        style=resources.files("streams.site.static").joinpath("diff.css").read_text("utf-8"),
        title=_safe("".join(text for op, text in diff.title if op != "-")) or "Diff",
        old_name=_safe(old_name),
        new_name=_safe(new_name),
        added=f"{counted(stats.added, 'word')} added",
        removed=f"{stats.removed:,}",
        kept=f"{stats.kept:,}",
        labels=_labels(found.labels, found.severity),
        rows=diff_rows(diff),
    )


def diff_rows(diff: Diff) -> Markup:
    """What changed, row by row."""
    return Markup("\n".join(_rows(diff)))  # noqa: S704 - each row is escaped where it is made


def marked(spans: Spans) -> Markup:
    """Spans in one text, what was removed and added marked."""
    return Markup(_both(spans))  # noqa: S704 - the same


def _labels(labels: tuple[Label, ...], severity: Severity) -> str:
    if not labels:
        return ""
    reasons = ", ".join(map(_safe, severity.reasons))
    return (
        f"<ul>{''.join(f'<li>{_label(one)}</li>' for one in labels)}</ul>\n"
        f"<details><summary>severity {severity.score:.2f}</summary>{reasons}</details>"
    )


def _label(one: Label) -> str:
    return f'<a href="#row-{one.rows[0]}">{_safe(label_text(one))}</a>' if one.rows else _safe(label_text(one))


def _rows(diff: Diff) -> Iterator[str]:
    for name, spans in (("title", diff.title), ("byline", diff.byline), ("standfirst", diff.standfirst)):
        if spans:
            yield _row(name, "", "", spans)
    for same, places in groupby(_places(diff), key=lambda place: place.row.kind == "equal" and not place.is_origin):
        found = list(places)
        if same:
            yield _folded([place.row for place in found])
        else:
            yield from map(_place, found)


@dataclass(frozen=True, slots=True)
class _Place:
    """A row of a diff with its number; `is_origin`: where its moved paragraph was before."""

    number: int
    row: Row
    is_origin: bool = False


def _places(diff: Diff) -> Iterator[_Place]:
    """The rows in their order, and among them the places that paragraphs have moved away from."""
    origins: dict[int, list[_Place]] = defaultdict(list)
    for number, row in enumerate(diff.rows):
        if row.kind == "moved":
            origins[row.old[0]].append(_Place(number, row, is_origin=True))
    yield from origins.pop(0, ())
    for number, row in enumerate(diff.rows):
        yield _Place(number, row)
        if row.kind != "moved":
            for paragraph in row.old:
                yield from _after(origins, paragraph + 1)
    for left in origins.values():
        yield from left


def _after(origins: dict[int, list[_Place]], paragraph: int) -> Iterator[_Place]:
    """The origins at a paragraph, and at those that follow without another one between them."""
    while found := origins.pop(paragraph, None):
        yield from found
        paragraph += 1


def _place(place: _Place) -> str:
    number, row = place.number, place.row
    if place.is_origin:
        link = f'<a href="#row-{number}">moved to paragraph {row.new[0] + 1}</a>'
        return f'<div class="row" id="from-{number}"><p class="note">Paragraph {row.old[0] + 1} has {link}.</p></div>'
    link = f' <a href="#from-{number}">where it was</a>' if row.kind == "moved" else ""
    return _row(row.kind, f' id="row-{number}"', row_name(row), row.spans, link)


def _folded(rows: list[Row]) -> str:
    """What did not change, folded away."""
    inside = "\n".join(f'<p class="equal" dir="auto">{_safe(text)}</p>' for row in rows for _, text in row.spans)
    return f"<details><summary>{counted(len(rows), 'paragraph')} unchanged</summary>\n{inside}\n</details>"


def _row(name: str, anchor: str, note: str, spans: Spans, link: str = "") -> str:
    """Old beside new, and both in one text for narrow screens."""
    remark = f'<div class="note">{escape(note)}{link}</div>' if note else ""
    old = "".join(_mark("del", text) if op == "-" else _safe(text) for op, text in spans if op != "+")
    new = "".join(_mark("ins", text) if op == "+" else _safe(text) for op, text in spans if op != "-")
    sides = (("old", old), ("new", new), ("both", _both(spans)))
    texts = "".join(f'<p class="{side}" dir="auto">{text}</p>' for side, text in sides)
    return f'<div class="row {name}"{anchor}>{remark}{texts}</div>'


def _both(spans: Spans) -> str:
    both = "".join(_safe(text) if op == "=" else _mark("del" if op == "-" else "ins", text) for op, text in spans)
    return both.replace("</del><ins>", "</del>&thinsp;<ins>")


def _mark(tag: str, text: str) -> str:
    return f"<{tag}>{_safe(text)}</{tag}>"


def _safe(text: str) -> str:
    return escape("\n".join(map(visible, text.split("\n"))))
