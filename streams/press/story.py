"""A story and the edits of its life, read from `stories/*.toml`.

A file holds the story as first printed: `paper`, `language`, `section`, `byline`, `headline`, `standfirst` and `text`,
whose paragraphs have a blank line between them. Each `[[edit]]` says how many `hours` after publication it is made, its
`kind`, and what it does to the text before it, in this order:

    revert = 2                   the text as it was after that many edits (0: as first printed)
    headline, standfirst = "..." another one
    rewrite = [1, "..."]         another paragraph in the place of this one (paragraphs count from 1)
    swap = [["old", "new"]]      words in their place; the old ones must stand in the text exactly once
    move = [5, 2]                a paragraph to another place
    split = "The first words"    a new paragraph begins with these
    add = "..."                  paragraphs at the end
    gone = 404                   the page is gone (or 410) until the next edit

`$name` stands for a word or number that differs each time the story is printed; `[vary]` lists what it can be.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import resources
from string import Template
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta as Constraint

PAPERS = {"lantern": "The Vessmouth Lantern", "tally": "The Brass Tally", "orrery": "Moth & Orrery"}
"""The papers: their place in a URL, and their name."""

Kind = Literal[
    "typo",
    "number",
    "quote",
    "headline",
    "correction",
    "lede",
    "move",
    "addition",
    "split",
    "hedge",
    "revert",
    "removal",
    "return",
]


class Edit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One edit of a story; the module's docstring explains the fields. `kind` is for those who read or write it."""

    hours: Annotated[int, Constraint(ge=1)]
    kind: Kind
    revert: int | None = None
    headline: str | None = None
    standfirst: str | None = None
    rewrite: tuple[int, str] | None = None
    swap: tuple[tuple[str, str], ...] = ()
    move: tuple[int, int] | None = None
    split: str | None = None
    add: str | None = None
    gone: Literal[404, 410] | None = None


class Story(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A story as first printed, and its edits in order."""

    paper: str
    language: str
    section: str
    byline: str
    headline: str
    standfirst: str
    text: str
    vary: dict[str, tuple[str, ...]]
    edit: tuple[Edit, ...]


class Text(NamedTuple):
    """What a reader sees of a story between two edits."""

    headline: str
    standfirst: str
    paragraphs: tuple[str, ...]


@cache
def slugs() -> tuple[str, ...]:
    """The names of all stories, sorted, so that the papers take turns."""
    files = resources.files("streams.press.stories").iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


@lru_cache(maxsize=256)
def story(slug: str, number: int) -> Story:
    """A story as it is printed for the `number`th time.

    Raises:
        ValueError: the story's file is wrong.
    """
    source = resources.files("streams.press.stories").joinpath(f"{slug}.toml").read_text("utf-8")
    vary = tomllib.loads(source)["vary"]
    words = {name: values[number % len(values)] for name, values in vary.items()}
    return msgspec.convert(_folded(tomllib.loads(Template(source).substitute(words))), Story)


@lru_cache(maxsize=256)
def texts(slug: str, number: int) -> tuple[Text, ...]:
    """The story's text as first printed, and after each of its edits.

    Raises:
        ValueError: the story's file is wrong, or an edit does not fit the text that it is made to.
    """
    printed = story(slug, number)
    made = [Text(printed.headline, printed.standfirst, tuple(printed.text.split("\n")))]
    for place, edit in enumerate(printed.edit, start=1):
        try:
            made.append(_edited(made, edit))
        except (ValueError, IndexError) as error:
            raise ValueError(f"{slug}.toml, edit {place} of {len(printed.edit)}: {error}") from None
    return tuple(made)


def _edited(earlier: Sequence[Text], edit: Edit) -> Text:
    text = earlier[-1 if edit.revert is None else edit.revert]
    lines = [edit.headline or text.headline, edit.standfirst or text.standfirst, *text.paragraphs]
    if edit.rewrite:
        place, words = edit.rewrite
        lines[place + 1] = words
    for old, new in edit.swap:
        at = _only(lines, old)
        lines[at] = lines[at].replace(old, new)
    if edit.move:
        lines.insert(edit.move[1] + 1, lines.pop(edit.move[0] + 1))
    if edit.split:
        at = _only(lines, edit.split)
        first, _, rest = lines[at].partition(edit.split)
        lines[at : at + 1] = [first.strip(), edit.split + rest]
    if edit.add:
        lines += edit.add.split("\n")
    return Text(lines[0], lines[1], tuple(lines[2:]))


def _only(lines: list[str], words: str) -> int:
    if sum(line.count(words) for line in lines) != 1:
        raise ValueError(f"{words!r} has to stand in the text exactly once")
    return next(at for at, line in enumerate(lines) if words in line)


def _folded(value: Any) -> Any:  # noqa: ANN401 - what TOML can hold
    """The same with a line for each paragraph of its strings, whitespace folded."""
    if isinstance(value, str):
        return "\n".join(" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", value))
    if isinstance(value, list):
        return [_folded(item) for item in value]
    if isinstance(value, dict):
        return {name: _folded(item) for name, item in value.items()}
    return value
