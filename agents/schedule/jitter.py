"""Checks that would fall on one moment are spread, always in the same way."""

from __future__ import annotations

import struct

import xxhash

SPREAD = 0.1
"""Share of an interval by which a check may come earlier or later."""


def jittered(at: float, now: float, end: float, key: bytes, number: int) -> float:
    """The time of check `number` of the article `key`, planned at `now` for `at`: within a tenth, `end` at most."""
    part = xxhash.xxh3_64_intdigest(key + struct.pack(">Q", number)) / 2**64
    return min(at + (at - now) * SPREAD * (2 * part - 1), end)
