"""Imports point one way, and the steps are pure."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

IMPURE = {
    *("asyncio", "concurrent", "multiprocessing", "queue", "sched", "selectors", "signal", "subprocess", "threading"),
    *("time", "random", "secrets"),
    *("fileinput", "glob", "io", "os", "pathlib", "shelve", "shutil", "socket", "sqlite3", "ssl", "tempfile"),
    *("ftplib", "http", "imaplib", "poplib", "smtplib", "socketserver", "urllib.request", "webbrowser"),
}
"""Modules with a clock, chance or I/O: nothing that a step may use."""

IMPURE_CALLS = {"open", "print", "input", "now", "utcnow", "today", "uuid1", "uuid4"}
"""Functions and methods of the same kind that need no import of their own."""

THIRD_PARTY = {
    "schemas": {"brotli", "msgspec", "orjson", "zstandard"},
    "agents": {
        "can_ada",
        "fastfeedparser",
        "feedparser",
        "htmldate",
        "lxml",
        "msgspec",
        "orjson",
        "protego",
        "publicsuffixlist",
        "rapidfuzz",
        "regex",
        "resiliparse",
        "spellchecker",
        "trafilatura",
        "xxhash",
        "zstandard",
    },
}
BELOW = {"schemas": {"schemas"}, "agents": {"schemas", "agents"}}


def imported(tree: ast.AST) -> Iterator[str]:
    """The full names of the modules that a module imports, wherever it does so."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names, level=0):
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.ImportFrom(module=module, level=level):
                yield "." * level + (module or "")


def called(tree: ast.AST) -> Iterator[str]:
    """The names of the functions and methods that a module calls."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
                yield name


def is_impure(module: str) -> bool:
    """Whether a module, or a package that it is in, is among the impure ones; bytes in memory are no I/O."""
    parts = module.split(".")
    return module != "io.BytesIO" and any(".".join(parts[:count]) in IMPURE for count in range(1, len(parts) + 1))


INPUT_OUTPUT = {
    *("agents/fetch/client.py", "agents/fetch/guard.py"),
    *(
        f"agents/archive/{name}.py"
        for name in ("database_url", "figures", "queries", "store", "subscriptions", "tables", "words")
    ),
    *(str(path.relative_to(ROOT)) for path in (ROOT / "agents/archive/migrations").rglob("*.py")),
}
"""The modules of a step whose nature is I/O; their libraries are their own."""


def violations(package: str, source: str) -> list[str]:
    """What a module of a package uses that it must not."""
    tree = ast.parse(source)
    allowed = BELOW[package] | THIRD_PARTY[package] | sys.stdlib_module_names
    found = [name for name in imported(tree) if name.partition(".")[0] not in allowed]
    if package == "agents":
        found += [name for name in imported(tree) if is_impure(name)]
        found += [f"{name}()" for name in called(tree) if name in IMPURE_CALLS]
    return found


PURE = [
    path
    for name in BELOW
    for p in (ROOT / name).rglob("*.py")
    if (path := str(p.relative_to(ROOT))) not in INPUT_OUTPUT
]


@pytest.mark.parametrize("path", PURE)
def test_layer(path: str) -> None:
    """A module imports only what its layer may, and a step has no clock, no chance and no I/O."""
    source = (ROOT / path).read_text(encoding="utf-8")
    assert violations(Path(path).parts[0], source) == []


@pytest.mark.parametrize(
    ("package", "source"),
    [
        ("schemas", "from agents.step import Step"),
        ("schemas", "import streams.settings"),
        ("schemas", "import xxhash"),
        ("schemas", "from . import topics"),
        ("agents", "from streams import topics"),
        ("agents", "import faust"),
        ("agents", "from aiokafka import AIOKafkaProducer"),
        ("agents", "import os.path"),
        ("agents", "from urllib import request"),
        ("agents", "def late():\n    import time"),
        ("agents", "if True:\n    from random import choice"),
        ("agents", "from datetime import datetime\nx = datetime.now()"),
        ("agents", "import uuid\nx = uuid.uuid4()"),
        ("agents", "x = open('page.html')"),
    ],
)
def test_violation_is_found(package: str, source: str) -> None:
    """Each way around the layers is seen."""
    assert violations(package, source)


@pytest.mark.parametrize(
    ("package", "source"),
    [
        ("schemas", "import orjson\nfrom pathlib import Path\nfrom schemas import topics"),
        ("agents", "import regex\nfrom urllib.parse import urlsplit\nfrom schemas.record import Record"),
        ("agents", "from datetime import datetime\nfrom agents.step import KEEP"),
    ],
)
def test_what_a_layer_may_do(package: str, source: str) -> None:
    """What a layer is made of is no violation."""
    assert violations(package, source) == []
