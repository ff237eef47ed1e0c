"""Lines that stand on a page beside its article, told by their wording: share bars, counts, boxes, banners.

Only whole lines of few words are such. Numbers, names and corrections in a sentence are never furniture.
"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import Any

from agents.detect.folding import fold
from schemas.article import Kind

MAX_WORDS = 60

_WORDING: dict[str, Any] = tomllib.loads(files(__package__).joinpath("furniture.toml").read_text("utf-8"))


def _pattern(expressions: list[str]) -> str:
    """One expression for any of these, their named parts put in."""
    whole = "|".join(expressions)
    parts: dict[str, str] = _WORDING["parts"]
    while names := re.findall(r"\{([a-z]+)\}", whole):
        for name in names:
            whole = whole.replace(f"{{{name}}}", f"(?:{parts[name]})")
    return whole


_FURNITURE = re.compile(rf"(?:{_pattern(_WORDING['labels'])})[\s:.!>…»→|-]*|(?:{_pattern(_WORDING['lines'])})")
_DATES = re.compile(_pattern(_WORDING["dates"]))
_NETWORK = re.compile(_WORDING["parts"]["network"])
_NEEDS_LINK = re.compile(_WORDING["needs_link"])


def is_furniture(text: str, *, linked: bool, kind: Kind = "text") -> bool:
    """Whether a line belongs to the page and not to the article. `linked`: whether half of it or more is a link."""
    line = fold(text).casefold()
    if len(line.split()) > MAX_WORDS:
        return False
    if _DATES.fullmatch(line):
        return kind not in ("heading", "item")
    if kind == "item" and not linked and _NETWORK.fullmatch(line):
        return False  # a list of networks, rather than of links to them
    return bool(_FURNITURE.fullmatch(line)) and (linked or not _NEEDS_LINK.match(line))
