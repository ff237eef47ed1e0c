"""What is kept of a host: its pace, its price, and the requests that were answered."""

from __future__ import annotations

from dataclasses import dataclass, field

import orjson

from agents.fetch.pace import Pace
from agents.schedule.price import LOWEST, Price
from schemas.codec import convert, parse_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The row of a host.

    `pace`: its `last_at` is written before the host is asked, so that whoever has it next keeps the pace. `answered`:
    the offsets of requests that were answered while an earlier one was not. `is_asked`: it is being asked, or was when
    nobody told the end of it any more.
    """

    pace: Pace = field(default_factory=Pace)
    price: Price = field(default_factory=lambda: Price(LOWEST, 0.0))
    answered: tuple[int, ...] = ()
    is_asked: bool = False


def encode_host(host: Host) -> bytes:
    """The row as the table holds it."""
    return orjson.dumps(host)


def decode_host(row: bytes, place: str) -> Host:
    """The row in a table's bytes.

    Raises:
        BadRecordError: they are no such row.
    """
    return convert(parse_json(row, place), Host, place)
