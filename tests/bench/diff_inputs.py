"""Texts to diff: real pairs of versions, generated ones, and those that cost a diff the most."""

from __future__ import annotations

import difflib
import json
import lzma
import random
import re
import sys
from collections.abc import Iterator
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path

from agents.diff.text import Text
from tests.bench.corpus import SHARED
from tests.bench.diff_peers import least_marked

WORD = re.compile(r"\w")
MARKUP = [
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"^[ \t]*(#+|[*+-])[ \t]+", re.MULTILINE), ""),
    (re.compile(r"\*\*|(?<!\w)_|_(?!\w)|\\(?=\W)|\|"), ""),
]


class Prose:
    """Random text whose words are as frequent as those of English are, and edits of it."""

    def __init__(self, seed: str) -> None:
        self.chance = random.Random(seed)
        common = ["the", "of", "to", "and", "a", "in", "is", "that", "for", "it", "was", "on", "with", "he", "be", "as"]
        syllables = [a + b for a in ("b", "ch", "d", "f", "gr", "l", "m", "n", "p", "r", "st", "t") for b in "aeiou"]
        made = ["".join(self.chance.choices(syllables, k=self.chance.randint(1, 4))) for _ in range(8_000)]
        self.vocabulary = list(dict.fromkeys([*common, *made]))
        self.weights = list(accumulate(1 / rank for rank in range(1, len(self.vocabulary) + 1)))

    def sentences(self, chars: int) -> list[str]:
        """Sentences of 8 to 25 words, some with a comma, that have at least so many characters together."""
        made: list[str] = []
        while chars > 0:
            words = self.chance.choices(self.vocabulary, cum_weights=self.weights, k=self.chance.randint(8, 25))
            words = [f"{word}," if self.chance.random() < 0.07 else word for word in words]
            made.append(" ".join(words).capitalize() + ".")
            chars -= len(made[-1]) + 1
        return made

    def paragraphs(self, count: int, chars: int) -> list[str]:
        """So many paragraphs, each of that length or somewhat longer."""
        return [" ".join(self.sentences(chars)) for _ in range(count)]

    def edited(self, items: list[str], share: float, others: list[str] | None = None, joint: str = " ") -> str:
        """The items, a share of them (one at least) deleted, replaced by one of the others or doubled by it."""
        made = list(items)
        for n in {self.chance.randrange(len(items)), *(n for n in range(len(items)) if self.chance.random() < share)}:
            other = self.chance.choice(others or self.vocabulary)
            made[n] = self.chance.choice(("", other if other != items[n] else "", f"{items[n]}{joint}{other}"))
        return joint.join(item for item in made if item)

    def all_edited(self, paragraphs: list[str]) -> list[str]:
        """Each paragraph edited, 10 % of its words."""
        return [self.edited(paragraph.split(" "), 0.1) for paragraph in paragraphs]


def adversarial() -> Iterator[tuple[str, Text, Text]]:
    """Texts that cost a diff the most, always the same."""
    for name, old, new in _adversarial(Prose("adversarial")):
        yield name, Text(paragraphs=tuple(old)), Text(paragraphs=tuple(new))


def _adversarial(prose: Prose) -> Iterator[tuple[str, list[str], list[str]]]:
    chance = prose.chance
    old, new = (" ".join(f"{letter}{chance.randrange(10**6)}" for _ in range(10_000)) for letter in "ab")
    yield "10,000 and 10,000 words, none in common", [old], [new]
    yield "the same word, 100,000 and 99,000 times", [" ".join(["a"] * 100_000)], [" ".join(["a"] * 99_000)]
    yield "100,000 words: a b a b, and a a b a a b", [" ".join("ab" * 50_000)], [" ".join(("aab" * 33_334)[:100_000])]
    million = prose.sentences(1_000_000)
    old = " ".join(million)
    yield "1 MB paragraph, 1 % edited", [old], [prose.edited(old.split(" "), 0.01)]
    yield "1 MB paragraph, all different", [old], [" ".join(prose.sentences(1_000_000))]
    many = prose.paragraphs(10_000, 50)
    yield "10,000 paragraphs, shuffled", many, chance.sample(many, 10_000)
    many = prose.paragraphs(3_000, 120)
    yield "3,000 paragraphs, all edited", many, prose.all_edited(many)
    yield "3,000 paragraphs, edited and shuffled", many, chance.sample(prose.all_edited(many), 3_000)
    old, new = ("".join(chance.choices(".,;:!?-()'\"/", k=1_000_000)) for _ in range(2))
    yield "1 MB of punctuation", [old], [new]
    han = [chr(0x4E00 + n) for n in range(2_000)]
    characters = chance.choices([*han, "\u3002"], [*(1 / (n + 10) for n in range(2_000)), 0.2], k=100_000)
    yield "100,000 characters of CJK, 2 % edited", ["".join(characters)], [prose.edited(characters, 0.02, han, "")]
    many = prose.paragraphs(300, 300)
    yield "100 kB of prose, all paragraphs edited", many, prose.all_edited(many)
    many = prose.paragraphs(3_000, 300)
    yield "1 MB of prose, all paragraphs edited", many, prose.all_edited(many)
    yield "one paragraph became 3,000", [" ".join(million[:3_000])], million[:3_000]


def generated_pairs(size: int) -> list[tuple[Text, Text]]:
    """Made articles of about so many characters, a fifth of their paragraphs edited, one added and one taken out."""
    prose = Prose(f"generated {size}")
    return [_generated(prose, size) for _ in range(40 if size < 20_000 else 10)]


def _generated(prose: Prose, size: int) -> tuple[Text, Text]:
    old = prose.paragraphs(max(2, size // 300), 250)
    new = [prose.edited(text.split(" "), 0.1) if prose.chance.random() < 0.2 else text for text in old]
    del new[prose.chance.randrange(len(new))]
    new.insert(prose.chance.randrange(len(new) + 1), prose.paragraphs(1, 250)[0])
    return Text(paragraphs=tuple(old)), Text(paragraphs=tuple(new))


def seed_pair() -> tuple[Text, Text]:
    """The two versions of the article that this project starts from; nearly every sentence was rewritten."""
    versions = json.loads(_data("seed/article.json").read_text())["versions"]
    old, new = (Text(version["title"], paragraphs=tuple(version["paragraphs"])) for version in versions)
    return old, new


def real_pairs(size: int) -> list[tuple[Text, Text]]:
    """Parts of real pages, of about so many characters, in a version and the next one; some of their words differ."""
    windows = ((old[i:k], new[j:m]) for old, new in _versions() for i, k, j, m in _windows(old, new, size))
    pairs = [(Text(paragraphs=old), Text(paragraphs=new)) for old, new in dict.fromkeys(windows)]
    return [(old, new) for old, new in pairs if least_marked(old, new)]


def _data(name: str) -> Path:
    path = SHARED / "data" / name
    if not path.exists():
        sys.exit(f"{path} is not here: it belongs to the workplace, not to the project")
    return path


@cache
def _versions() -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """The paragraphs of each version of a page and of the next one, where these differ."""
    with lzma.open(_data("page-versions.jsonl.xz"), "rt") as records:
        versions = [(record["page"], _readable(record["markdown"])) for record in map(json.loads, records)]
    return [(old, new) for (page, old), (next_page, new) in pairwise(versions) if page == next_page and old != new]


def _readable(markdown: str) -> tuple[str, ...]:
    """The text of each line, without its markup and where its links lead."""
    for pattern, text in MARKUP:
        markdown = pattern.sub(text, markdown)
    return tuple(stripped for line in markdown.split("\n") if WORD.search(stripped := line.strip()))


def _windows(old: tuple[str, ...], new: tuple[str, ...], size: int) -> Iterator[tuple[int, int, int, int]]:
    """Where changed places stand, with as many of the paragraphs around them, on both sides, as make up the size."""
    blocks: list[tuple[str, int, int, int, int]] = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            blocks += [(tag, i1 + n, i1 + n + 1, j1 + n, j1 + n + 1) for n in range(i2 - i1)]
        else:
            blocks.append((tag, i1, i2, j1, j2))
    chars = [max(sum(map(len, old[i1:i2])), sum(map(len, new[j1:j2]))) for _, i1, i2, j1, j2 in blocks]
    taken = 0
    for n, (tag, *_) in enumerate(blocks):
        if tag == "equal" or n < taken:
            continue
        first, stop = n, n + 1
        while sum(chars[first:stop]) < size and (first > taken or stop < len(blocks)):
            first, stop = max(first - 1, taken), min(stop + 1, len(blocks))
        if 0.6 * size <= sum(chars[first:stop]) <= 2 * size:
            yield blocks[first][1], blocks[stop - 1][2], blocks[first][3], blocks[stop - 1][4]
        taken = stop
