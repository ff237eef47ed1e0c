"""A worker's membership in its consumer group, written down in its data directory.

Kafka waits for a member that went silent until its session times out, and until then gives its partitions to nobody,
not even to the same worker started again. Whoever starts in the directory, which it has locked, knows that the process
before it is dead, and says so.
"""

from __future__ import annotations

import logging
from pathlib import Path

from aiokafka.errors import KafkaError, NoError, UnknownMemberIdError, for_code
from aiokafka.protocol.group import LeaveGroupRequest

from schemas.errors import UnavailableError
from streams.kafka import admin_client
from streams.settings import Settings

log = logging.getLogger(__name__)


def note_member(settings: Settings, member_id: str) -> None:
    """Write down the member that this worker is; where that cannot be done, its session times out after a crash."""
    try:
        _path(settings).write_text(member_id)
    except OSError as error:
        log.warning("the member %s cannot be written down: %r", member_id, error)


async def leave_for_predecessor(settings: Settings) -> None:
    """Take the member that was written down out of the group; where that cannot be done, its session times out."""
    try:
        member_id = _path(settings).read_text()
    except (OSError, ValueError):  # there was none, or its note is damaged
        return
    try:
        async with admin_client(settings) as admin:
            coordinator = await admin.find_coordinator(settings.app_id)
            answer = await admin._send_request_to_node(coordinator, LeaveGroupRequest(settings.app_id, member_id))  # noqa: SLF001 - aiokafka's admin client has no public call for it
        error = for_code(answer.error_code)
        if error not in (NoError, UnknownMemberIdError):  # unknown: Kafka had missed it already
            raise error
    except (KafkaError, OSError, TimeoutError, UnavailableError) as error:
        log.info("the member %s could not be taken out of the group: %r", member_id, error)


def _path(settings: Settings) -> Path:
    return settings.data / f"member-{settings.app_id}"
