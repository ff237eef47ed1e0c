"""A consumer gets each change once, and goes on where it was."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from aiokafka import ConsumerRecord
from service import PATIENCE, Client, fetched, page, paragraphs

from schemas import topics
from schemas.change import Change
from schemas.errors import UnavailableError
from streams import client as client_module
from streams.client import changes, changes_async
from streams.settings import Settings

pytestmark = pytest.mark.broker


@pytest.fixture(scope="module")
def url(client: Client) -> str:
    """An article with ten changes, among records that are none."""
    found = client.url("client")
    client.write([fetched(found, page("Storm", *paragraphs(str(n))), minutes=n) for n in range(11)])
    client.settle()
    client.write([(b"k", b"no event", ()), (b"k", None, ())], topics.CHANGE)
    return found


def test_a_consumer_goes_on_where_it_was(settings: Settings, url: str) -> None:
    """What was handled does not come again; what was not, since an error came between, does."""

    def wanted(change: Change) -> bool:
        return change.article.url == url

    with changes(settings.bootstrap, group="desk", wanted=wanted) as found:
        assert [number(next(found)) for _ in range(4)] == [2, 3, 4, 5]
    with contextlib.suppress(ZeroDivisionError), changes(settings.bootstrap, group="desk", wanted=wanted) as found:
        assert [number(next(found)) for _ in range(2)] == [6, 7]
        raise ZeroDivisionError
    with changes(settings.bootstrap, group="desk", wanted=wanted) as found:
        again = number(next(found))
        assert again in (6, 7)
        assert [number(next(found)) for _ in range(11 - again)] == list(range(again + 1, 12))
    with changes(settings.bootstrap, group="other", wanted=wanted) as found:
        assert number(next(found)) == 2


def test_a_consumer_of_what_is_new_misses_nothing_that_came_while_it_was_away(
    client: Client, settings: Settings
) -> None:
    """A new group begins with what comes then, also when it ended before it handled anything."""
    found_url = client.url("new")
    client.write([fetched(found_url, page("Storm", *paragraphs(str(n))), minutes=n) for n in range(3)])
    client.settle()
    for _ in range(2):
        with contextlib.suppress(ZeroDivisionError), changes(settings.bootstrap, group="news", start="latest"):
            raise ZeroDivisionError
    client.write([fetched(found_url, page("Storm", *paragraphs(str(n))), minutes=n) for n in range(3, 6)])
    client.settle()
    with changes(settings.bootstrap, group="news", start="latest") as found:
        assert [number(next(found)) for _ in range(3)] == [4, 5, 6]


def test_members_of_a_group_share_the_changes(client: Client, settings: Settings) -> None:
    """When a second consumer joins, what the first had fetched and not handed out does not come to both."""
    urls = {client.url(f"shared-{n}") for n in range(60)}
    client.write(fetched(url, page("Storm", *paragraphs(str(n))), minutes=n) for url in urls for n in range(2))
    client.settle()
    taken: list[tuple[int, str]] = []
    few, both, every = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def consume(member: int) -> None:
        def wanted(change: Change) -> bool:
            return change.article.url in urls

        async with changes_async(settings.bootstrap, group="shared", wanted=wanted) as found:
            if member == 2:
                both.set()
            async for change in found:
                taken.append((member, change.article.url))
                if len(taken) == 5:
                    few.set()
                if {url for _, url in taken} == urls:
                    every.set()
                if few.is_set() and member == 1:
                    await both.wait()  # on a slow machine it would have taken everything before the other one is there
                await asyncio.sleep(0.15)

    async def share() -> None:
        async with asyncio.timeout(PATIENCE):
            members = [asyncio.create_task(consume(1))]
            await few.wait()
            members.append(asyncio.create_task(consume(2)))
            await every.wait()
        for member in members:
            member.cancel()
        await asyncio.gather(*members, return_exceptions=True)

    asyncio.run(share())
    assert {member for member, _ in taken} == {1, 2}
    assert len(taken) <= len(urls) + 1  # the one in hand may come again


def test_what_is_no_change_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """With its place: a program that is older than the events would pass over all of them."""
    found = ConsumerRecord(topics.CHANGE, 3, 7, 0, 0, b"k", b"no event", None, 1, 8, ())
    assert client_module._change(found) is None
    assert "passed over: article.change.v1[3]@7" in caplog.text


def number(change: Change) -> int:
    """The version that a change made."""
    assert change.current is not None
    return change.current.version


def test_a_kafka_that_is_not_there_is_told() -> None:
    """With its address."""
    with pytest.raises(UnavailableError, match=r"127\.0\.0\.1:1"), changes("127.0.0.1:1", group="desk"):
        pass
