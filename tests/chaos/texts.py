"""Texts of invented articles, and what is done to them from one fetch to the next."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

WHO = ("The harbour board", "The mayor", "A fisherman", "The ferry company", "The coast guard", "The weather office")
WHAT = ("counted", "reported", "expects", "asked for", "paid for", "promised")
OF_WHAT = ("boats", "piers", "storms", "lifeboats", "ferries", "moorings", "lamps", "tons of sand")
WHERE = ("in Eastmere", "on the northern pier", "at the old landing stage", "off the sandbank", "in the harbour")
THEN = (
    "and nobody was hurt, the board's chair told reporters",
    "until the repairs of the storm wall begin in spring",
    'which one of them called "a long night"',
    "although the notice at the town hall says otherwise",
    "before the ferry - the last one of the day - leaves",
)
NAMES = ("Ada Pell", "Tom Wick", "Ines Ford", None)
RETYPED = ((" - ", " \u2013 "), ("'", "\u2019"), (' "', " \u201c"), (", ", ",  "), (" in ", "\u00a0in "))


@dataclass(frozen=True, slots=True)
class Text:
    """The text of an article as a producer sends it."""

    title: str
    byline: str | None
    paragraphs: tuple[str, ...]


def first_text(chance: random.Random, *, plain: bool) -> Text:
    """A text of some paragraphs; `plain`: without a byline, as it stands in a page."""
    paragraphs = tuple(_sentence(chance) for _ in range(chance.randrange(3, 8)))
    return Text(f"Storm {chance.randrange(1000)} over Eastmere", None if plain else chance.choice(NAMES), paragraphs)


def edited(chance: random.Random, text: Text, *, plain: bool) -> Text:
    """Another text: something is changed, added, taken out or moved."""
    paragraphs = list(text.paragraphs)
    place = chance.randrange(len(paragraphs))
    match chance.randrange(7):
        case 0 if len(paragraphs) > 3:
            del paragraphs[place]
        case 1:
            paragraphs.insert(place, _sentence(chance))
        case 2 if len(set(paragraphs)) > 1:
            moved = paragraphs.pop(place)
            paragraphs.insert(chance.randrange(len(paragraphs) + 1), moved)
        case 3:
            return replace(text, title=f"Storm {chance.randrange(10**6)} over Eastmere")
        case 4 if not plain:
            return replace(text, byline=f"Ada Pell {chance.randrange(10**6)}")
        case _:
            paragraphs[place] = paragraphs[place].replace("the", f"the {chance.randrange(10**6)}", 1)
    return replace(text, paragraphs=tuple(paragraphs))


def retyped(chance: random.Random, text: Text) -> Text:
    """The same text, typed otherwise: other quotes, dashes and spaces."""
    old, new = chance.choice(RETYPED)
    return replace(text, paragraphs=tuple(paragraph.replace(old, new) for paragraph in text.paragraphs))


def _sentence(chance: random.Random) -> str:
    what = f"{chance.choice(WHO)} {chance.choice(WHAT)} {chance.randrange(10**6)} {chance.choice(OF_WHAT)}"
    return f"{what} {chance.choice(WHERE)} the day before, {chance.choice(THEN)}."
