"""What the embedded Kafka cannot use is told in one line, at once."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path

import pytest

from schemas.errors import UnavailableError
from streams.embedded import EmbeddedKafka
from streams.embedded.configuration import HOST, as_file, server_properties
from streams.embedded.ports import answers, is_free
from streams.settings import Settings

pytestmark = pytest.mark.broker

CACHE = Settings.from_environment(os.environ).cache


def failing(directory: Path, **properties: str) -> str:
    """What the start of a Kafka says that cannot start."""
    with pytest.raises(UnavailableError) as error:
        EmbeddedKafka(directory, cache=CACHE, properties=properties).start()
    return str(error.value)


def test_directory_that_cannot_be_written(tmp_path: Path) -> None:
    """A directory below a file is an error that names it and the setting."""
    (tmp_path / "file").touch()
    assert "file/kafka" in failing(tmp_path / "file" / "kafka")
    assert "NEWSDIFF_DATA" in failing(tmp_path / "file" / "kafka")


def test_log_of_another_node(tmp_path: Path) -> None:
    """The log of another cluster's node is left alone, and named."""
    log = tmp_path / "log"
    log.mkdir()
    (log / "meta.properties").write_text("#\nversion=1\nnode.id=7\ncluster.id=of-the-harbour\n")
    assert "node 7 of the Kafka cluster of-the-harbour" in failing(tmp_path)


def test_directory_that_is_no_log(tmp_path: Path) -> None:
    """Something else that has the log's name is left alone."""
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "diary.txt").touch()
    assert "was not made by Kafka" in failing(tmp_path)
    assert [path.name for path in (tmp_path / "log").iterdir()] == ["diary.txt"]


def test_cause_of_a_failed_format_is_told(tmp_path: Path) -> None:
    """When Kafka refuses a property its own words say which, on one line, and nothing half-formatted stays."""
    told = failing(tmp_path, **{"log.segment.bytes": "many"})
    assert "Invalid value many for configuration log.segment.bytes" in told
    assert "\n" not in told
    assert not (tmp_path / "log").exists()


def test_jars_below_a_path_that_java_splits(tmp_path: Path) -> None:
    """A cache with a colon in its path is refused before anything is downloaded into it."""
    with pytest.raises(UnavailableError, match="without ':'"):
        EmbeddedKafka(tmp_path / "kafka", cache=tmp_path / "a:b").start()
    assert not (tmp_path / "a:b").exists()


def test_port_without_a_listener_is_free() -> None:
    """A port is free until somebody listens there, and again afterwards."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        listener.listen()
        assert not is_free(HOST, port)
    assert is_free(HOST, port)


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\0\0\0\x08\0\0\x4e\x44\0\0\0\0"])
def test_other_servers_are_not_taken_for_kafka(said: bytes) -> None:
    """A server that says nothing, something else, or that it has no broker yet, is no Kafka that is ready."""
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(100)
                connection.sendall(said)

        server = threading.Thread(target=serve)
        server.start()
        assert not answers(HOST, port)
        server.join()


def test_added_properties_have_the_last_word() -> None:
    """What a caller adds to the configuration replaces what is there."""
    text = as_file(server_properties(1, 2, {"message.max.bytes": "5", "new": "6"}))
    assert text.count("message.max.bytes=") == 1
    assert "message.max.bytes=5\n" in text
    assert "new=6\n" in text
