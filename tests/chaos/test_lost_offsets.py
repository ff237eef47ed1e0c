"""Where Kafka has forgotten how far the workers were, nothing is handled a second time."""

from __future__ import annotations

import asyncio
import time

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.protocol.admin import DeleteGroupsRequest
from click.testing import CliRunner
from service import Client, fetched, page, paragraphs

from schemas import topics
from streams.cli import newsdiff
from streams.kafka import admin_client, committed_offsets
from streams.settings import Settings
from streams.supervisor import WorkerProcesses

pytestmark = pytest.mark.chaos


async def forget(settings: Settings) -> dict[TopicPartition, int]:
    """Delete what Kafka knows of the group, as it does by itself after a week; what it knew."""
    async with admin_client(settings) as admin:
        known = await committed_offsets(admin, settings.app_id)
        request = DeleteGroupsRequest([settings.app_id])
        coordinator = await admin.find_coordinator(settings.app_id)
        deadline = time.monotonic() + 30
        # A member that has not left is one until its session runs out, and so long the group is not empty.
        while (await admin._send_request_to_node(coordinator, request)).results != [(settings.app_id, 0)]:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.5)
    return known


async def remind(settings: Settings, offsets: dict[TopicPartition, int]) -> None:
    """Set the group's offsets, as `kafka-consumer-groups --reset-offsets` does."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=settings.bootstrap, group_id=settings.app_id, enable_auto_commit=False
    )
    await consumer.start()
    try:
        consumer.assign(list(offsets))
        await consumer.commit(offsets)
    finally:
        await consumer.stop()


def test_lost_offsets_are_told_and_nothing_is_repeated(own_client: Client, capfd: pytest.CaptureFixture[str]) -> None:
    """The worker and the doctor name the partition; once Kafka is told where to go on, the work goes on."""
    settings, url = own_client.settings, own_client.url()
    old, new, newer = (page("Storm", *paragraphs(text)) for text in ("12", "13", "14"))
    own_client.write([fetched(url, new, 5), fetched(url, old)])
    with WorkerProcesses(settings, 1):
        own_client.settle()
    known = asyncio.run(forget(settings))
    own_client.write([fetched(url, newer, 10)])
    with WorkerProcesses(settings, 1) as processes:
        said = ""
        while "has no committed offset in the group" not in said:
            processes.restart_ended()
            said += capfd.readouterr().err
    told = CliRunner().invoke(newsdiff, ["doctor"], env=settings.environment())
    assert "has no committed offset in the group" in told.output
    asyncio.run(remind(settings, known))
    with WorkerProcesses(settings, 1) as processes:
        own_client.settle(meanwhile=processes.restart_ended)
    assert [version.kind for version in own_client.versions(url)] == ["first", "edited"]
    assert [outcome.kind for outcome in own_client.outcomes(url)] == ["late"]
    assert len(own_client.read(topics.CHANGE)) == 1
