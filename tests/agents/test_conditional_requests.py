"""At a host that answers conditional requests, schedule, fetch and detect together find every edit all the same."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from detect_fetches import START, URL, page, prose

from agents.detect.page import read_page
from agents.detect.step import Detect
from agents.fetch.answer import Answer
from agents.fetch.told import Asked, told
from agents.schedule.step import Schedules
from agents.step import Keep, Result
from schemas import topics
from schemas.codec import decode, encode
from schemas.fetch_request import FetchRequest
from schemas.record import Output, Record
from schemas.version import Version
from schemas.watch import Watch

FIRST, EDITED = page(*prose(12)), page(*prose(13))
REPLACED = page(
    "Something else was written here, from its beginning to its end, and nothing of what stood before is left in this.",
    "It goes on for a second paragraph, which has nothing to do with boats, harbours, piers or with fishermen at all.",
)

Paper = Callable[[float], bytes | None]
"""What stands at the URL so many hours after it was found; None: it answers 404."""


class Flow:
    """The steps, and the rows of one article in them, without a Kafka."""

    def __init__(self) -> None:
        self.schedule, self.detect = Schedules(), Detect(lambda _: 0, read_page)
        self.watched: bytes | None = None
        self.article: bytes | None = None
        self.versions: list[Version] = []
        self.fetches = 0
        self.now = START

    def run(self, paper: Paper, days: float) -> list[str]:
        """The kinds of the versions that are found in so many days."""
        self._tell_schedule(Output(topics.WATCH, URL.encode(), encode(Watch(url=URL, kind="article", added_at=START))))
        while self.watched is not None:
            due = self.schedule.due(self.watched, self.now.timestamp())
            if due is None or due > (START + timedelta(days=days)).timestamp():
                break
            self.now = max(self.now, datetime.fromtimestamp(due, UTC))
            asked = self.schedule.on_time(URL.encode(), self.watched, self.now.timestamp())
            self.watched = _row(asked, self.watched)
            for output in asked.outputs:
                self._ask(decode(output.value, FetchRequest, "a request"), paper)
        return [version.kind for version in self.versions]

    def _ask(self, request: FetchRequest, paper: Paper) -> None:
        answer = _answer(paper((self.now - START).total_seconds() / 3600), request.etag)
        heard: list[Output] = []
        for output in told(Asked(request=request, at=self.now.timestamp(), threshold=0.025), answer):
            if output.topic == topics.FETCH:
                heard += self._tell_detect(output)
            else:
                self._tell_schedule(output)
        for output in heard:
            self._tell_schedule(output)

    def _tell_detect(self, output: Output) -> tuple[Output, ...]:
        self.fetches += 1
        written = self.now + timedelta(seconds=1)
        record = Record(output.topic, 0, self.fetches, written, output.key, output.value, output.headers)
        result = self.detect(record, self.article)
        self.article = _row(result, self.article)
        self.versions += [decode(each.value, Version, "it") for each in result.outputs if each.topic == topics.VERSION]
        return result.outputs

    def _tell_schedule(self, output: Output) -> None:
        record = Record(output.topic, 0, 0, self.now, output.key, output.value)
        self.watched = _row(self.schedule(record, self.watched), self.watched)


def _row(result: Result, row: bytes | None) -> bytes | None:
    return row if isinstance(result.row, Keep) else result.row


def _answer(body: bytes | None, known: str | None) -> Answer:
    answer = Answer(url=URL, final_url=URL, seconds=0.1, status=404)
    if body is None:
        return answer
    etag = f'"{hashlib.sha256(body).hexdigest()}"'
    if etag == known:
        return replace(answer, status=304, etag=etag)
    return replace(answer, status=200, body=body, etag=etag, content_type="text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("paper", "kinds"),
    [
        (lambda hours: FIRST if hours < 3 else EDITED, ["first", "edited"]),
        (lambda hours: FIRST if hours < 3 else REPLACED, ["first", "edited"]),
        (lambda hours: FIRST if hours < 3 or hours > 60 else None, ["first", "removed", "returned"]),
        (lambda hours: EDITED if 2 < hours < 4 or hours > 7 else FIRST, ["first", "edited", "restored", "restored"]),
        (lambda hours: b"" if 2 < hours < 4 else FIRST, ["first"]),
    ],
    ids=["an edit", "a suspicious edit", "a page that comes back", "two texts that take turns", "an empty page"],
)
def test_what_was_not_modified_hides_no_edit(paper: Paper, kinds: list[str]) -> None:
    """A text that has to be seen again before it counts is read again, although the host calls it unmodified."""
    assert Flow().run(paper, days=20) == kinds


def test_what_has_not_changed_is_sent_once() -> None:
    """All answers but the first one are a 304."""
    flow = Flow()
    assert flow.run(lambda _: FIRST, days=20) == ["first"]
    assert flow.fetches == 1
