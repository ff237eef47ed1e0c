"""Beliefs about articles, as they come about and as they are at their worst."""

from __future__ import annotations

from hypothesis import strategies as st

from agents.schedule.estimate import DAY, first_belief, seen_changed, seen_unchanged
from schemas.schedule import Belief

NOW = 1_790_000_000.0
THETAS = st.floats(0.001, 1)
ELAPSED = st.floats(0, 9 * DAY) | st.floats(0, 4 * 3600)
MEANS = st.floats(0.001, 20)


def after(belief: Belief, now: float, *, changed: bool) -> Belief:
    """The belief after a check."""
    return seen_changed(belief, now) if changed else seen_unchanged(belief, now)


@st.composite
def beliefs(draw: st.DrawFn) -> Belief:
    """What is believed after any checks, each no earlier than the one before."""
    at = NOW
    belief = first_belief(draw(MEANS), at, at - draw(st.floats(0, 400 * DAY)))
    for elapsed, changed in draw(st.lists(st.tuples(ELAPSED, st.booleans()), max_size=12)):
        at += elapsed
        belief = after(belief, at, changed=changed)
    return belief
