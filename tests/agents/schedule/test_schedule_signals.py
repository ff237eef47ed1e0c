"""Signals: trusted as far as they were right."""

from __future__ import annotations

from collections.abc import Iterable

from beliefs import NOW, THETAS, beliefs
from hypothesis import given
from hypothesis import strategies as st

from agents.schedule.estimate import SHORTEST, given_up_at, next_check
from agents.schedule.signals import REMEMBERED, Precision, check_after_signal, confirmed, raised, unconfirmed
from schemas.schedule import Belief

PRECISIONS = st.builds(Precision, st.floats(0.01, 300), st.floats(0.01, 300))
CHANCES = st.floats(0, 1)


def learned(outcomes: Iterable[bool]) -> Precision:
    """What is known of a source's signals after these outcomes."""
    precision = Precision()
    for changed in outcomes:
        precision = unconfirmed(precision)
        precision = confirmed(precision) if changed else precision
    return precision


@given(beliefs(), THETAS, PRECISIONS, st.floats(0, 50 * 86400))
def test_a_signal_never_puts_a_check_off(belief: Belief, theta: float, precision: Precision, later: float) -> None:
    """With a signal the check comes no later than without, and not before now."""
    now = belief.last_check + later
    without, with_signal = next_check(belief, now, theta), check_after_signal(belief, now, theta, precision)
    if without is None:
        assert with_signal is None
    else:
        assert with_signal is not None
        assert now <= with_signal <= without


@given(beliefs(), THETAS)
def test_a_trusted_signal_is_acted_on_at_once(belief: Belief, theta: float) -> None:
    """What is right more often than not does not wait, not even right after a check."""
    now = belief.last_check
    if now < given_up_at(belief):
        assert check_after_signal(belief, now, theta, learned([True])) == now


def test_an_unknown_signal_leads_to_a_check_as_soon_as_one_may_be() -> None:
    """A kind that nothing is known of is tried, 15 minutes after the last check."""
    belief = Belief(0.5, 5.0, 0.0, NOW - 10 * 86400, NOW, NOW)
    assert check_after_signal(belief, NOW, 0.02, Precision()) == NOW + SHORTEST


def test_a_signal_that_is_mostly_wrong_changes_next_to_nothing() -> None:
    """A site whose sitemap always says now is not fetched all the time."""
    belief = Belief(0.5, 5.0, 0.0, NOW - 10 * 86400, NOW, NOW)
    assert check_after_signal(belief, NOW, 0.02, learned([False] * 150)) > NOW + 86400


def test_a_kind_of_signal_that_changes_its_ways_is_found_out() -> None:
    """However often it was right, it is no longer trusted once it was wrong as often as is remembered."""
    assert learned([True] * 5000 + [False] * REMEMBERED).mean < 0.5


@given(CHANCES, CHANCES, PRECISIONS)
def test_what_is_likelier_stays_likelier(one: float, other: float, precision: Precision) -> None:
    """A signal raises every chance, to one at most, and keeps their order."""
    low, high = sorted((one, other))
    assert low <= raised(low, precision) + 1e-12
    assert raised(low, precision) <= raised(high, precision) <= 1
