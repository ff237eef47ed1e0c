"""A bad record of which no key and no value is left to bury does not wedge its partition."""

from __future__ import annotations

import asyncio

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from service import Client, fetched, page, paragraphs

from schemas import topics
from schemas.dead_letter import read_dead_letter
from schemas.errors import Reason
from streams.supervisor import WorkerProcesses
from streams.topics import MAX_DEAD_LETTER
from streams.topology import new_producer

pytestmark = pytest.mark.chaos


async def write_nothing(client: Client) -> None:
    """Write a record without key and value, as other clients than aiokafka do."""
    producer: AIOKafkaProducer
    async with new_producer(client.settings) as producer:
        await producer.client._wait_on_metadata(topics.FETCH)
        sent = await producer._message_accumulator.add_message(TopicPartition(topics.FETCH, 0), None, None, 30)
        await sent


def test_nothing_becomes_a_dead_letter(own_client: Client) -> None:
    """Neither a record without key and value nor a keyless one whose value is too large for a dead letter."""
    asyncio.run(write_nothing(own_client))
    _, large, headers = fetched(own_client.url(), b" " * MAX_DEAD_LETTER)
    own_client.write([(None, large, headers)])
    good = [own_client.url() for _ in range(20)]
    own_client.write(fetched(url, page("Storm", *paragraphs("12"))) for url in good)
    with WorkerProcesses(own_client.settings, 1) as processes:
        own_client.settle(meanwhile=processes.restart_ended)
    assert len(own_client.read(topics.VERSION)) == len(good)
    letters = [read_dead_letter(record) for record in own_client.read(topics.DEAD_LETTER)]
    assert sorted((letter.reason, letter.key or b"", letter.value or b"") for letter in letters) == [
        (Reason.NO_VALUE, b"", b""),
        (Reason.TOO_LARGE, b"", b""),
    ]
