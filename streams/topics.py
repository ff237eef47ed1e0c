"""The topics in one table, and how they are created and checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, TopicAuthorizationFailedError, for_code

from schemas import topics
from schemas.errors import TopicError
from streams.settings import Settings

MIB = 1024 * 1024
DAY_MS = 24 * 3600 * 1000
FOR_EVER = -1

MAX_RECORD = 12 * MIB
"""The largest record, uncompressed: a body of 10 MiB and its headers."""

MAX_DEAD_LETTER = MAX_RECORD + MIB
"""The largest dead letter: every record fits, with the headers that say why it is here."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that the service reads or writes. All have the same number of partitions, since they share their keys."""

    name: str
    retention_ms: int
    max_bytes: int = MAX_RECORD
    compacted: bool = False
    extra: dict[str, str] = field(default_factory=dict)

    def config(self, replication: int) -> dict[str, str]:
        """The configuration that it is created with, for so many replicas: what is acknowledged outlives one broker."""
        return {
            "cleanup.policy": "compact" if self.compacted else "delete",
            "retention.ms": str(self.retention_ms),
            "max.message.bytes": str(self.max_bytes),
            "min.insync.replicas": str(max(1, replication - 1)),
            **self.extra,
        }


# The fetch topic's timestamps are the broker's: what a crawler says of its own clock is judged against them.
TOPICS = (
    Topic(topics.WATCH, FOR_EVER, max_bytes=MIB, compacted=True),
    Topic(topics.SCHEDULE, FOR_EVER, max_bytes=MIB, compacted=True),
    Topic(topics.FETCH_REQUEST, 7 * DAY_MS, max_bytes=MIB),
    Topic(topics.CHECK, 30 * DAY_MS, max_bytes=2 * MIB),
    Topic(topics.FETCH, 30 * DAY_MS, extra={"compression.type": "zstd", "message.timestamp.type": "LogAppendTime"}),
    Topic(topics.VERSION, FOR_EVER),
    Topic(topics.CHANGE, FOR_EVER),
    Topic(topics.OUTCOME, 30 * DAY_MS, max_bytes=MIB),
    Topic(topics.TAKEDOWN, FOR_EVER, max_bytes=MIB, compacted=True),
    Topic(topics.DEAD_LETTER, 90 * DAY_MS, max_bytes=MAX_DEAD_LETTER),
)


def changelog_name(app_id: str, table: str) -> str:
    """The name of a table's changelog, as Faust forms it."""
    return f"{app_id}-{table}-changelog"


def watch_app_id(settings: Settings) -> str:
    """The id of the app that watches: its consumer group, and the prefix of its transactional ids."""
    return f"{settings.app_id}-watch"


def webhook_prefix(settings: Settings) -> str:
    """What the consumer groups of webhooks begin with; the webhook's name follows."""
    return f"{settings.app_id}-webhook-"


def changelogs(settings: Settings) -> tuple[str, ...]:
    """The changelogs of this deployment's tables, but for that of the schedule, which is a topic for all."""
    return (
        *(changelog_name(settings.app_id, table) for table in ("detect", "diff")),
        changelog_name(watch_app_id(settings), "fetch"),
    )


def all_topics(settings: Settings) -> tuple[Topic, ...]:
    """Every topic of this deployment, the tables' changelogs included."""
    return TOPICS + tuple(Topic(name, FOR_EVER, compacted=True) for name in changelogs(settings))


async def create_missing(admin: AIOKafkaAdminClient, settings: Settings) -> list[str]:
    """Create the topics that are missing, and return their names.

    Raises:
        TopicError: Kafka refused one.
    """
    existing = set(await admin.list_topics())
    missing = [topic for topic in all_topics(settings) if topic.name not in existing]
    if not missing:
        return []
    await create(admin, settings, missing)
    return [topic.name for topic in missing]


async def create(admin: AIOKafkaAdminClient, settings: Settings, missing: Iterable[Topic]) -> None:
    """Create topics.

    Raises:
        TopicError: Kafka refused one.
    """
    replication = settings.replication
    new = [NewTopic(t.name, settings.partitions, replication, topic_configs=t.config(replication)) for t in missing]
    try:
        response = await admin.create_topics(new)
    except KafkaError as error:
        raise TopicError(f"topics cannot be created: {error!r}") from error
    for name, code, *message in response.topic_errors:
        error_type = for_code(code)
        if code and error_type is not TopicAlreadyExistsError:
            reason = message[0] if message and message[0] else error_type.__name__
            hint = ": see `newsdiff acls`" if error_type is TopicAuthorizationFailedError else ""
            raise TopicError(f"topic {name} cannot be created: {reason.rstrip('.')}{hint}")


async def differences(admin: AIOKafkaAdminClient, settings: Settings) -> tuple[list[str], list[str]]:
    """What is wrong with the topics (the service must not run), and what merely differs: a sentence each."""
    wanted = {topic.name: topic for topic in all_topics(settings)}
    wrong: list[str] = []
    different: list[str] = []
    existing = set(await admin.list_topics()) & wanted.keys()
    wrong += [f"topic {name} is missing: run `newsdiff topics`" for name in wanted if name not in existing]
    found = {topic["topic"]: topic["partitions"] for topic in await admin.describe_topics(sorted(existing))}
    wrong += _wrong_counts({name: len(partitions) for name, partitions in found.items()}, settings.partitions)
    for name, partitions in found.items():
        replicas = min((len(partition["replicas"]) for partition in partitions), default=settings.replication)
        if replicas != settings.replication:
            different.append(f"topic {name}: replicas are {replicas}, NEWSDIFF_REPLICATION is {settings.replication}")
    async for name, config in _configs(admin, sorted(existing)):
        for key, value in wanted[name].config(settings.replication).items():
            if config.get(key) != value:
                what = f"topic {name}: {key} is {config.get(key)}, expected {value}"
                (wrong if key == "cleanup.policy" and wanted[name].compacted else different).append(what)
    return wrong, different


async def retention(admin: AIOKafkaAdminClient, names: Iterable[str]) -> dict[str, int]:
    """For how many milliseconds topics keep their records; less than 0: for ever."""
    return {name: int(config.get("retention.ms", FOR_EVER)) async for name, config in _configs(admin, names)}


def _wrong_counts(counts: dict[str, int], wanted: int) -> list[str]:
    """A sentence where topics have other numbers of partitions than they have to; `counts`: by topic."""
    if set(counts.values()) <= {wanted}:
        return []
    if len(set(counts.values())) == 1:
        (count,) = set(counts.values())
        advice = f"set it to {count}, for keys cannot move to other partitions"
        return [f"the topics have {count} partitions, NEWSDIFF_PARTITIONS is {wanted}: {advice}"]
    told = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
    return [f"topics share their keys, so that all need as many partitions, but they have: {told}"]


async def _configs(admin: AIOKafkaAdminClient, names: Iterable[str]):  # type: ignore[no-untyped-def]  # noqa: ANN202
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    for response in await admin.describe_configs(resources) if resources else []:
        for _code, _message, _type, name, entries in response.resources:
            yield name, {entry[0]: entry[1] for entry in entries}
