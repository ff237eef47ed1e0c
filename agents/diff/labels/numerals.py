"""Numbers in a text, however they are written: "at least 12", "$1.4 million", "two dozen", "1½", "7pm", "3.5万"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from agents.diff.labels.sides import Side
from agents.diff.labels.wording import (
    CHINESE,
    CHINESE_SCALES,
    COUNTERS,
    CURRENCIES,
    HALVES,
    MERIDIEMS,
    METRES,
    NUMBER_JOINTS,
    PERCENT,
    WEEK,
    Wording,
)

REACH = 6
"""How many tokens before and behind an edit the numbers begin that it may touch."""

MAX_TOKENS = 16
"""The most tokens of one number."""

MAXDIGITS = 15
"""Digits that a float holds. Longer numbers are names: of accounts, of parcels."""

DIGITS = re.compile(r"(\d+(?:[.,:/'\u2019\u00a0\u202f]\d+)*)(.*)", re.DOTALL)
_SEPARATED = re.compile(r"([.,'\u2019\u00a0\u202f])")
_CLOCK = re.compile(r"(\d{1,2})(?:[.:](\d\d))?")
_GROUP = 3
"""Digits between separators of thousands."""

_MYRIAD = 10**4
_TEN, _HUNDRED, _THOUSAND = 10, 100, 1000

Value = float | str | tuple[Literal["clock", "metres"], float]
"""An amount; the digits themselves, of dates and scores; a minute of the day; or a length."""


@dataclass(frozen=True, slots=True)
class Number:
    """Tokens from start to before stop.

    `readings`: the values that it may have: "10.30" is 10.3 or half past ten. A count that is no number ("several") has
    none. `unit`: "%", a currency, or nothing.
    """

    start: int
    stop: int
    bound: str = ""
    readings: frozenset[Value] = frozenset()
    unit: str = ""

    def says_same(self, other: Number) -> bool:
        """Whether both can be the same number: "1,200" and "1200", "twelve" and "12", "7pm" and "19:00"."""
        if not self.readings or not other.readings:
            return not self.readings and not other.readings
        is_unit = self.unit == other.unit or ("" in (self.unit, other.unit) and "%" not in (self.unit, other.unit))
        return is_unit and self.bound == other.bound and not self.readings.isdisjoint(other.readings)


def readings(digits: str) -> frozenset[Value]:
    """What digits with their separators may say."""
    clock = _clock(digits)
    if ":" in digits or "/" in digits:
        return clock or frozenset({digits})
    return frozenset({_value(digits)}) | clock


def _clock(digits: str, meridiem: str = "") -> frozenset[Value]:
    """The time that digits can stand for: 10:30 or 10.30; with a half of the day or "Uhr" behind it, 7 too."""
    match = _CLOCK.fullmatch(digits)
    if match is None or not (match[2] or meridiem):
        return frozenset()
    hour, minute = int(match[1]), int(match[2] or 0)
    if meridiem in ("am", "pm"):
        hour = hour % 12 + 12 * (meridiem == "pm")
    return frozenset({("clock", hour * 60 + minute)}) if hour < 24 and minute < 60 else frozenset()  # noqa: PLR2004


def _value(digits: str) -> float | str:
    if len(digits) > MAXDIGITS:
        return digits
    head, *rest = _SEPARATED.split(digits)
    groups, separators = rest[1::2], rest[::2]
    if not groups:
        return float(head)
    if head != "0" and all(len(group) == _GROUP for group in groups):
        return float("".join([head, *groups]))
    if all(len(group) == _GROUP for group in groups[:-1]) and separators[-1] not in separators[:-1]:
        return float(f"{''.join([head, *groups[:-1]])}.{groups[-1]}")
    return digits


def touched(side: Side, place: tuple[int, int], wording: Wording) -> list[Number]:
    """The numbers that overlap some tokens, or that a place between two tokens touches."""
    start, stop = place
    reach = start == stop
    first, last = max(0, start - REACH), min(stop + REACH, len(side.tokens))
    return [
        number
        for number in numbers(side, first, last, wording)
        if number.start < stop + reach and start - reach < number.stop
    ]


def numbers(side: Side, start: int, end: int, wording: Wording) -> Iterator[Number]:
    """The numbers that begin from one token to before another, from left to right."""
    tokens, done = side.folded, start
    for place in [place for place in range(start, end) if _can_start(tokens[place], wording)]:
        if place < done:
            continue
        if number := _number(side, place, wording):
            yield number
            done = number.stop


def _can_start(token: str, wording: Wording) -> bool:
    return token[0].isnumeric() or token in wording.number_starts or token.partition("-")[0] in wording.numbers


def _number(side: Side, start: int, wording: Wording) -> Number | None:
    tokens, place, bound, unit = side.folded, start, "", ""
    if phrase := wording.bounds.at(tokens, place):
        place, bound = place + phrase[0], phrase[1]
    is_negative = place < len(tokens) and side.is_minus(place)
    place += is_negative
    if place < len(tokens) and tokens[place] in CURRENCIES:
        unit, place = CURRENCIES[tokens[place]], place + 1
    if place < len(tokens) and (found := _amount(tokens, place, wording, has_currency=bool(unit))):
        stop, values = found
        if is_negative:
            values = frozenset({-value if isinstance(value, float) else value for value in values})
        if stop < len(tokens) and (tokens[stop] in PERCENT or (not unit and tokens[stop] in CURRENCIES)):
            unit = "%" if tokens[stop] in PERCENT else CURRENCIES[tokens[stop]]
            stop += 1
        return Number(start, stop, bound, values, unit)
    if phrase := wording.vague.at(tokens, start):
        return Number(start, start + phrase[0])
    return None


def _amount(
    tokens: Sequence[str], place: int, wording: Wording, *, has_currency: bool
) -> tuple[int, frozenset[Value]] | None:
    """Where the amount that starts at a place ends, and what it can be."""
    token = tokens[place]
    if token[0].isdigit():
        return _in_digits(tokens, place, wording, has_currency=has_currency)
    if token in CHINESE or token in CHINESE_SCALES:
        return _chinese(tokens, place)
    if (numeric := unicodedata.numeric(token[0], None)) is not None:
        return place + 1, frozenset({float(numeric)})
    return _in_words(tokens, place, wording)


def _in_digits(
    tokens: Sequence[str], place: int, wording: Wording, *, has_currency: bool
) -> tuple[int, frozenset[Value]] | None:
    match = DIGITS.match(tokens[place])
    if match is None:  # a digit that `re` does not know
        return None
    digits, suffix = match[1], match[2]
    stop = place + 1
    while not suffix and digits.isdecimal() and len(digits) <= MAXDIGITS and _is_group(tokens, place, stop):
        digits += tokens[stop]
        stop += 1
    behind = tokens[stop] if stop < len(tokens) else ""
    if time := _french_time(digits, suffix, tokens[stop : stop + 2]):
        return time[0] + stop, time[1]
    if (meridiem := MERIDIEMS.get(suffix or behind)) and (values := _clock(digits, meridiem)):
        return stop + (not suffix), values
    values = readings(digits)
    if suffix and (numeric := unicodedata.numeric(suffix[0], None)) is not None:
        values = frozenset({value + numeric for value in values if isinstance(value, float)})
    elif scale := wording.scales_of_digits.get(suffix):
        amounts = [value for value in values if isinstance(value, float)]
        values = frozenset({value * scale for value in amounts})
        if suffix == "m" and not has_currency:
            values |= {("metres", value) for value in amounts}
    elif not suffix and behind in METRES:
        return stop + 1, frozenset({("metres", value) for value in values if isinstance(value, float)})
    if behind in CHINESE_SCALES:
        return _chinese(tokens, place)
    return _scaled(tokens, stop, values, wording)


def _french_time(hour: str, suffix: str, behind: Sequence[str]) -> tuple[int, frozenset[Value]] | None:
    """The time in 18h, 18h30 or 18 h 30, and how many of the tokens behind the first belong to it."""
    if suffix[:1] == "h" and (not suffix[1:] or suffix[1:].isdecimal()):
        count, minute = 0, suffix[1:]
    elif not suffix and behind[:1] == ["h"]:
        has_minute = len(behind) > 1 and behind[1].isdecimal() and len(behind[1]) == 2  # noqa: PLR2004
        count, minute = (2, behind[1]) if has_minute else (1, "")
    else:
        return None
    time = _clock(f"{hour}:{minute or '00'}")
    return (count, time) if time else None


def _is_group(tokens: Sequence[str], place: int, stop: int) -> bool:
    """Whether a token is a group of thousands behind a space: 5 000."""
    is_head = len(tokens[place]) <= _GROUP and tokens[place][0] != "0"
    return is_head and stop < len(tokens) and len(tokens[stop]) == _GROUP and tokens[stop].isdecimal()


def _scaled(
    tokens: Sequence[str], stop: int, values: frozenset[Value], wording: Wording
) -> tuple[int, frozenset[Value]]:
    scales, end = wording.scales_of_digits, min(len(tokens), stop + MAX_TOKENS)
    while stop < end and tokens[stop] in scales:
        values = frozenset({value * scales[tokens[stop]] for value in values if isinstance(value, float)})
        stop += 1 + (tokens[stop] not in wording.scales and tokens[stop + 1 : stop + 2] == ["."])
    return stop, values


def _in_words(tokens: Sequence[str], start: int, wording: Wording) -> tuple[int, frozenset[Value]] | None:
    """An amount in words: "two thousand five hundred", "half a million", "vingt et un", "four and a half"."""
    total = section = 0.0
    place = stop = start
    end = min(len(tokens), start + MAX_TOKENS)
    while place < end:
        token = tokens[place]
        if place > start and (half := HALVES.at(tokens, place)):
            stop, section = place + half[0], section + half[1]
            break
        is_first = place == start
        if (value := wording.spelled(token, is_first=is_first)) is not None and (is_first or _fits(section, value)):
            section += value
        elif (scale := wording.scales.get(token)) and (section or is_first or total):
            if scale >= _THOUSAND:
                total, section = total + (section or 1) * scale, 0.0
            else:
                section = (section or 1) * scale
        elif is_first or token not in NUMBER_JOINTS:
            break
        else:
            place += 1
            continue
        place += 1
        stop = place
    return (stop, frozenset({total + section})) if stop > start else None


def _fits(section: float, value: float) -> bool:
    """Whether a word can go on a number: "five" behind "twenty" and "hundred", and not behind "three"."""
    if value < _TEN:
        return section % _TEN == 0 and (section % _HUNDRED > _TEN or section % _HUNDRED == 0)
    return value < _HUNDRED and section % _HUNDRED == 0


def _chinese(tokens: Sequence[str], start: int) -> tuple[int, frozenset[Value]] | None:
    """An amount in Chinese numerals, or in digits with Chinese scales: 二十三, 二〇二四, 3万5千."""
    total = section = digit = 0.0
    place, end = start, min(len(tokens), start + MAX_TOKENS)
    while place < end:
        token = tokens[place]
        if token in CHINESE:
            digit = digit * _TEN + CHINESE[token]
        elif (scale := CHINESE_SCALES.get(token, 0)) >= _MYRIAD:
            total += (section + digit or 1) * scale
            section = digit = 0.0
        elif scale:
            section += (digit or 1) * scale
            digit = 0.0
        elif token[0].isdigit() and isinstance(value := _value(token) if token.isascii() else "", float):
            digit = value
        else:
            break
        place += 1
    behind = tokens[place] if place < len(tokens) else ""
    is_weekday = start > 0 and tokens[start - 1] in WEEK
    is_counted = behind in COUNTERS and CHINESE_SCALES.get(tokens[start], 0) <= _TEN
    if is_weekday or not (is_counted or place - start > 1):
        return None
    return place, frozenset({total + section + digit})
