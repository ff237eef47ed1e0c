"""Numbers in a text, with what they mean: "at least 12", "1.4 million", "four and a half", "7pm"."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from agents.diff.labels.passages import Passage, Side
from agents.diff.labels.wording import Wording

_CURRENCIES = frozenset("$€£¥₽₹")
_PERCENT = frozenset({"%", "percent", "prozent", "pc"})
_DIGITS = regex.compile(r"(\d+(?:[.,:/'\u2019\u00a0\u202f]\d+)*)([\p{L}\p{M}]*)", regex.V1)
_SEPARATORS = regex.compile(r"[.,'\u2019\u00a0\u202f]", regex.V1)
_GROUP = 3
"""Digits between separators of thousands."""

_CHINESE = {**{digit: float(n) for n, digit in enumerate("〇一二三四五六七八九")}, "零": 0.0, "两": 2.0, "兩": 2.0}
_CHINESE_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_MYRIAD = 10**4

Value = tuple[object, ...]
"""What a number says: its bound, its amount and its unit. Equal for "1,200" and "1200", "twelve" and "12"."""


@dataclass(frozen=True, slots=True)
class Number:
    """Tokens from start to before stop. `value` is None for a count that is no number ("several")."""

    start: int
    stop: int
    value: Value | None


def changed_numbers(passage: Passage, wording: Wording) -> list[tuple[str, str]]:
    """The numbers that have another value now, as they stood and as they stand."""
    edits = passage.of_kind("words")
    if not edits:
        return []
    before, after = (list(numbers(side, wording)) for side in (passage.old, passage.new))
    pairs = []
    for edit in edits:
        old, new = list(_touched(before, edit.old)), list(_touched(after, edit.new))
        for number in list(old):
            if same := next((other for other in new if other.value == number.value), None):
                old.remove(number)
                new.remove(same)
        pairs += [
            (passage.old.between(one.start, one.stop), passage.new.between(other.start, other.stop))
            for one, other in zip(old, new, strict=False)
            if one.value or other.value
        ]
    return pairs


def _touched(numbers: Sequence[Number], place: tuple[int, int]) -> Iterator[Number]:
    """The numbers, which are in order, that overlap some tokens, or that a place between two tokens touches."""
    start, stop = place
    reach = start == stop
    for index in range(bisect_left(numbers, start + (not reach), key=lambda number: number.stop), len(numbers)):
        if numbers[index].start >= stop + reach:
            break
        yield numbers[index]


def numbers(side: Side, wording: Wording) -> Iterator[Number]:
    """All numbers of a text, from left to right."""
    tokens = side.folded
    place = 0
    while place < len(tokens):
        bound = wording.bounds.at(tokens, place)
        begin = place + bound[0] if bound else place
        amount_at = begin + (begin < len(tokens) and tokens[begin] in _CURRENCIES)
        if amount_at < len(tokens) and (found := _amount(tokens, amount_at, wording)):
            stop, amount = found
            yield Number(place if bound else amount_at, stop, (bound[1] if bound else "", *amount))
        elif vague := wording.vague.at(tokens, place):
            stop = place + vague[0]
            yield Number(place, stop, None)
        else:
            stop = place + 1
        place = stop


def _amount(tokens: Sequence[str], place: int, wording: Wording) -> tuple[int, Value] | None:
    """Where the amount that starts at a place ends; what it is, and its unit."""
    token = tokens[place]
    amount: float | str
    if digits := _DIGITS.match(token):
        stop, amount = place + 1, _value(digits[1])
        if isinstance(amount, float):
            amount *= wording.scales.get(digits[2], 1.0)
    elif token in _CHINESE or token in _CHINESE_SCALES:
        stop, amount = _chinese(tokens, place)
    else:
        first, _, second = token.partition("-")
        if first not in wording.numbers:
            return None
        stop, amount = place + 1, wording.numbers[first] + wording.numbers.get(second.partition("-")[0], 0.0)
    while stop < len(tokens) and isinstance(amount, float):
        if tokens[stop] in wording.scales:
            amount *= wording.scales[tokens[stop]]
            stop += 1
        elif tuple(tokens[stop : stop + 3]) == ("and", "a", "half"):
            amount += 0.5
            stop += 3
        else:
            break
    is_percent = stop < len(tokens) and tokens[stop] in _PERCENT
    return (stop + 1, (amount, "%")) if is_percent else (stop, (amount,))


def _value(digits: str) -> float | str:
    """The value of digits, whichever separators they have; of times, dates and scores the digits themselves."""
    if ":" in digits or "/" in digits:
        return digits
    head, *groups = _SEPARATORS.split(digits)
    if not groups:
        return float(head)
    if head != "0" and all(len(group) == _GROUP for group in groups):
        return float("".join([head, *groups]))
    return float(f"{''.join([head, *groups[:-1]])}.{groups[-1]}")


def _chinese(tokens: Sequence[str], place: int) -> tuple[int, float]:
    total = section = digit = 0.0
    while place < len(tokens):
        token = tokens[place]
        if token in _CHINESE:
            digit = digit * 10 + _CHINESE[token]
        elif (scale := _CHINESE_SCALES.get(token, 0)) >= _MYRIAD:
            total += (section + digit or 1) * scale
            section = digit = 0.0
        elif scale:
            section += (digit or 1) * scale
            digit = 0.0
        else:
            break
        place += 1
    return place, total + section + digit
