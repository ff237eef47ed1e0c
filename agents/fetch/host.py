"""What is kept of a host: its pace, its price, and the requests that were answered."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from agents.fetch.pace import Pace
from agents.schedule.price import Price
from schemas.codec import convert, parse_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The row of a host.

    `asked_at`: when it was asked last, in seconds since 1970; written before it is asked, so that whoever has the host
    next keeps the pace. `answered`: the offsets of requests that were answered while an earlier one was not.
    """

    pace: Pace
    price: Price
    asked_at: float = 0.0
    answered: tuple[int, ...] = ()


def encode_host(host: Host) -> bytes:
    """The row as the table holds it."""
    return orjson.dumps(host)


def decode_host(row: bytes, place: str) -> Host:
    """The row in a table's bytes.

    Raises:
        BadRecordError: they are no such row.
    """
    return convert(parse_json(row, place), Host, place)
