"""The turns of a host go to what is worth most, and what is put off comes again."""

from __future__ import annotations

from typing import NamedTuple

from agents.fetch.turns import LONGEST_WAIT, MAX_QUEUE, Turns


class Turn(NamedTuple):
    """A request."""

    cost: float
    key: str
    since: float = 0.0


def test_what_comes_again_before_its_turn_is_counted_once() -> None:
    """However often news bring a request forward that is put off each time, the backlog is what there is to do."""
    turns: Turns[Turn] = Turns()
    for number in range(MAX_QUEUE):
        turns.put(Turn(-1.0, f"likely {number}"), 0.0, 5.0)
    for now in range(100):
        for number in range(10):
            assert turns.put(Turn(-0.5, f"unlikely {number}"), float(now), 5.0) is not None
        assert turns.backlog(float(now), 5.0) <= (MAX_QUEUE + 10) * 5.0
    for _ in range(MAX_QUEUE):
        turns.take()
    assert turns.put(Turn(-0.5, "unlikely 0"), 100.0, 5.0) is None
    assert turns.backlog(100.0, 5.0) == (1 + 9) * 5.0
    assert turns.backlog(1000.0, 5.0) == 1 * 5.0


def test_nothing_waits_for_ever_behind_what_is_worth_more() -> None:
    """What others come before for an hour is put off, so that it comes again when it is worth more."""
    turns: Turns[Turn] = Turns()
    turns.put(Turn(-0.1, "unlikely"), 0.0, 60.0)
    for now in range(0, int(LONGEST_WAIT) + 60, 60):
        assert turns.put(Turn(-1.0, f"likely at {now}", now), now, 60.0) is None
        turns.take()
    later = LONGEST_WAIT + 60.0
    put_off = turns.put(Turn(-1.0, "likely", later), later, 60.0)
    assert put_off is not None
    assert (put_off[0].key, put_off[1], len(turns.waiting)) == ("unlikely", later + 60.0, 1)
