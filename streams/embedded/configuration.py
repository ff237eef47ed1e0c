"""How the embedded Kafka is set up: one node that is broker and controller, for a laptop's load."""

from __future__ import annotations

from collections.abc import Mapping

from streams.topics import MAX_RECORD, MIB

HOST = "127.0.0.1"
NODE_ID = "1"
LOG_DIRECTORY = "log"
TEMPORARY_DIRECTORY = "tmp"
KAFKA_LOG = "kafka.log"
LOG4J_FILE = "log4j2.properties"

HEAP_MIB = 512

JVM_OPTIONS = (
    # Measured on 2 cores: ready in 2.0 s instead of 2.6 s with 1.6 s less of processor time, for a third more of it for
    # each record under full load.
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",
    "-Djava.awt.headless=true",
    # The compression libraries unpack themselves into it, and a killed Kafka leaves them behind.
    f"-Djava.io.tmpdir={TEMPORARY_DIRECTORY}",
    f"-Dlog4j2.configurationFile={LOG4J_FILE}",
)

LOG4J = f"""\
rootLogger.level=info
rootLogger.appenderRef.file.ref=file
appender.file.type=RollingFile
appender.file.name=file
appender.file.fileName={KAFKA_LOG}
appender.file.filePattern={KAFKA_LOG}.%i
appender.file.layout.type=PatternLayout
appender.file.layout.pattern=%d %p %m (%c)%n
appender.file.policies.type=Policies
appender.file.policies.size.type=SizeBasedTriggeringPolicy
appender.file.policies.size.size=10MB
appender.file.strategy.type=DefaultRolloverStrategy
appender.file.strategy.max=1
"""


def server_properties(port: int, controller_port: int, extra: Mapping[str, str]) -> dict[str, str]:
    """Kafka's properties; `extra` has the last word. Paths are relative to the directory that Kafka runs in."""
    return {
        "process.roles": "broker,controller",
        "node.id": NODE_ID,
        "controller.quorum.voters": f"{NODE_ID}@{HOST}:{controller_port}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "log.dirs": LOG_DIRECTORY,
        "auto.create.topics.enable": "false",
        "message.max.bytes": str(MAX_RECORD),
        # One node holds the only replica; few partitions, since each is opened at a start.
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.replication.factor": "1",
        "share.coordinator.state.topic.min.isr": "1",
        "share.coordinator.state.topic.num.partitions": "4",
        # By default a group's offsets are forgotten after 7 days without a member: a laptop may be off for longer.
        "offsets.retention.minutes": str(10 * 365 * 24 * 60),
        "group.initial.rebalance.delay.ms": "0",
        # After a kill the node is not let in again before its last session has timed out: by default 9 s.
        "broker.heartbeat.interval.ms": "500",
        "broker.session.timeout.ms": "3000",
        # How long a worker that died holds up readers, after its transaction's own time-out: by default up to 10 s.
        "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
        # Old records are deleted, compacted and recovered by segment: by default 1 GiB each.
        "log.segment.bytes": str(128 * MIB),
        # A quarter of the heap by default; this much holds 600,000 keys for each pass.
        "log.cleaner.dedupe.buffer.size": str(16 * MIB),
        **extra,
    }


def as_file(properties: Mapping[str, str]) -> str:
    """The text of a properties file. Names and values are ASCII without backslashes."""
    return "".join(f"{name}={value}\n" for name, value in properties.items())
