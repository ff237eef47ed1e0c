"""A change as a terminal shows it: a heading, and the words that changed."""

from __future__ import annotations

from itertools import groupby
from typing import Final

import regex
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from agents.diff.compare import Comparison
from agents.diff.shorten import shortened
from agents.diff.tokens import count_words
from schemas.change import Change, Diff, Label, Row, Severity, Spans, Stats
from schemas.version import Version

MIN_SIDE_BY_SIDE = 120
"""Columns of a terminal from which old and new stand side by side."""

MAX_NUMBERS = 3
"""How many numbers are told beside a label."""

_STYLES: Final = {"=": "", "-": "red strike", "+": "green"}
_BRACKETS: Final = {"=": ("", ""), "-": ("[-", "-]"), "+": ("{+", "+}")}

# Controls could write anywhere on the terminal, format characters could turn text around. Joiners, tags and the signs
# under Arabic numbers stay: Persian words, flags and years are written with them.
_HOSTILE = regex.compile(
    r"[[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]--[\u200c\u200d\U000e0020-\U000e007f\u0600-\u0605\u06dd]]", regex.V1
)


def visible(text: str) -> str:
    """The text with all that a terminal would obey instead of showing replaced by U+FFFD."""
    return _HOSTILE.sub("\N{REPLACEMENT CHARACTER}", text)


def show(change: Change, console: Console) -> None:
    """Print a change: a heading and the rows that changed."""
    version = f"version {change.prior.version} → {change.current.version if change.current else 'gone'}"
    facts = [change.article.source, change.kind, change.interval.words, version]
    title = change.diff.title or (("=", change.prior.title),)  # the diff of a removal is empty
    _print_heading(console, title, facts, change.stats if change.current else None)
    _print_labels(console, change.labels, change.severity)
    _print(console, Text(visible(change.article.url), "dim"))
    _print_body(change.diff, console)
    console.print()


def show_files(found: Comparison, old: str, new: str, console: Console) -> None:
    """Print what changed between two files under their names."""
    _print_heading(console, found.diff.title, [f"{old} → {new}"], found.stats)
    _print_labels(console, found.labels, found.severity)
    _print_body(found.diff, console)


def show_version(version: Version, console: Console) -> None:
    """Print a version in one line."""
    words = sum(count_words(paragraph.text) for paragraph in version.paragraphs)
    facts = [version.kind, f"version {version.version}", version.title, counted(words, "word"), version.article.url]
    _print(console, Text(visible(" · ".join(facts))))


def _print_heading(console: Console, title: Spans, facts: list[str], stats: Stats | None) -> None:
    _print(console, _marked(title, console, "bold"))
    if stats:
        facts = [*facts, f"{counted(stats.added, 'word')} added, {stats.removed:,} removed"]
    _print(console, Text(visible(" · ".join(facts)), "dim"))


def _print_labels(console: Console, labels: tuple[Label, ...], severity: Severity) -> None:
    if labels:
        text = Text(" · ".join(map(label_text, labels)), "bold")
        _print(console, text.append(f"  severity {severity.score:.2f}", "not bold dim"))


def label_text(label: Label) -> str:
    """A label, and the numbers that it found: `numbers 12 → 13`."""
    if label.name != "numbers":
        return label.name
    pairs = list(dict.fromkeys(zip(label.values[::2], label.values[1::2], strict=True)))
    more = [f"and {len(pairs) - MAX_NUMBERS} more"] if len(pairs) > MAX_NUMBERS else []
    return f"numbers {', '.join([f'{visible(old)} → {visible(new)}' for old, new in pairs[:MAX_NUMBERS]] + more)}"


def _print_body(diff: Diff, console: Console) -> None:
    """Byline, standfirst and paragraphs, as far as they changed."""
    for name, spans in (("Byline", diff.byline), ("Standfirst", diff.standfirst)):
        if any(op != "=" for op, _ in spans):
            _print_row(name, spans, console)
    for same, rows in groupby(diff.rows, key=lambda row: row.kind == "equal"):
        if same:
            count = sum(1 for _ in rows)
            console.print()
            _print(console, Text(f"… {counted(count, 'paragraph')} unchanged", "dim"))
        else:
            for row in rows:
                _print_row(row_name(row), row.spans, console)


def row_name(row: Row) -> str:
    """What happened to the paragraphs of a row beyond their words, if anything."""
    match row.kind:
        case "moved":
            return f"Moved from paragraph {row.old[0] + 1} to {row.new[0] + 1}"
        case "split":
            return f"Split into {len(row.new)}"
        case "merged":
            return f"Merged from {len(row.old)}"
    return ""


def _print_row(name: str, spans: Spans, console: Console) -> None:
    console.print()
    if console.is_terminal and console.width >= MIN_SIDE_BY_SIDE:
        if name:
            _print(console, Text(f"  {name}", "dim italic"))
        _print(console, _side_by_side(spans, console))
        return
    text = Text()
    if name:
        text.append(f"{name}: ", "dim italic")
    text.append_text(_marked(shortened(spans), console))
    _print(console, Padding(text, (0, 0, 0, 2)) if console.is_terminal else text)


def _side_by_side(spans: Spans, console: Console) -> Table:
    """The old text in a left column and the new one in a right column."""
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(ratio=1)
    table.add_column(ratio=1)
    old, new = (tuple(span for span in shortened(spans) if span[0] != other) for other in ("+", "-"))
    table.add_row(_marked(old, console), _marked(new, console))
    return table


def _marked(spans: Spans, console: Console, style: str = "") -> Text:
    """The spans with their marks: colours, or brackets where there are none."""
    plain = console.color_system is None or console.no_color
    text = Text(style=style)
    for op, part in spans:
        shown = "¶\n".join(map(visible, part.split("\n")))
        before, behind = _BRACKETS[op] if plain else ("", "")
        text.append(f"{before}{shown}{behind}", "" if plain else _STYLES[op])
    return text


def counted(number: int, name: str) -> str:
    """A number and what it counts: `1 word`, `1,200 words`."""
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def _print(console: Console, what: RenderableType) -> None:
    console.print(what, soft_wrap=not console.is_terminal, highlight=False)
