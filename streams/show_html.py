"""A diff as one HTML page that needs nothing else: side by side where there is room, in one column where not."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby

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
:root {{ --ink: #1c1b19; --paper: #fdfcf9; --dim: #6b675f; --line: #e4e0d6; --old: #fbdfd9; --new: #d6eed6;
  --gone: #d98b7c; --come: #7fb884; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #e6e3dc; --paper: #191816; --dim: #a09b90; --line: #35322d; --old: #5c261f; --new: #1d4a25;
  --gone: #a3483a; --come: #3c8349; }}
}}
body {{ margin: 0 auto; max-width: 78rem; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 1.05rem/1.6 Georgia, "Times New Roman", serif; overflow-wrap: anywhere; }}
p {{ margin: 0; white-space: pre-wrap; }}
header, .note, summary, .names {{ font: 0.85rem/1.5 system-ui, sans-serif; color: var(--dim); }}
header ul {{ display: flex; flex-wrap: wrap; gap: 0.4rem; margin: 0.6rem 0 0; padding: 0; list-style: none; }}
header li, header li a {{ color: var(--ink); text-decoration: none; }}
header li {{ border: 1px solid var(--line); border-radius: 1rem; padding: 0.1rem 0.7rem; }}
header li a:hover {{ text-decoration: underline; }}
header summary {{ border: 0; padding: 0.4rem 0 0; }}
.names, .row {{ display: grid; grid-template-columns: 1fr 1fr; column-gap: 2.5rem; }}
.names {{ padding: 1.5rem 0 0.5rem; }}
.row {{ padding: 0.7rem 0; border-top: 1px solid var(--line); }}
.row:target {{ outline: 2px solid var(--dim); outline-offset: 0.3rem; }}
.title p {{ font-size: 1.5rem; line-height: 1.25; }}
.note {{ grid-column: 1 / -1; }}
.equal {{ color: var(--dim); max-width: 44rem; padding-bottom: 0.7rem; }}
.both {{ display: none; }}
summary {{ padding: 0.7rem 0; border-top: 1px solid var(--line); cursor: pointer; }}
del, ins {{ border-radius: 0.15rem; -webkit-box-decoration-break: clone; box-decoration-break: clone; }}
del {{ background: var(--old); text-decoration-color: var(--dim); }}
ins {{ background: var(--new); text-decoration: none; }}
.old del, .new ins, .inserted ins, .deleted del {{ text-decoration: none; }}
.inserted ins, .deleted del {{ background: none; }}
.inserted p:not(:empty) {{ border-inline-start: 0.25rem solid var(--come); padding-inline-start: 0.75rem; }}
.deleted p:not(:empty) {{ border-inline-start: 0.25rem solid var(--gone); padding-inline-start: 0.75rem; }}
.deleted .both {{ color: var(--dim); text-decoration: line-through; }}
@media (max-width: 44rem) {{
  .old, .new {{ display: none; }}
  .row, .names {{ display: block; }}
  .names span + span::before {{ content: " → "; }}
  .both {{ display: block; }}
  .title p {{ font-size: 1.3rem; }}
}}
@media print {{ body {{ max-width: none; padding: 0; }} }}
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
        title=_safe("".join(text for op, text in diff.title if op != "-")) or "Diff",
        old_name=_safe(old_name),
        new_name=_safe(new_name),
        added=f"{counted(stats.added, 'word')} added",
        removed=f"{stats.removed:,}",
        kept=f"{stats.kept:,}",
        labels=_labels(found.labels, found.severity),
        rows="\n".join(_rows(diff)),
    )


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
    both = "".join(_safe(text) if op == "=" else _mark("del" if op == "-" else "ins", text) for op, text in spans)
    both = both.replace("</del><ins>", "</del>&thinsp;<ins>")
    sides = (("old", old), ("new", new), ("both", both))
    texts = "".join(f'<p class="{side}" dir="auto">{text}</p>' for side, text in sides)
    return f'<div class="row {name}"{anchor}>{remark}{texts}</div>'


def _mark(tag: str, text: str) -> str:
    return f"<{tag}>{_safe(text)}</{tag}>"


def _safe(text: str) -> str:
    return escape("\n".join(map(visible, text.split("\n"))))
