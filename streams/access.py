"""Who needs to be allowed what by a Kafka that has an authoriser: the least access control lists, by role."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from schemas import topics
from streams.settings import Settings
from streams.topics import all_topics, changelog_name, watch_app_id, webhook_prefix

READ, WRITE, CREATE, DESCRIBE, DESCRIBE_CONFIGS = "Read", "Write", "Create", "Describe", "DescribeConfigs"

TOPIC, GROUP, TRANSACTIONAL_ID = "topic", "group", "transactional-id"


@dataclass(frozen=True, slots=True)
class Access:
    """One thing that is allowed: an operation on what has a name, or, `prefixed`, one that begins so.

    Kafka takes Read and Write to allow Describe, too.
    """

    operation: str
    resource: str
    name: str
    prefixed: bool = False


def roles(settings: Settings) -> dict[str, tuple[Access, ...]]:
    """What each role needs, and nothing else."""
    app, watch = settings.app_id, watch_app_id(settings)
    every = [topic.name for topic in all_topics(settings)]
    checks = (*_on(every, DESCRIBE, DESCRIBE_CONFIGS),)  # whether the topics are as they have to be
    own = [changelog_name(app, "detect"), changelog_name(app, "diff")]
    watchers_own = [topics.FETCH_REQUEST, topics.CHECK, topics.SCHEDULE, topics.WATCH, changelog_name(watch, "fetch")]
    replayed = [topics.FETCH, topics.VERSION, topics.OUTCOME, topics.CHECK, topics.FETCH_REQUEST]
    return {
        "operator": (
            *_on(every, READ, CREATE, DESCRIBE_CONFIGS),
            *_on([topics.WATCH, topics.TAKEDOWN, *replayed], WRITE),
            *(Access(DESCRIBE, GROUP, group) for group in (app, watch)),
            Access(DESCRIBE, GROUP, webhook_prefix(settings), prefixed=True),
        ),
        "worker": (
            *checks,
            *_on([topics.FETCH, topics.TAKEDOWN, topics.VERSION, *own], READ),
            *_on([topics.FETCH, topics.VERSION, topics.CHANGE, topics.OUTCOME, topics.DEAD_LETTER, *own], WRITE),
            *_in_group(app),
        ),
        "watcher": (
            *checks,
            *_on([topics.VERSION, topics.OUTCOME, topics.TAKEDOWN, *watchers_own], READ),
            *_on([topics.FETCH, topics.DEAD_LETTER, *watchers_own], WRITE),
            *_in_group(watch),
        ),
        "site": (
            *_on([topics.TAKEDOWN, topics.VERSION, topics.CHANGE, topics.SCHEDULE], READ),
            *_on([topics.WATCH], WRITE),  # hubs tell it what is new
        ),
        "webhooks": (
            *_on([topics.CHANGE], READ),
            *_on([topics.DEAD_LETTER], WRITE),
            Access(READ, GROUP, webhook_prefix(settings), prefixed=True),
        ),
        "crawler": (*_on([topics.FETCH], WRITE),),
        "consumer": (*_on([topics.CHANGE], READ), Access(READ, GROUP, "my-", prefixed=True)),
    }


def _on(names: Iterable[str], *operations: str) -> Iterable[Access]:
    return (Access(operation, TOPIC, name) for name in names for operation in operations)


def _in_group(app_id: str) -> tuple[Access, ...]:
    """What the workers of an app need beside its topics; see `streams.exactly_once` on the transactional ids."""
    return (
        Access(READ, GROUP, app_id),
        Access(WRITE, TRANSACTIONAL_ID, f"{app_id}-article.", prefixed=True),
    )
