"""What shall be forgotten leaves nothing in the tables, and is read no more until it is released."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from detect_fetches import START, URL, fetched, page, partition_of, prose

from agents.detect.page import read_page
from agents.detect.step import Detect
from agents.detect.takedown import FORGOTTEN
from agents.diff.step import diff_step
from agents.schedule.step import Schedules
from agents.step import KEEP, Result
from schemas import topics
from schemas.check import Check
from schemas.codec import decode, encode
from schemas.errors import BadRecordError
from schemas.record import Output, Record
from schemas.schedule import Schedule
from schemas.takedown import Takedown, TakedownState
from schemas.version import Version
from schemas.watch import Watch

KEY = URL.encode()
STONE = Output(topics.VERSION, KEY, None)


def takedown(state: TakedownState = "forgotten", *, released: bool = False) -> Record:
    """A takedown of the article."""
    event = Takedown(url=URL, state=state, why="a court said so", at=START, released=released)
    return Record(topics.TAKEDOWN, partition_of(KEY), 0, START, KEY, encode(event))


def version_record(result: Result) -> Record:
    """What the step after detect reads."""
    (output,) = result.outputs
    return Record(output.topic, 0, 0, START, output.key, output.value, output.headers)


SHOWN = [replace(takedown(), value=None), takedown("hidden")]
ENDS = [*SHOWN, takedown(released=True)]


@pytest.mark.parametrize("end", ENDS)
def test_what_is_forgotten_is_read_no_more_until_it_is_released(end: Record) -> None:
    """Then it begins anew, as an article that nobody knew."""
    detect = Detect(partition_of, read_page)
    known = detect(fetched(page(*prose(12))), None)
    assert isinstance(known.row, bytes)
    taken = detect(takedown(), known.row)
    assert taken == Result("forgotten", (STONE,), FORGOTTEN, purge=True)
    assert detect(takedown(), FORGOTTEN) == Result("forgotten")
    assert detect(fetched(page(*prose(13)), 1), FORGOTTEN) == Result("forgotten")
    released = detect(end, FORGOTTEN)
    assert released.outputs == ()
    assert isinstance(released.row, bytes | None)
    again = detect(fetched(page(*prose(13)), 2), released.row)
    assert decode(again.outputs[0].value, Version, "it").kind == "first"
    diffed = diff_step(version_record(known), None)
    assert isinstance(diffed.row, bytes)
    assert diff_step(version_record(taken), diffed.row) == Result("forgotten", row=None, purge=True)
    assert diff_step(version_record(again), None).outcome == "first"


@pytest.mark.parametrize("record", SHOWN)
def test_what_is_hidden_is_read_as_before(record: Record) -> None:
    """Only its pages are not shown; the end of what was no takedown changes nothing."""
    detect = Detect(partition_of, read_page)
    known = detect(fetched(page(*prose(12))), None).row
    assert isinstance(known, bytes)
    assert detect(record, known).row is KEEP
    assert detect(record, None).row is KEEP


def test_what_was_fetched_before_a_release_stays_forgotten() -> None:
    """Also when it is imported once more, and when only the release is left of the wish and its release."""
    detect = Detect(partition_of, read_page)
    known = detect(fetched(page(*prose(12))), None).row
    assert isinstance(known, bytes)
    released = detect(takedown(released=True), FORGOTTEN).row
    assert isinstance(released, bytes)
    assert detect(fetched(page(*prose(12))), released) == Result("forgotten")
    assert detect(fetched(page(*prose(12)), 1), released).outcome == "first"
    assert detect(takedown(released=True), known) == Result("forgotten", (STONE,), released, purge=True)
    assert detect(takedown(released=True), None) == Result("shown")
    later = detect(fetched(page(*prose(12)), 1), released).row
    assert isinstance(later, bytes)
    assert detect(takedown(released=True), later) == Result("shown")


def test_a_takedown_under_another_key_is_refused() -> None:
    """It would take the row of another article."""
    with pytest.raises(BadRecordError, match="keyed by the URL"):
        Detect(partition_of, read_page)(replace(takedown(), key=b"https://other.test/"), b"a row")


@pytest.mark.parametrize("end", ENDS)
def test_what_is_forgotten_is_not_asked_for(end: Record) -> None:
    """Whoever shows it or asks for it; after its release, whoever does."""
    step = Schedules()
    wish = Watch(url=URL, kind="article", added_at=START, found_in="https://eastmere-echo.test/feed")
    watched = step(Record(topics.WATCH, 0, 0, START, KEY, encode(wish)), None).row
    assert isinstance(watched, bytes)
    for row in (None, watched):
        marked = step(takedown(), row).row
        assert isinstance(marked, bytes)
        found = decode(marked, Schedule, "it")
        assert (found.forgotten, found.next_check, found.source) == (True, None, None)
        late = START + timedelta(days=1)
        check = Check(key=URL, url=URL, outcome="fetched", checked_at=late, seconds=1.0, threshold=0.02)
        for event in (wish, replace(wish, found_in=None), replace(wish, modified=late, added_at=late), check):
            assert step(Record(event.topic, 0, 0, START, KEY, encode(event)), marked).row is KEEP
        for topic in (topics.WATCH, topics.VERSION):
            assert step(Record(topic, 0, 0, START, KEY, None), marked).row is KEEP
        assert step(end, marked).row is None
    assert step(takedown("hidden"), watched).row is KEEP
