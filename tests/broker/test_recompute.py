"""Changes can be made anew from the versions, with a better diff, beside those that were published."""

from __future__ import annotations

import dataclasses
import time
from datetime import UTC, datetime

import pytest
from service import START, Client, fetched, page, paragraphs
from test_commands import newsdiff

from schemas import topics
from schemas.record import Record

pytestmark = pytest.mark.broker


def test_all_changes_are_made_anew(client: Client) -> None:
    """The same diff makes the same events, byte for byte, in the same order; a second run finds the topic full."""
    url, other = client.url("recomputed"), client.url("recomputed-too")
    client.write(fetched(url, page("Storm", *paragraphs(str(12 + n))), minutes=n) for n in range(4))
    client.write(fetched(other, page("Calm", *paragraphs(str(12 + n))), minutes=n) for n in range(2))
    client.write(fetched(other, b"", minutes=24 * 60 * n, status=404) for n in range(2, 6))
    client.settle()
    topic = f"changes-{time.time_ns()}"
    done = newsdiff(client.settings, "recompute", topic)
    assert done.returncode == 0, done.stderr

    def of(name: str) -> list[tuple[object, ...]]:
        def told(record: Record) -> tuple[object, ...]:
            return record.key, record.value, record.headers

        return [told(record) for record in client.read(name) if record.key in (url.encode(), other.encode())]

    assert len(of(topics.CHANGE)) == 5
    for key in (url.encode(), other.encode()):
        published, made = ([each for each in of(name) if each[0] == key] for name in (topics.CHANGE, topic))
        assert made == published
    again = newsdiff(client.settings, "recompute", topic)
    assert (again.returncode, f"the topic {topic} has records already" in again.stderr) == (1, True)


def test_what_is_forgotten_is_not_published_again(client: Client) -> None:
    """An article's text is in no new topic once it was forgotten; what came of it after its release is."""
    url = client.url("forgotten")
    client.write(fetched(url, page("Storm", *paragraphs(str(12 + n))), minutes=n) for n in range(3))
    client.settle()
    assert newsdiff(client.settings, "forget", url, "--why", "a court", "--yes").returncode == 0
    client.settle()
    assert newsdiff(client.settings, "unhide", url).returncode == 0
    client.settle()
    now = (datetime.now(UTC) - START).total_seconds() / 60  # what was fetched before its release stays forgotten
    client.write(fetched(url, page("Calm", *paragraphs(str(20 + n))), minutes=now + n / 100) for n in range(2))
    client.settle()
    topic = f"changes-{time.time_ns()}"
    assert newsdiff(client.settings, "recompute", topic).returncode == 0
    (change,) = [record for record in client.read(topic) if record.key == url.encode()]
    assert b"Calm" in (change.value or b"")
    assert b"Storm" not in (change.value or b"")


@pytest.mark.parametrize("topic", [topics.CHANGE, "newsdiff-diff-changelog", "a topic", ""])
def test_no_topic_of_the_service_is_written_to(client: Client, topic: str) -> None:
    """A topic that is taken, or cannot be, is refused with its name."""
    refused = newsdiff(dataclasses.replace(client.settings), "recompute", topic)
    assert (refused.returncode, "name a new one" in refused.stderr) == (2, True)
