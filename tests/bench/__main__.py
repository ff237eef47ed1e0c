"""`python -m tests.bench [--quick] [NAME...]`: run benchmarks, print their tables, write them to .bench/NAME.json.

`--quick` takes small counts, to see that a benchmark works; its figures then say little.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

BENCHMARKS = (
    "diff",
    "labels",
    "reading",
    "noise",
    "throughput",
    "latency",
    "scale",
    "recovery",
    "capacity",
    "schedule",
    "archive",
)
RESULTS = Path(".bench")
WIDTH = 140
"""Columns where there is no terminal, so that no cell is broken up."""

Row = dict[str, object]


def main(arguments: list[str]) -> None:
    """Run the benchmarks of these names, or all."""
    if quick := "--quick" in arguments:
        os.environ["BENCH_QUICK"] = "1"
    names = [argument for argument in arguments if argument != "--quick"] or BENCHMARKS
    if unknown := [name for name in names if name not in BENCHMARKS]:
        sys.exit(f"there is no benchmark {unknown[0]!r}: there are {', '.join(BENCHMARKS)}")
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    RESULTS.mkdir(exist_ok=True)
    for name in names:
        tables: dict[str, list[Row]] = importlib.import_module(f"tests.bench.{name}").measure()
        for title, rows in tables.items():
            console.print(as_table(f"{title} (quick)" if quick else title, rows))
        result = RESULTS / f"{name}{'-quick' if quick else ''}.json"
        result.write_bytes(orjson.dumps(tables, option=orjson.OPT_INDENT_2))


def as_table(title: str, rows: list[Row]) -> Table:
    """Rows for a terminal, figures with three digits."""
    table = Table(*rows[0], title=title, title_justify="left")
    for row in rows:
        table.add_row(*(f"{cell:,.3g}" if isinstance(cell, float) else str(cell) for cell in row.values()))
    return table


if __name__ == "__main__":
    main(sys.argv[1:])
