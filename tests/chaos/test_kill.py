"""Workers that are killed or restarted in the middle of their work lose nothing and repeat nothing."""

from __future__ import annotations

import dataclasses
import itertools
import random
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from service import Client, Written

from schemas import topics
from schemas.change import Change
from schemas.codec import decode
from schemas.dead_letter import read_dead_letter
from schemas.fetch import write_fetch
from schemas.version import Version
from streams.supervisor import WorkerProcesses

pytestmark = pytest.mark.chaos

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
ARTICLES, EDITS, KILLS = 300, 5, 3


def fetches(chance: random.Random) -> list[Written]:
    """Every text of every article twice, in an order that keeps each article's own, with bad records between."""
    queues = [
        [_fetch(article, edit, repeat) for edit in range(EDITS + 1) for repeat in range(2)]
        for article in range(ARTICLES)
    ]
    mixed: list[Written] = []
    while queues:
        queue = chance.choice(queues)
        mixed.append(queue.pop(0))
        if not queue:
            queues.remove(queue)
        if chance.random() < 0.02:
            mixed.append((b"bad %d" % len(mixed), b"not an event", ()))
    return mixed


def _fetch(article: int, edit: int, repeat: int) -> Written:
    url = f"https://eastmere-echo.test/{article}"
    body = {"title": "Storm", "paragraphs": [f"The harbour board counted {edit} boats.", "Nobody was hurt."]}
    when = START + timedelta(minutes=edit * 10 + repeat)
    headers, value = write_fetch(
        url=url, fetched_at=when, status=200, content_type="application/json", body=orjson.dumps(body)
    )
    return url.encode(), value, headers


def test_killed_workers_lose_nothing_and_repeat_nothing(own_client: Client) -> None:
    """Two workers, one of them killed with SIGKILL three times in mid-stream: each edit comes out exactly once."""
    chance = random.Random(20260301)
    written = fetches(chance)
    own_client.write(written)
    with WorkerProcesses(own_client.settings, 2) as processes:
        for kill in range(1, KILLS + 1):
            left = len(written) * (KILLS + 1 - kill) // (KILLS + 1)
            own_client.wait_until_left(topics.FETCH, left, meanwhile=processes.restart_ended)
            processes.kill(chance.randrange(2))
        own_client.settle(meanwhile=processes.restart_ended)

    versions, changes = defaultdict(list), defaultdict(list)
    for record in own_client.read(topics.VERSION):
        versions[record.key].append(decode(record.value, Version, record.place))
    for record in own_client.read(topics.CHANGE):
        changes[record.key].append(decode(record.value, Change, record.place))
    letters = [read_dead_letter(record) for record in own_client.read(topics.DEAD_LETTER)]

    good = {key for key, _, headers in written if headers}
    bad = [key for key, _, headers in written if not headers]
    assert versions.keys() == changes.keys() == good
    assert sorted(letter.key or b"" for letter in letters) == sorted(bad)
    for key in good:
        assert [version.version for version in versions[key]] == list(range(1, EDITS + 2))
        assert [(change.prior.version, change.prior.hash) for change in changes[key]] == [
            (version.version, version.hash) for version in versions[key][:-1]
        ]
        edited = [[s for row in change.diff.rows for s in row.spans if s[0] != "="] for change in changes[key]]
        assert edited == [[("-", str(edit)), ("+", str(edit + 1))] for edit in range(EDITS)]


@pytest.mark.parametrize("store", ["rocksdb://", "memory://"])
def test_a_restart_between_any_two_records_changes_nothing(own_client: Client, store: str) -> None:
    """A worker that is stopped or killed after every record writes what one that runs through writes."""
    settings = dataclasses.replace(own_client.settings, store=store)
    texts = [0, 0, 1, 0, 2, 2, 1]
    kinds = ["first", "edited", "restored", "edited", "restored"]
    for number, text in enumerate(texts):
        key, value, headers = _fetch(7, text, number * 1000)
        own_client.write([(key, value, headers)])
        with WorkerProcesses(settings, 1) as processes:
            own_client.settle()
            if number % 2:
                processes.kill(0)
    versions = [decode(record.value, Version, record.place) for record in own_client.read(topics.VERSION)]
    changes = [decode(record.value, Change, record.place) for record in own_client.read(topics.CHANGE)]
    assert [version.kind for version in versions] == kinds
    assert [version.restores_version for version in versions] == [None, None, 1, None, 2]
    assert [(change.prior.hash, change.current.hash) for change in changes if change.current] == [
        (old.hash, new.hash) for old, new in itertools.pairwise(versions)
    ]


def test_a_killed_worker_goes_on_before_its_session_times_out(own_client: Client) -> None:
    """A worker that is started again in its data directory does not wait until Kafka misses the dead one."""
    settings = dataclasses.replace(own_client.settings, session_timeout=100)
    with WorkerProcesses(settings, 1) as processes:
        own_client.write([_fetch(1, 0, 0)])
        own_client.settle()
        processes.kill(0)
        own_client.write([_fetch(1, 1, 0)])
        began = time.monotonic()
        own_client.settle(meanwhile=processes.restart_ended)
        assert time.monotonic() - began < settings.session_timeout / 2
    assert [record.key for record in own_client.read(topics.CHANGE)] == [_fetch(1, 0, 0)[0]]
