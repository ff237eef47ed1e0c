"""A real Apache Kafka on this machine: one node, with nothing installed but this package's dependencies."""

from streams.embedded.broker import EmbeddedKafka

__all__ = ["EmbeddedKafka"]
