"""Numbers in a text, with what they mean: "at least 12", "1.4 million", "four and a half", "7pm"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from agents.diff.labels.passages import Passage, Side
from agents.diff.labels.wording import CHINESE, CHINESE_SCALES, CURRENCIES, WEEK, Wording

_PERCENT = frozenset({"%", "percent", "prozent", "pc"})
_DIGITS = re.compile(r"(\d+(?:[.,:/'\u2019\u00a0\u202f]\d+)*)([^\W\d_]*)")  # regex knows digits that float does not
_SEPARATORS = regex.compile(r"[.,'\u2019\u00a0\u202f]", regex.V1)
REACH = 6
"""How many tokens before and behind an edit the numbers begin that it may touch."""

MAX_TOKENS = 16
"""The most tokens of one number."""

_GROUP = 3
"""Digits between separators of thousands."""

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
    pairs = []
    for edit in passage.of_kind("words"):
        old = list(_touched(passage.old, edit.old, wording))
        new = list(_touched(passage.new, edit.new, wording)) if old else []
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


def _touched(side: Side, place: tuple[int, int], wording: Wording) -> Iterator[Number]:
    """The numbers that overlap some tokens, or that a place between two tokens touches."""
    start, stop = place
    reach = start == stop
    for number in numbers(side.folded, max(0, start - REACH), min(stop + REACH, len(side.tokens)), wording):
        if number.start < stop + reach and start - reach < number.stop:
            yield number


def numbers(tokens: Sequence[str], start: int, end: int, wording: Wording) -> Iterator[Number]:
    """The numbers that begin from one of some folded tokens to before another, from left to right."""
    place = start
    for candidate in [place for place in range(start, end) if _can_start(tokens[place], wording)]:
        if candidate < place:
            continue
        place = candidate
        bound = wording.bounds.at(tokens, place)
        begin = place + bound[0] if bound else place
        amount_at = begin + (begin < len(tokens) and tokens[begin] in CURRENCIES)
        if amount_at < len(tokens) and (found := _amount(tokens, amount_at, wording)):
            stop, amount = found
            yield Number(place if bound else amount_at, stop, (bound[1] if bound else "", *amount))
        elif vague := wording.vague.at(tokens, place):
            stop = place + vague[0]
            yield Number(place, stop, None)
        else:
            continue
        place = stop


def _can_start(token: str, wording: Wording) -> bool:
    return token[0].isdigit() or token in wording.number_starts or token.partition("-")[0] in wording.numbers


def _amount(tokens: Sequence[str], place: int, wording: Wording) -> tuple[int, Value] | None:
    """Where the amount that starts at a place ends; what it is, and its unit."""
    token = tokens[place]
    amount: float | str
    if digits := _DIGITS.match(token):
        stop, amount = place + 1, _value(digits[1])
        if isinstance(amount, float):
            amount *= wording.scales.get(digits[2], 1.0)
    elif token in CHINESE or token in CHINESE_SCALES:
        if place and tokens[place - 1] in WEEK:
            return None
        stop, amount = _chinese(tokens, place)
    else:
        first, _, second = token.partition("-")
        if first not in wording.numbers:
            return None
        stop, amount = place + 1, wording.numbers[first] + wording.numbers.get(second.partition("-")[0], 0.0)
    while stop < min(len(tokens), place + MAX_TOKENS) and isinstance(amount, float):
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
    end = min(len(tokens), place + MAX_TOKENS)
    while place < end:
        token = tokens[place]
        if token in CHINESE:
            digit = digit * 10 + CHINESE[token]
        elif (scale := CHINESE_SCALES.get(token, 0)) >= _MYRIAD:
            total += (section + digit or 1) * scale
            section = digit = 0.0
        elif scale:
            section += (digit or 1) * scale
            digit = 0.0
        else:
            break
        place += 1
    return place, total + section + digit
