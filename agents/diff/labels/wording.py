"""The words that labels rest on, found in tokens."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Generic, TypeVar

from agents.diff.tokens import fold, folded_tokens

Found = TypeVar("Found")

_WORDS: dict[str, Any] = tomllib.loads(files(__package__).joinpath("words.toml").read_text("utf-8"))
_KANA, _HAN = re.compile("[\u3041-\u30ff]"), re.compile("[\u4e00-\u9fff]")

MIN_COMMON = 3
"""How many of a language's commonest words tell it."""

_ARABIC_AND = "\u0648"
"""The Arabic for "and", which is written as one with the next word."""

CHINESE = {**{digit: float(n) for n, digit in enumerate("〇一二三四五六七八九")}, "零": 0.0, "两": 2.0, "兩": 2.0}
CHINESE_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}


class Phrases(Generic[Found]):
    """Words and phrases, and what each stands for."""

    def __init__(self, meanings: Iterable[tuple[str, Found]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], Found]]] = {}
        self._beginnings: list[tuple[str, Found]] = []
        for phrase, found in meanings:
            if phrase.endswith("*"):
                self._beginnings.append((fold(phrase[:-1]), found))
            else:
                tokens = tuple(folded_tokens(phrase))
                self._by_first.setdefault(tokens[0], []).append((tokens, found))
        for choices in self._by_first.values():
            choices.sort(key=lambda choice: -len(choice[0]))
        self._begins = tuple(beginning for beginning, _ in self._beginnings)

    @property
    def starts(self) -> Iterable[str]:
        """The tokens that phrases start with."""
        return self._by_first

    def at(self, tokens: Sequence[str], place: int) -> tuple[int, Found] | None:
        """The longest phrase that starts at a place of folded tokens: its length and what it stands for."""
        token = tokens[place]
        for phrase, found in self._by_first.get(token, ()):
            if tuple(tokens[place : place + len(phrase)]) == phrase:
                return len(phrase), found
        if self._begins and token.startswith(self._begins):
            return 1, next(found for beginning, found in self._beginnings if token.startswith(beginning))
        return None

    def find(self, tokens: Sequence[str], start: int = 0, stop: int | None = None) -> Iterator[tuple[int, int, Found]]:
        """All phrases between two places, from left to right: start, stop and what it stands for."""
        end = len(tokens) if stop is None else stop
        done, firsts, begins = start, self._by_first, self._begins
        places = [place for place in range(start, end) if tokens[place] in firsts]
        if begins:
            places = sorted({*places, *(place for place in range(start, end) if tokens[place].startswith(begins))})
        for place in places:
            if place >= done and (match := self.at(tokens, place)) and place + match[0] <= end:
                done = place + match[0]
                yield place, done, match[1]


class Wording:
    """The words of all languages, and those that only one language has."""

    def __init__(self, language: str, only: Mapping[str, list[str]]) -> None:
        def words(name: str) -> Iterator[tuple[str, str]]:
            for spoken, group in (*_WORDS[name].items(), ("", only.get(name, ()))):
                yield from ((word, word) for word in group)
                if spoken == "ar":
                    yield from ((f"{_ARABIC_AND}{word}", word) for word in group)

        self.language = language
        self.has_capital_nouns = language == "de"
        self.sources = Phrases((word, kind) for kind in ("said", "according", "behind") for word, _ in words(kind))
        self.hedges = Phrases(words("hedges"))
        self.vague = Phrases(words("vague"))
        self.bounds = Phrases(
            (word, bound["sign"])
            for bound in _WORDS["bound"]
            for word in (*bound["words"], *only.get(bound["sign"], ()))
        )
        special = [(word, float(value)) for value, group in only.items() if value.isdigit() for word in group]
        self.numbers = dict([*_values("number"), *[each for each in special if each[1] < MIN_SCALE]])
        self.scales = dict([*_values("scale"), *[each for each in special if each[1] >= MIN_SCALE]])
        self.scales_of_digits = {**self.scales, **dict(_values("abbreviated"))}
        self.number_starts = frozenset(
            [*CURRENCIES, "-", *CHINESE, *CHINESE_SCALES, *self.scales, *self.bounds.starts, *self.vague.starts]
        )

    def spelled(self, token: str, *, is_first: bool) -> float | None:
        """What a word is as a number: "twenty-five", "quatre-vingt-dix", 4 for "four-year"; "un" behind others."""
        head, *rest = token.split("-")
        if rest and f"{head}-{rest[0]}" in self.numbers:
            head, *rest = f"{head}-{rest[0]}", *rest[1:]
        value = self.numbers.get(head, None if is_first else ONE.get(head))
        if value is None:
            return None
        for part in [part for part in rest if part not in NUMBER_JOINTS]:
            if (more := self.numbers.get(part, ONE.get(part))) is None:
                break
            value += more
        return value

    @cached_property
    def dictionary(self) -> frozenset[str]:
        """The words of the language, some 100,000; none where there is no list of them."""
        from spellchecker import SpellChecker  # noqa: PLC0415 - few edits need it, and it takes 10 MB or more

        if self.language not in SpellChecker.languages():
            return frozenset()
        return frozenset(SpellChecker(language=self.language).word_frequency.words())


def _values(name: str) -> Iterator[tuple[str, float]]:
    for value, group in _WORDS[name].items():
        yield from ((fold(word), float(value)) for word in group)


MIN_SCALE = 100.0
"""From here on a word multiplies what stands before it."""

TITLES = frozenset(_WORDS["titles"]["all"])
NO_NAMES = TITLES.union(*_WORDS["no_names"].values())
ARTICLES = frozenset(_WORDS["articles"]["all"])
LITTLE = frozenset(word for group in _WORDS["little"].values() for word in group)
PRONOUNS = frozenset(_WORDS["pronouns"]["all"])
JOINING = frozenset(_WORDS["joining"]["all"]) | LITTLE | PRONOUNS
THAT = frozenset(_WORDS["that"]["all"])
CONDITIONAL = tuple(ending for endings in _WORDS["conditional"].values() for ending in endings)
WEEK = frozenset(_WORDS["week"]["all"])
ONE = dict.fromkeys(_WORDS["one"]["all"], 1.0)
NUMBER_JOINTS = frozenset(_WORDS["number_joints"]["all"])
HALVES = Phrases(_values("halves"))
METRES = frozenset(_WORDS["metres"]["all"])
PERCENT = frozenset(_WORDS["percent"]["all"])
COUNTERS = frozenset(_WORDS["counters"]["all"])
CURRENCIES = {word: sign for sign, group in _WORDS["currency"].items() for word in group}
MERIDIEMS = {word: half for half, group in _WORDS["meridiem"].items() for word in group}
HYPHENATED = tuple(_WORDS["hyphenated"]["all"])
BY = frozenset(_WORDS["by"]["all"])
CONFUSED = str.maketrans({letter: group[0] for group in _WORDS["confused"]["groups"] for letter in group})
GRAMMAR = tuple(frozenset(group.split(" ")) for group in _WORDS["grammar"]["groups"])


_LANGUAGES = frozenset([*_WORDS["only"], *_WORDS["said"]])


@cache
def _wording(language: str) -> Wording:
    return Wording(language, _WORDS["only"].get(language, {}))


def wording(language: str | None, text: str = "") -> Wording:
    """The words for an article in a language (a tag such as `en-GB`); without one, in that of the text."""
    base = (language or "").partition("-")[0].lower() or _guessed(text)
    return _wording(base if base in _LANGUAGES else "")


def _guessed(text: str) -> str:
    """The language of a text, as far as words have to be read by it: told by its script and its commonest words."""
    if _KANA.search(text):
        return "ja"
    if _HAN.search(text):
        return "zh"
    tokens = set(folded_tokens(text))
    shared = {name: len(tokens.intersection(words)) for name, words in _WORDS["common"].items()}
    best = max(shared, key=lambda name: shared[name])
    return best if shared[best] >= MIN_COMMON else ""
