"""Numbers in a text, with what they mean: "at least 12", "1.4 million", "four and a half", "7 pm"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from agents.diff.labels.passages import Edit, Passage, Side
from agents.diff.labels.wording import Wording

_CURRENCY = frozenset("$€£¥₽₹")
_DIGITS = regex.compile(r"(\d+(?:[.,:/'\u2019\u00a0\u202f]\d+)*)([\p{L}\p{M}]*)", regex.V1)
_CJK = {**{digit: n for n, digit in enumerate("〇一二三四五六七八九")}, "两": 2, "兩": 2, "零": 0}
_CJK_SCALE = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_PERCENT = frozenset({"%", "percent", "prozent", "pc"})


@dataclass(frozen=True, slots=True)
class Number:
    """Tokens from start to before stop, and what they say. `value` is None for a count that is no number ("several")."""

    start: int
    stop: int
    bound: str
    value: object | None


def changed_numbers(passage: Passage, wording: Wording) -> list[tuple[str, str]]:
    """The numbers that have another value now, as they stood and as they stand."""
    edits = passage.of_kind("words")
    if not edits:
        return []
    before, after = (list(numbers(side, wording)) for side in (passage.old, passage.new))
    pairs: list[tuple[str, str]] = []
    for edit in edits:
        old, new = _touched(before, edit.old), _touched(after, edit.new)
        said = [(number.bound, number.value) for number in new]
        for number in list(old):
            if (number.bound, number.value) in said:
                place = said.index((number.bound, number.value))
                said.pop(place)
                new.pop(place)
                old.remove(number)
        for one, other in zip(old, new, strict=False):
            if one.value is not None or other.value is not None:
                pairs.append((_shown(passage.old, one, other), _shown(passage.new, other, one)))
    return pairs


def _shown(side: Side, number: Number, other: Number) -> str:
    """A number as it stands; with its bound only where the other one has another."""
    start = number.start
    if number.bound and number.bound == other.bound:
        start += 0
    return side.between(start, number.stop)


def _touched(numbers: Sequence[Number], place: tuple[int, int]) -> list[Number]:
    start, stop = place
    if start == stop:
        return [number for number in numbers if number.start <= start <= number.stop]
    return [number for number in numbers if number.start < stop and start < number.stop]


def numbers(side: Side, wording: Wording) -> Iterator[Number]:
    """All numbers of a text, from left to right."""
    tokens = side.folded
    place, bound_at = 0, (-1, -1, "")
    while place < len(tokens):
        if found := _number(tokens, place, wording):
            stop, value = found
            start, bound = (bound_at[0], bound_at[2]) if bound_at[1] == place else (place, "")
            yield Number(start, stop, bound, value)
            place = stop
        elif bound := wording.bounds.at(tokens, place):
            bound_at = (place, place + bound[0], bound[1])
            place += bound[0]
        elif vague := wording.vague.at(tokens, place):
            yield Number(place, place + vague[0], "", None)
            place += vague[0]
        elif tokens[place] in _CURRENCY and bound_at[1] == place:
            bound_at = (bound_at[0], place + 1, bound_at[2])
            place += 1
        else:
            place += 1


def _number(tokens: Sequence[str], place: int, wording: Wording) -> tuple[int, object] | None:
    """Where the number that starts at a place ends, and its value."""
    token = tokens[place]
    if match := _DIGITS.match(token):
        value: float = _value(match[1])
        stop = place + 1
        if unit := match[2]:
            value *= wording.scales.get(unit, 1)
        exact: object = value if _is_plain(match[1]) else match[1].replace("\u2019", ":")
    elif token in _CJK or token in _CJK_SCALE:
        stop, exact = _chinese(tokens, place)
        value = float(exact) if isinstance(exact, int | float) else 0.0
    elif (word := token.partition("-")[0]) in wording.numbers:
        value = wording.numbers[word]
        second = token.partition("-")[2].partition("-")[0]
        value += wording.numbers.get(second, 0) if value >= 20 else 0  # noqa: PLR2004 - twenty-one
        stop, exact = place + 1, value
    else:
        return None
    while stop < len(tokens):
        if tokens[stop] in wording.scales and isinstance(exact, float | int):
            value = exact = value * wording.scales[tokens[stop]]
            stop += 1
        elif tokens[stop : stop + 3] == ["and", "a", "half"] and isinstance(exact, float | int):
            value = exact = value + 0.5
            stop += 3
        elif tokens[stop] in _PERCENT:
            return stop + 1, (exact, "%")
        elif tokens[stop] in {"m", "f"}:
            break
        else:
            break
    return stop, exact


def _is_plain(digits: str) -> bool:
    return not any(sign in digits for sign in ":/")


def _value(digits: str) -> float:
    """The value of digits with separators, whichever of them makes fractions."""
    parts = regex.split(r"[.,'\u2019\u00a0\u202f:/]", digits)
    if len(parts) == 1:
        return float(digits)
    if all(len(part) == 3 for part in parts[1:]) and parts[0] != "0":  # noqa: PLR2004 - groups of thousands
        return float("".join(parts))
    return float("".join(parts[:-1]) + "." + parts[-1])


def _chinese(tokens: Sequence[str], place: int) -> tuple[int, object]:
    total = section = digit = 0
    while place < len(tokens) and (tokens[place] in _CJK or tokens[place] in _CJK_SCALE):
        token = tokens[place]
        if token in _CJK:
            digit = digit * 10 + _CJK[token]
        elif _CJK_SCALE[token] < 10**4:
            section += (digit or 1) * _CJK_SCALE[token]
            digit = 0
        else:
            total += (section + digit or 1) * _CJK_SCALE[token]
            section = digit = 0
        place += 1
    return place, float(total + section + digit)


def has_number(side: Side, edit_range: tuple[int, int], wording: Wording) -> bool:
    """Whether there is a number among some tokens."""
    return any(_number(side.folded, place, wording) for place in range(*edit_range))


__all__ = ["Edit", "Number", "changed_numbers", "has_number", "numbers"]
