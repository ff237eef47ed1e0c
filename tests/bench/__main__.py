"""`python -m tests.bench [NAME...]`: run benchmarks, print their tables, write their figures to .bench/NAME.json."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import orjson
from rich.console import Console
from rich.table import Table

BENCHMARKS = ("diff", "stream")
RESULTS = Path(".bench")


def main(names: list[str]) -> None:
    """Run the benchmarks of these names, or all."""
    RESULTS.mkdir(exist_ok=True)
    for name in names or BENCHMARKS:
        if name not in BENCHMARKS:
            sys.exit(f"there is no benchmark {name!r}: there are {', '.join(BENCHMARKS)}")
        rows: list[dict[str, object]] = importlib.import_module(f"tests.bench.{name}").measure()
        table = Table(*rows[0], title=name, title_justify="left")
        for row in rows:
            table.add_row(*(f"{cell:,.3g}" if isinstance(cell, float) else str(cell) for cell in row.values()))
        Console().print(table)
        (RESULTS / f"{name}.json").write_bytes(orjson.dumps(rows, option=orjson.OPT_INDENT_2))


if __name__ == "__main__":
    main(sys.argv[1:])
