"""The prior of a source: its own figures, as far as there are any."""

from __future__ import annotations

from beliefs import MEANS, beliefs
from hypothesis import given
from hypothesis import strategies as st

from agents.schedule.estimate import DAY, MEAN, seen_changed, seen_unchanged
from agents.schedule.prior import Counts, source_mean, with_check
from schemas.schedule import Belief

COUNTS = st.builds(Counts, st.floats(0, 1e6), st.floats(0, 1e6))


def test_a_source_that_nothing_is_known_of_is_like_all() -> None:
    """Without any check, the published figures hold; without one of the source, those of all sources."""
    assert source_mean(Counts(), Counts()) == MEAN
    assert abs(source_mean(Counts(), Counts(1e9, 2e9)) - 2) < 0.001


@given(MEANS, COUNTS)
def test_a_source_is_known_by_its_own_figures_in_the_end(mean: float, overall: Counts) -> None:
    """Many articles outweigh whatever the others do."""
    exposure = 1e12
    assert abs(source_mean(Counts(exposure, mean * exposure), overall) / mean - 1) < 0.01


@given(COUNTS, COUNTS)
def test_the_mean_lies_between_that_of_the_source_and_that_of_all(source: Counts, overall: Counts) -> None:
    """Figures of a source are drawn to those of all and never past them."""
    own = source.edits / source.exposure if source.exposure else None
    everyone = source_mean(Counts(), overall)
    mean = source_mean(source, overall)
    assert mean > 0
    if own is not None:
        assert min(own, everyone) * (1 - 1e-9) <= mean <= max(own, everyone) * (1 + 1e-9)


@given(beliefs(), COUNTS)
def test_an_edit_raises_the_mean_and_its_absence_lowers_it(belief: Belief, counts: Counts) -> None:
    """Each check counts for the article's source, as it counts for the article."""
    now = belief.last_check + DAY
    quiet = with_check(counts, belief, seen_unchanged(belief, now))
    lively = with_check(counts, belief, seen_changed(belief, now))
    before = source_mean(counts, counts)
    assert source_mean(quiet, counts) <= before
    assert source_mean(lively, counts) >= source_mean(quiet, counts)
