"""The belief about an article follows what was seen of it, within its bounds, whatever the clock does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agents.schedule.estimate import (
    DAY,
    HOUR,
    LATEST,
    SOONEST,
    edited,
    hazard,
    looked,
    new_belief,
    next_look,
    unseen,
)
from schemas.schedule import Belief

BORN = 1_700_000_000.0
LOOKS = st.lists(st.tuples(st.floats(-DAY, 60 * DAY), st.booleans()), max_size=30)
THRESHOLDS = st.floats(0.001, 1.0)


def after(looks: list[tuple[float, bool]]) -> Belief:
    """The belief after looks at so many seconds after birth, each of which showed an edit or none."""
    belief = new_belief(BORN, BORN)
    for age, has_changed in looks:
        belief = looked(belief, BORN + age)
        belief = edited(belief) if has_changed else belief
    return belief


@given(LOOKS, THRESHOLDS)
def test_the_next_look_is_within_its_bounds(looks: list[tuple[float, bool]], threshold: float) -> None:
    """It is never sooner than a quarter of an hour after the last one, and never later than a week."""
    belief = after(looks)
    assert SOONEST <= next_look(belief, threshold) - belief.at <= LATEST


@given(LOOKS, THRESHOLDS)
def test_an_edit_brings_the_next_look_forward(looks: list[tuple[float, bool]], threshold: float) -> None:
    """An article that was edited is never looked at later than if it had not been."""
    belief = after(looks)
    assert next_look(edited(belief), threshold) <= next_look(belief, threshold) + 1


@given(LOOKS, THRESHOLDS, THRESHOLDS)
def test_a_higher_threshold_never_looks_sooner(looks: list[tuple[float, bool]], one: float, other: float) -> None:
    """A host that has no time to spare is asked less."""
    belief = after(looks)
    low, high = sorted((one, other))
    assert next_look(belief, low) <= next_look(belief, high) + 1


@given(LOOKS, st.floats(0, 30 * DAY))
def test_where_time_goes_back_nothing_was_seen(looks: list[tuple[float, bool]], back: float) -> None:
    """A look from before the last one changes nothing of what is expected."""
    belief = after(looks)
    again = looked(belief, belief.at - back)
    assert (again.at, again.exposure, again.burst) == (belief.at, belief.exposure, belief.burst)


@given(st.floats(0, 30 * DAY), st.floats(0, 30 * DAY), st.floats(0, 30 * DAY))
def test_the_hazard_adds_up(start: float, one: float, two: float) -> None:
    """That of a time is the sum of that of its parts, and never negative."""
    first, last = BORN + start, BORN + start + one + two
    parts = hazard(BORN, first, first + one) + hazard(BORN, first + one, last)
    assert abs(hazard(BORN, first, last) - parts) < 1e-9
    assert hazard(BORN, last, first) == 0


def test_most_edits_come_early() -> None:
    """Of the edits of a week, 81 % are expected on the first day."""
    assert 0.80 < hazard(BORN, BORN, BORN + DAY) / hazard(BORN, BORN, BORN + 7 * DAY) < 0.82


def test_edits_come_in_groups() -> None:
    """Right after an edit more is expected than before it, and less and less with time."""
    calm = looked(new_belief(BORN, BORN), BORN + DAY)
    excited = edited(calm)
    assert unseen(excited, calm.at + HOUR) > 3 * unseen(calm, calm.at + HOUR)
    later = looked(excited, calm.at + DAY)
    assert unseen(later, later.at + HOUR) < unseen(excited, calm.at + HOUR) / 3
