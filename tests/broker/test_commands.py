"""The commands do what they say against a real Kafka, and say in one line what is wrong."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import orjson
import pytest
from service import START, Client, fetched, page, paragraphs

from schemas import topics
from schemas.dead_letter import read_dead_letter
from streams.commands.topics import ensure_topics
from streams.settings import Settings

pytestmark = pytest.mark.broker


def newsdiff(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a user does, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "streams", *arguments],
        env={**os.environ, **settings.environment()},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def stored(path: Path, url: str, *bodies: bytes) -> Path:
    """A file of stored fetches, an hour between them."""
    lines = [
        {
            "url": url,
            "fetched_at": START.replace(hour=hour),
            "status": 200,
            "content_type": "text/html",
            "body": body.decode(),
        }
        for hour, body in enumerate(bodies)
    ]
    path.write_bytes(b"\n".join(orjson.dumps(line) for line in lines))
    return path


def test_import_then_tail(client: Client, tmp_path: Path) -> None:
    """What is imported comes out of `tail`, as JSON and for people; importing it again adds nothing."""
    url = client.url()
    file = stored(tmp_path / "a.jsonl", url, page("Storm", *paragraphs("12")), page("Storm", *paragraphs("13")))
    for _ in range(2):
        done = newsdiff(client.settings, "import", str(file))
        assert (done.returncode, done.stderr) == (0, "2 fetches imported\n")
        client.settle()
    only = ("tail", "--from", "earliest", "--until-idle", "2", "--article", f"{url}?utm_source=x")
    lines = newsdiff(client.settings, *only, "--json").stdout.splitlines()
    assert [orjson.loads(line)["current"]["version"] for line in lines] == [2]
    shown = newsdiff(client.settings, *only).stdout
    assert "[-12-]{+13+}" in shown
    assert "about 1 hour later" in shown
    versions = newsdiff(client.settings, *only, "--versions", "--json").stdout.splitlines()
    assert [orjson.loads(line)["kind"] for line in versions] == ["first", "edited"]
    assert newsdiff(client.settings, *only, "--source", "nobody").stdout == ""


def test_import_tells_what_it_cannot_use(client: Client, tmp_path: Path) -> None:
    """A bad line is told with file and line, the rest is imported, and the exit code says that something was wrong."""
    url = client.url()
    file = stored(tmp_path / "a.jsonl", url, page("Storm", *paragraphs("12")))
    file.write_bytes(
        b'{"url": 1}\n' + file.read_bytes() + b'\n{"url": "mailto:x", "fetched_at": "2026-03-01T12:00:00Z"}'
    )
    done = newsdiff(client.settings, "import", str(file))
    assert done.returncode == 1
    assert f"{file}:1" in done.stderr
    assert f"{file}:3: " in done.stderr
    assert "mailto:x" in done.stderr
    assert "2 of 3 fetches could not be used" in done.stderr
    client.settle()
    assert len(client.versions(url)) == 1


def test_tail_ends_quietly_when_its_reader_does(client: Client) -> None:
    """`tail | head` is no error."""
    url = client.url()
    client.write([fetched(url, page("Storm", *paragraphs(str(n))), minutes=n) for n in range(200)])
    client.settle()
    command = f"{sys.executable} -m streams tail --json --from earliest --until-idle 2 | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        env={**os.environ, **client.settings.environment()},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_dead_letters_are_listed_shown_and_replayed(client: Client) -> None:
    """A dead letter can be found and read, and goes back as it was; one that dies again counts its tries."""
    url = client.url()
    client.write([(url.encode(), b"not an \x1b[31mevent", ())])
    client.settle()
    listed = newsdiff(client.settings, "dead-letters", "list", "--reason", "not_an_event")
    (line,) = (line for line in listed.stdout.splitlines() if url in line)
    place = line.split()[0]
    shown = newsdiff(client.settings, "dead-letters", "show", place)
    assert shown.stderr == ""
    assert "not_an_event" in shown.stdout
    assert "\x1b" not in shown.stdout
    assert "not an \\x1b[31mevent" in shown.stdout
    replayed = newsdiff(client.settings, "dead-letters", "replay", place)
    assert replayed.stdout == "dead letters replayed: 1\n"
    client.settle()
    letters = [read_dead_letter(r) for r in client.read(topics.DEAD_LETTER) if r.key == url.encode()]
    assert [letter.attempts for letter in letters] == [1, 2]
    assert newsdiff(client.settings, "dead-letters", "show", "0:999999").returncode == 1
    assert newsdiff(client.settings, "dead-letters", "show", "first").returncode == 2
    assert newsdiff(client.settings, "dead-letters", "replay").returncode == 2


def test_the_doctor_finds_a_healthy_service_healthy(client: Client) -> None:
    """With everything in place, nothing is wrong, and no step lags."""
    client.write([fetched(client.url(), page("Storm", *paragraphs("12")))])
    client.settle()
    done = newsdiff(client.settings, "doctor")
    assert done.returncode == 0, done.stdout
    assert "workers in the group newsdiff: 1" in done.stdout
    assert "lag of detect on article.fetch.v1: 0" in done.stdout
    assert "lag of diff on article.version.v1: 0" in done.stdout


def test_an_import_says_how_many_of_its_complaints_are_told(client: Client, tmp_path: Path) -> None:
    """The first ten are, and the count of all."""
    file = tmp_path / "bad.jsonl"
    file.write_text("{}\n" * 12)
    done = newsdiff(client.settings, "import", os.fspath(file))
    assert done.returncode == 1
    assert "12 of 12 fetches could not be used, the first 10 are above" in done.stderr
    assert done.stderr.count("bad.jsonl") == 10


def test_the_doctor_reads_the_files_that_are_named(client: Client, tmp_path: Path) -> None:
    """Each that cannot be used is wrong, and named."""
    missing = {name: tmp_path / name for name in ("rules", "sources.toml", "webhooks.toml")}
    settings = dataclasses.replace(
        client.settings,
        rules=missing["rules"],
        sources=missing["sources.toml"],
        webhooks=missing["webhooks.toml"],
    )
    done = newsdiff(settings, "doctor")
    assert done.returncode == 1
    wrong = [line for line in done.stdout.splitlines() if line.startswith("WRONG")]
    assert len(wrong) == 3
    assert all(str(path) in line for path, line in zip(missing.values(), wrong, strict=True))
    assert "NEWSDIFF_CONTACT is not set (default)" in done.stdout


def test_records_that_nobody_handles_are_told(client: Client) -> None:
    """Where no worker is, `doctor` fails, and `tail` ends all the same, but not without saying what waits."""
    client.write([fetched(client.url(), page("Storm", *paragraphs("12")))])
    nobody = dataclasses.replace(client.settings, app_id="nobody")
    asyncio.run(ensure_topics(nobody))
    done = newsdiff(nobody, "doctor")
    assert done.returncode == 1
    assert "WRONG no worker in the group nobody: start one" in done.stdout
    done = newsdiff(dataclasses.replace(client.settings, replication=3), "doctor")
    assert "note  topic article.change.v1: replicas are 1, NEWSDIFF_REPLICATION is 3" in done.stdout
    done = newsdiff(nobody, "tail", "--until-idle", "1")
    assert done.returncode == 0
    assert "records wait, and no worker handles them" in done.stderr


def test_another_partition_count_is_refused(client: Client) -> None:
    """A service that would look for rows in the wrong partition does not start, and says which setting to mend."""
    other = dataclasses.replace(client.settings, partitions=5)
    for command in ("topics", "worker", "doctor"):
        done = newsdiff(other, command)
        assert done.returncode == 1
        assert "have 4 partitions, NEWSDIFF_PARTITIONS is 5: set it to 4" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["topics", "worker", "tail", "doctor", "import", "dead-letters list"])
def test_a_missing_broker_is_one_clear_line(tmp_path: Path, command: str) -> None:
    """Without a Kafka, every command ends at once with one line that says what to do."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings = Settings(kafka=f"127.0.0.1:{free.getsockname()[1]}", data=tmp_path)
    file = stored(tmp_path / "a.jsonl", "https://eastmere-echo.test/a", b"x")
    done = newsdiff(settings, *command.split(), *([str(file)] if command == "import" else []))
    said = [line for line in (done.stdout + done.stderr).splitlines() if "no Kafka answers" in line]
    assert done.returncode == 1
    assert len(said) == 1
    assert str(settings.kafka) in said[0]
    assert "newsdiff up" in said[0]
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    """`up` does not start beside another server on its port, and says which setting chooses another."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = Settings(data=tmp_path, broker_port=taken.getsockname()[1])
        done = newsdiff(settings, "up")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert str(settings.broker_port) in done.stderr


def test_a_second_worker_in_the_same_directory_is_refused(client: Client) -> None:
    """Two workers never share a data directory; the second is told which process has it."""
    done = newsdiff(dataclasses.replace(client.settings, data=client.settings.data / "worker-1"), "worker")
    assert done.returncode == 1
    assert "in use by another worker" in done.stderr


def test_rules_are_learned_and_tested(client: Client, tmp_path: Path) -> None:
    """A line in five articles of a host is written into its rules; then they read a page without it, and say so."""
    line = f"Our archive of {time.time_ns()} has it all."
    url = ""
    for number in range(5):
        url = client.url()
        client.write([fetched(url, page("Storm", *paragraphs(f"{number}"), line))])
        client.write([fetched(client.url(), page("Calm", *paragraphs("77"), "This was copied."))])
    client.settle()
    settings = dataclasses.replace(client.settings, rules=tmp_path)
    shown = newsdiff(settings, "rules", "learn", "--dry-run")
    assert f"eastmere-echo.test\t5 articles\t{line}" in shown.stdout.splitlines()
    assert "This was copied." not in shown.stdout
    file = tmp_path / "eastmere-echo.test.txt"
    assert not file.exists()
    assert newsdiff(settings, "rules", "learn", "--host", "eastmere-echo.test").returncode == 0
    assert line not in newsdiff(settings, "rules", "learn", "--dry-run").stdout
    with file.open("a") as rules:
        rules.write(f"test_url: {url}\ntest_contains: counted 4 boats\n")
    saved = stored(tmp_path / "a.jsonl", url, page("Storm", *paragraphs("4"), line))
    assert newsdiff(settings, "rules", "test", str(saved)).stdout.startswith("ok\t")
    assert "ignore_text" in newsdiff(settings, "rules", "list").stdout
    other = stored(tmp_path / "b.jsonl", client.url(), page("Storm", *paragraphs("4")))
    untested = newsdiff(settings, "rules", "test", str(other))
    assert (untested.returncode, "nothing was tested" in untested.stderr) == (1, True)
    with file.open("a") as rules:
        rules.write(f"test_contains: {line}\n")
    failed = newsdiff(settings, "rules", "test", str(saved))
    assert failed.returncode == 1
    assert "was not read" in failed.stdout
    with file.open("a") as rules:
        rules.write("body: //div[\n")
    for command in (("rules", "list"), ("worker",), ("read", str(saved))):
        refused = newsdiff(settings, *command)
        assert refused.returncode == 1
        assert f"{file}:" in refused.stderr
        assert "Traceback" not in refused.stderr


def test_without_a_folder_there_are_no_rules(client: Client) -> None:
    """The command says which setting names it."""
    refused = newsdiff(client.settings, "rules", "list")
    assert refused.returncode == 1
    assert "NEWSDIFF_RULES" in refused.stderr
