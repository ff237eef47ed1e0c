"""The oracle agrees with the steps, and sees whatever is done to what they wrote."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from chaos.expected import Expected
from chaos.findings import Finding, Found
from chaos.in_memory import InMemory
from chaos.load import Load
from chaos.oracle import judge, rebuilt
from chaos.tables import TableOnDisk, folded, judge_disk, judge_offsets, judge_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import topics
from schemas.record import Record

PARTITIONS = 4
OUTPUTS = (topics.VERSION, topics.CHANGE, topics.OUTCOME, topics.DEAD_LETTER)

Topics = dict[str, list[Record]]
Alter = Callable[[Any], object]


def written(seed: int, records: int, *, large: bool = False) -> Topics:
    """All topics after the real steps have handled a load."""
    service = InMemory(PARTITIONS)
    service.write(Load(seed, PARTITIONS, active=30, large=large).take(records))
    service.run()
    return dict(service.topics)


def findings(found: Topics) -> list[Finding]:
    """All that the oracle says of these topics."""
    expected = Expected(PARTITIONS, found[topics.FETCH])
    rows = (
        [folded(r for r in found.get(stage, ()) if r.partition == n) for n in range(PARTITIONS)]
        for stage in ("detect", "diff")
    )
    letters = map(Found.of_letter, found.get(topics.DEAD_LETTER, []))
    return [*judge(expected, {topic: found.get(topic, []) for topic in OUTPUTS}, letters), *judge_rows(expected, *rows)]


def verdicts(found: Topics) -> set[str]:
    """One word for each kind of finding."""
    return {finding.verdict for finding in findings(found)}


@pytest.fixture(scope="module")
def right() -> Topics:
    """Topics in which all is right; not to be altered."""
    return written(7, 1200)


@pytest.fixture
def found(right: Topics) -> Topics:
    """The same, to be altered."""
    return {topic: list(records) for topic, records in right.items()}


@given(st.integers(0, 2**32), st.integers(1, 150))
@settings(max_examples=40)
def test_the_oracle_expects_what_the_steps_write(seed: int, records: int) -> None:
    """Whatever the load, two programs that share no rule come to the same events and rows."""
    assert findings(written(seed, records)) == []


def test_the_oracle_shares_no_code_with_the_agents() -> None:
    """What reads and judges a run imports none of their modules, nor does anything that it imports."""
    code = "import sys, chaos.report; sys.exit(any(name.startswith('agents') for name in sys.modules))"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[1])


def test_the_load_has_every_case() -> None:
    """No kind of version, outcome or dead letter that the rules know goes unproved."""
    service, load = InMemory(PARTITIONS), Load(7, PARTITIONS, active=30, large=False)
    service.write(load.take(1000) + load.bad(200))
    handled = Expected(PARTITIONS, service.topics[topics.FETCH]).handled
    assert handled.keys() == {
        "first", "edited", "restored", "removed", "returned", "unchanged",
        "late", "not_article", "removal_pending", "rekeyed", "noise", "flapping", "candidate",
        *(f"dead: {reason}" for reason in (
            "no_value", "not_an_event", "bad_json", "bad_field", "bad_url", "bad_time", "bad_encoding",
            "unknown_content_type",
        )),
    }  # fmt: skip


def test_a_body_that_is_too_large_is_a_dead_letter() -> None:
    """Plain or compressed, with a key or without, and also where it is too large for a dead letter."""
    service, load = InMemory(PARTITIONS), Load(2, PARTITIONS)
    service.write(load.oversize() for _ in range(16))
    service.run()
    assert findings(service.topics) == []
    letters = service.topics[topics.DEAD_LETTER]
    assert len(letters) == 16
    assert {(letter.key is None, bool(letter.value)) for letter in letters} == {
        (keyless, whole) for keyless in (True, False) for whole in (True, False)
    }


@pytest.mark.parametrize("topic", OUTPUTS)
def test_a_record_that_is_dropped_is_lost(found: Topics, topic: str) -> None:
    """Wherever it stood; no record is repeated by that."""
    for place in (0, len(found[topic]) // 2, -1):
        kept = found[topic][:]
        del kept[place]
        assert "lost" in verdicts(found | {topic: kept})
        assert "repeated" not in verdicts(found | {topic: kept})


@pytest.mark.parametrize("topic", OUTPUTS)
def test_a_record_that_stands_there_twice_is_repeated(found: Topics, topic: str) -> None:
    """At once, or at the end."""
    middle = len(found[topic]) // 2
    again = found[topic][middle]
    assert verdicts(found | {topic: [*found[topic][:middle], again, *found[topic][middle:]]}) == {"repeated"}
    assert verdicts(found | {topic: [*found[topic], again]}) == {"repeated"}


@pytest.mark.parametrize("topic", OUTPUTS)
def test_records_of_an_article_that_are_swapped_are_out_of_order(found: Topics, topic: str) -> None:
    """Each alone is right."""
    places: dict[tuple[bytes | None, int], int] = {}
    for place, record in enumerate(found[topic]):
        earlier = places.setdefault((record.key, record.partition), place)
        if earlier != place:
            break
    else:
        pytest.fail("no article has two records")
    records = found[topic][:]
    records[earlier], records[place] = records[place], records[earlier]
    assert verdicts(found | {topic: records}) == {"unaccounted"}


def test_a_record_that_was_sent_on_twice_or_not_at_all(found: Topics) -> None:
    """The copies on the fetch topic are counted."""
    copies = [record for record in found[topics.FETCH] if record.header("newsdiff-rekeyed") and record.key]
    place = found[topics.FETCH].index(copies[0])
    ends = {record.partition: record.offset for record in found[topics.FETCH]}
    again = replace(copies[0], offset=ends[copies[0].partition] + 1)
    assert "repeated" in verdicts(found | {topics.FETCH: [*found[topics.FETCH], again]})
    del found[topics.FETCH][place]
    assert "lost" in verdicts(found)


def altered(record: Record, alter: Alter) -> Record:
    """The record with its JSON altered."""
    event = orjson.loads(record.value or b"")
    alter(event)
    return replace(record, value=orjson.dumps(event))


EVENT_FAULTS: list[tuple[str, Alter]] = [
    (topics.VERSION, lambda event: event.update(version=99)),
    (topics.VERSION, lambda event: event.update(kind="reread")),
    (topics.VERSION, lambda event: event.update(hash="0" * 32)),
    (topics.VERSION, lambda event: event.update(title="Calm")),
    (topics.VERSION, lambda event: event["paragraphs"].append({"kind": "text", "text": "More."})),
    (topics.VERSION, lambda event: event.update(previous={"version": 7, "hash": "0" * 32})),
    (topics.VERSION, lambda event: event.update(restores_version=99)),
    (topics.VERSION, lambda event: event["article"].update(change_count=99)),
    (topics.VERSION, lambda event: event["meta"].update(offset=10**6)),
    (topics.CHANGE, lambda event: event.update(kind="reread")),
    (topics.CHANGE, lambda event: event["prior"].update(hash="0" * 32)),
    (topics.CHANGE, lambda event: event["prior"].update(version=99)),
    (topics.CHANGE, lambda event: event.update(current=None)),
    (topics.CHANGE, lambda event: event["diff"]["rows"].pop()),
    (topics.CHANGE, lambda event: event["diff"]["title"].append(["+", "!"])),
    (topics.CHANGE, lambda event: event["diff"]["rows"][0]["spans"].append(["-", "!"])),
    (topics.CHANGE, lambda event: event["diff"]["rows"][0]["new"].append(0)),
    (topics.OUTCOME, lambda event: event.update(kind="noise")),
    (topics.OUTCOME, lambda event: event.update(url="https://eastmere-echo.test/")),
]


@pytest.mark.parametrize(("topic", "alter"), EVENT_FAULTS)
def test_an_event_that_says_something_else_is_unaccounted(found: Topics, topic: str, alter: Alter) -> None:
    """Each field that carries the chain, the text or the place of its cause counts."""
    place = next(
        number
        for number, record in enumerate(found[topic])
        if topic == topics.OUTCOME or orjson.loads(record.value or b"")["kind"] == "edited"
    )
    found[topic][place] = altered(found[topic][place], alter)
    assert "unaccounted" in verdicts(found)


@pytest.mark.parametrize(
    "alter",
    [
        lambda letter: replace(letter, key=b"another"),
        lambda letter: replace(letter, value=b"another"),
        lambda letter: replace(letter, headers=(("more", b"1"), *letter.headers)),
        lambda letter: replace(letter, headers=(*letter.headers, ("dead_letter_reason", b"failed"))),
        lambda letter: replace(letter, headers=(*letter.headers, ("dead_letter_step", b"diff"))),
    ],
)
def test_a_dead_letter_holds_the_record_as_it_was(found: Topics, alter: Callable[[Record], Record]) -> None:
    """Key, value, headers, reason and step count."""
    letters = found[topics.DEAD_LETTER]
    letters[3] = alter(letters[3])
    assert verdicts(found) == {"unaccounted"}


def test_an_event_in_a_wrong_partition_is_unaccounted(found: Topics) -> None:
    """Where its key does not belong, no one who reads the article's partition finds it."""
    version = found[topics.VERSION][5]
    found[topics.VERSION][5] = replace(version, partition=(version.partition + 1) % PARTITIONS)
    assert verdicts(found) == {"unaccounted"}


def test_two_events_with_one_id_are_a_repeat(found: Topics) -> None:
    """A consumer that stores each id once would drop one of them."""
    event = orjson.loads(found[topics.CHANGE][0].value or b"")
    found[topics.CHANGE][1] = altered(
        found[topics.CHANGE][1], lambda other: other["meta"].update(id=event["meta"]["id"])
    )
    assert verdicts(found) == {"repeated"}


def test_a_version_that_no_fetch_asks_for_is_unaccounted(found: Topics) -> None:
    """For example one that was made from a row that had been lost; it repeats the id of what there was already."""
    unchanged = altered(found[topics.VERSION][0], lambda event: event["meta"].update(offset=10**6))
    assert verdicts(found | {topics.VERSION: [*found[topics.VERSION], unchanged]}) == {"unaccounted", "repeated"}


@pytest.mark.parametrize("stage", ["detect", "diff"])
def test_rows_say_what_the_newest_version_is(found: Topics, stage: str) -> None:
    """A row that is missing, stale, or of no article is found."""
    rows = found[stage]
    key = rows[-1].key
    assert "lost" in verdicts(found | {stage: [row for row in rows if row.key != key]})
    stale = altered(rows[-1], lambda row: row.update(version=row["version"] - 1))
    assert verdicts(found | {stage: [*rows, stale]}) == {"unaccounted"}
    assert verdicts(found | {stage: [*rows, replace(rows[-1], key=b"https://nobody.test/")]}) == {"unaccounted"}


def changelog(length: int = 30) -> list[Record]:
    """A changelog of few keys, some rows of which are deleted, with the gaps that transaction markers leave."""
    chance = random.Random(5)
    moment = written(1, 1)[topics.FETCH][0].timestamp
    return [
        Record("log", 0, number * 2, moment, b"%d" % chance.randrange(6), chance.choice((None, b"%d" % number)))
        for number in range(length)
    ]


def test_tables_on_disk_are_beginnings_of_their_changelog() -> None:
    """The newest has all, older ones any beginning; a row too many, too few or too early is found, so is one ahead."""
    log = changelog()
    end = log[-1].offset + 2

    def judged(*tables: tuple[int, dict[bytes, bytes]]) -> list[Finding]:
        return list(judge_disk("t", log, end, [TableOnDisk("t", at, rows) for at, rows in tables]))

    whole = (end, folded(log))
    assert [judged(whole, (at, folded(log, at))) for at in range(end)] == [[]] * end
    assert judged((log[-1].offset + 1, folded(log))) == []
    assert judged((20, folded(log, 20)))
    assert judged()
    assert judged((end, folded(log) | {b"more": b"1"}))
    assert judged((end, dict(list(folded(log).items())[1:])))
    assert judged((end, folded(log, 20)))
    assert judged(whole, (20, folded(log)))
    assert judged((end + 1, folded(log)))


def test_a_record_after_the_committed_offset_is_not_handled() -> None:
    """Markers after the last record are none."""
    assert list(judge_offsets("t", {0: 9, 1: -1}, {0: 10})) == []
    assert list(judge_offsets("t", {0: 9}, {0: 99})) == []
    for committed in ({0: 9}, {}):
        assert [finding.verdict for finding in judge_offsets("t", {0: 9}, committed)] == ["unaccounted"]


def test_a_diff_rebuilds_both_texts() -> None:
    """Rows may join and part paragraphs; what does not add up is refused."""
    rows = [
        {"old": [0], "new": [1], "spans": [["=", "moved"]]},
        {"old": [1, 2], "new": [0], "spans": [["=", "a"], ["-", "\n"], ["=", "b"]]},
        {"old": [3], "new": [], "spans": [["-", "gone"]]},
    ]
    old, new = rebuilt({"title": [["=", "Storm"], ["-", "s"]], "byline": [], "rows": rows})
    assert (old.title, new.title) == ("Storms", "Storm")
    assert (old.paragraphs, new.paragraphs) == (("moved", "a", "b", "gone"), ("ab", "moved"))
    for wrong in (rows[1:], [*rows, rows[0]], [{**rows[2], "spans": [["=", "gone"]]}]):
        with pytest.raises(ValueError):  # noqa: PT011 - of zip, too
            rebuilt({"title": [], "byline": [], "rows": wrong})
