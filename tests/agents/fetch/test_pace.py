"""A host is never asked faster than it wants, and a sick one is left alone for a while."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agents.fetch.answer import Answer, Failure
from agents.fetch.pace import GAP, LAST_PAUSE, MAX_DELAY, MAX_RETRY, SHORTEST_GAP, Pace, answered, asked, bounded

NOW = 1_772_366_400.0  # 2026-03-01T12:00:00Z


def answer(status: int | None = 200, failure: Failure | None = None, retry_after: str | None = None) -> Answer:
    """An answer of this kind."""
    return Answer(url="u", final_url="u", seconds=0.1, status=status, failure=failure, retry_after=retry_after)


ANSWERS = st.builds(
    answer,
    st.sampled_from([None, 200, 304, 404, 429, 500, 503]),
    st.none() | st.sampled_from(Failure),
    st.none() | st.text(max_size=20) | st.integers(0, 10**12).map(str),
)


@given(
    st.lists(st.tuples(ANSWERS, st.floats(0, 100), st.floats(-1e6, 1e6)), max_size=20), st.none() | st.floats(0, 1e4)
)
def test_the_gap_is_kept_whatever_happens(
    answers: list[tuple[Answer, float, float]], crawl_delay: float | None
) -> None:
    """The next request is never less than the gap away from the last, and never further than the longest pause."""
    pace, now = Pace(crawl_delay=crawl_delay), NOW
    for each, seconds, step in answers:
        now += step  # the clock may go back
        pace = answered(asked(pace, now), each, seconds, now)
        wanted = GAP if crawl_delay is None else max(SHORTEST_GAP, min(crawl_delay, MAX_DELAY))
        assert pace.next_at - now >= wanted - 1e-3
        assert pace.wait(now) == max(0.0, pace.next_at - now)
        back = now - 1e9  # the clock was set back by decades
        assert wanted - 1e-3 <= bounded(pace, back).wait(back) <= MAX_RETRY + 1e-3
        assert pace.next_at - now <= max(MAX_RETRY, LAST_PAUSE) + 1e-3


def test_a_slow_host_gets_more_time() -> None:
    """Five times as long as its answer took, up to half a minute."""
    assert answered(asked(Pace(), NOW), answer(), 3.0, NOW).gap == 15
    assert answered(asked(Pace(), NOW), answer(), 60.0, NOW).gap == 30


def test_a_host_that_names_no_delay_is_asked_with_a_gap() -> None:
    """`Crawl-delay: 0` would be as many requests as its answers are quick."""
    assert answered(asked(Pace(crawl_delay=0.0), NOW), answer(), 0.001, NOW).gap == SHORTEST_GAP


def test_retry_after_is_obeyed() -> None:
    """In seconds and as a date, up to a day."""
    for text, seconds in (("120", 120.0), ("Sun, 01 Mar 2026 12:10:00 GMT", 600.0), ("999999999999", MAX_RETRY)):
        pace = answered(asked(Pace(), NOW), answer(429, retry_after=text), 0.1, NOW)
        assert pace.next_at == NOW + seconds


def test_a_host_that_fails_is_paused() -> None:
    """Each failure doubles the pause up to an hour, and the first answer ends it."""
    pace, pauses = Pace(), []
    for _ in range(8):
        pace = answered(asked(pace, NOW), answer(None, Failure.NO_CONNECTION), 0.1, NOW)
        pauses.append(pace.next_at - NOW)
    assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert pace.is_paused
    assert answered(asked(pace, NOW), answer(404), 0.1, NOW).next_at == NOW + GAP


def test_a_bad_page_is_no_sick_host() -> None:
    """What is wrong with one page does not slow down the others."""
    assert answered(asked(Pace(), NOW), answer(200, Failure.BAD_ENCODING), 0.1, NOW).failures == 0
