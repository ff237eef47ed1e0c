"""A diff as one HTML page that needs nothing else: old and new side by side, no script."""

from __future__ import annotations

from html import escape

from schemas.change import Diff, Spans, Stats
from streams.show import label, visible

_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
:root {{ --ink: #1c1b19; --paper: #fdfcf9; --dim: #6b675f; --line: #e4e0d6; --old: #fbe3df; --new: #dff1de; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #e6e3dc; --paper: #191816; --dim: #9a958a; --line: #35322d; --old: #55231d; --new: #1e4421; }}
}}
body {{ margin: 0 auto; max-width: 76rem; padding: 2rem 1rem; background: var(--paper); color: var(--ink);
  font: 1.05rem/1.55 Georgia, "Times New Roman", serif; }}
table {{ width: 100%; border-collapse: collapse; table-layout: fixed; }}
caption, th, .note {{ font: 0.85rem/1.5 system-ui, sans-serif; color: var(--dim); text-align: start; }}
caption {{ padding-bottom: 1rem; }}
td, th {{ padding: 0.6rem 0.9rem; vertical-align: top; border-top: 1px solid var(--line); overflow-wrap: anywhere;
  white-space: pre-wrap; }}
tr.equal td {{ color: var(--dim); }}
tr.title td {{ font-size: 1.4rem; line-height: 1.3; }}
del {{ background: var(--old); }}
ins {{ background: var(--new); text-decoration: none; }}
.note {{ display: block; }}
</style>
<table>
<caption>{added:,} words added, {removed:,} removed, {kept:,} kept</caption>
<thead><tr><th scope="col">{old_name}</th><th scope="col">{new_name}</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</html>
"""


def page(diff: Diff, stats: Stats, old_name: str, new_name: str) -> str:
    """The page for a diff; the names stand above the two columns."""
    parts = [("title", "", diff.title), ("byline", "", diff.byline), ("standfirst", "", diff.standfirst)]
    rows = [_row(name, note, spans) for name, note, spans in parts if spans]
    rows += [_row(row.kind, label(row), row.spans) for row in diff.rows]
    return _PAGE.format(
        title=_safe("".join(text for op, text in diff.title if op != "-")) or "Diff",
        old_name=_safe(old_name),
        new_name=_safe(new_name),
        added=stats.added,
        removed=stats.removed,
        kept=stats.kept,
        rows="\n".join(rows),
    )


def _row(name: str, note: str, spans: Spans) -> str:
    remark = f'<span class="note">{escape(note)}</span>' if note else ""
    old = "".join(_mark("del", text) if op == "-" else _safe(text) for op, text in spans if op != "+")
    new = "".join(_mark("ins", text) if op == "+" else _safe(text) for op, text in spans if op != "-")
    return f'<tr class="{name}"><td dir="auto">{old}</td><td dir="auto">{remark}{new}</td></tr>'


def _mark(tag: str, text: str) -> str:
    return f"<{tag}>{_safe(text)}</{tag}>"


def _safe(text: str) -> str:
    return escape("\n".join(map(visible, text.split("\n"))))
