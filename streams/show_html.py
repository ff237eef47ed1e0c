"""A diff as one HTML page that needs nothing else: side by side where there is room, in one column where not."""

from __future__ import annotations

from collections.abc import Iterator
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
    for same, rows in groupby(enumerate(diff.rows), key=lambda row: row[1].kind == "equal"):
        numbered = list(rows)
        if same:
            yield _folded([row for _, row in numbered])
        else:
            yield from (_row(row.kind, f' id="row-{number}"', row_name(row), row.spans) for number, row in numbered)


def _folded(rows: list[Row]) -> str:
    """What did not change, folded away."""
    inside = "\n".join(f'<p class="equal" dir="auto">{_safe(text)}</p>' for row in rows for _, text in row.spans)
    return f"<details><summary>{counted(len(rows), 'paragraph')} unchanged</summary>\n{inside}\n</details>"


def _row(name: str, anchor: str, note: str, spans: Spans) -> str:
    """Old beside new, and both in one text for narrow screens."""
    remark = f'<div class="note">{escape(note)}</div>' if note else ""
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
