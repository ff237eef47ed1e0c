"""A Kafka with TLS, users and an authoriser: the service works with the least rights, and says what is wrong."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
import trustme
from receiver import Receiver, file_of
from service import Client, fetched, page, paragraphs

from schemas import topics
from streams.access import DESCRIBE, Access, roles
from streams.client import changes
from streams.commands.site import address_of_site
from streams.embedded.configuration import HOST
from streams.settings import Settings
from streams.supervisor import SITE, WATCHER, WEBHOOKS, WorkerProcesses
from streams.writer import Writer
from tests.secure_kafka import PASSWORD, SecureKafka
from tests.town import Town

pytestmark = pytest.mark.broker

PATIENCE = 120.0
ROLES = ("operator", "worker", "watcher", "site", "webhooks", "crawler", "consumer")


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureKafka]:
    """A Kafka with a user for each role, which may do what the role needs; and one who may do nothing."""
    with SecureKafka(tmp_path_factory.mktemp("secure"), (*ROLES, "nobody")) as kafka:
        for role, accesses in roles(Settings()).items():
            kafka.allow(role, accesses)
        yield kafka


@pytest.fixture(scope="module")
def operator(secure: SecureKafka, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The operator's settings; the topics are made."""
    settings = Settings(
        kafka=secure.scram,
        kafka_ca=os.fspath(secure.ca),
        kafka_user="operator",
        kafka_password=PASSWORD,
        data=tmp_path_factory.mktemp("data"),
        partitions=2,
        session_timeout=6,
    )
    assert newsdiff(settings, "topics").returncode == 0
    return settings


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


def test_each_role_works_with_what_it_is_allowed_and_needs_all_of_it(
    secure: SecureKafka, operator: Settings, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The flow runs from feed to page with a user for each role; nothing is denied, all that is listed is used.

    Nobody says the password, however much is logged.
    """
    now = time.time()
    with Town(1, 3, edit_every=8.0) as town, Receiver(lambda _: 410) as receiver:
        base = dataclasses.replace(
            operator,
            log_level="debug",
            clock=f"{now},{now - 30 * 86400},600",
            inside=town.endpoints,
            webhooks=file_of(tmp_path / "hooks.toml", desk={"url": receiver.url}),
            site=address_of_site(dataclasses.replace(operator, site=f"{HOST}:0")),
        )
        worker = dataclasses.replace(base, kafka_user="worker")
        watcher = dataclasses.replace(base, kafka_user="watcher", kafka_mechanism="SCRAM-SHA-256")
        site = dataclasses.replace(
            base,
            kafka=secure.mutual,
            kafka_user=None,
            kafka_password=None,
            kafka_certificate=secure.certificate(tmp_path / "site.pem", "site"),
        )
        crawler = dataclasses.replace(base, kafka=secure.plain, kafka_user="crawler", kafka_mechanism="PLAIN")
        told = newsdiff(base, "watch", town.hosts[0].feed)
        assert told.returncode == 0, told.stderr
        with (
            WorkerProcesses(worker, 1),
            WorkerProcesses(watcher, 1, WATCHER),
            WorkerProcesses(site, 1, SITE),
            WorkerProcesses(dataclasses.replace(base, kafka_user="webhooks"), 1, WEBHOOKS),
        ):
            client = Client(crawler)
            url = client.url("secure")
            client.write([fetched(url, page("Storm", *paragraphs(str(n))), minutes=n) for n in (12, 13)])
            client.write([(b"other", *fetched(url, page("Storm", *paragraphs("14")), minutes=14)[1:])])
            client.write([(b"x", b"no fetch", ())])
            context = ssl.create_default_context(cafile=secure.ca)
            login = {"sasl_mechanism": "SCRAM-SHA-512", "sasl_plain_username": "consumer"}
            with changes(
                secure.scram, group="my-desk", security_protocol="SASL_SSL", ssl_context=context,
                sasl_plain_password=PASSWORD, **login,
            ) as found:  # fmt: skip
                seen: set[str] = set()
                while len(seen) < 4:  # that of the crawler, and the three of the feed
                    seen.add(next(found).article.url)
            asyncio.run(write_as(site))
            wait_until_shown(site, url)
            deadline = time.monotonic() + PATIENCE
            while len(Client(base).read(topics.DEAD_LETTER)) < 3:  # of the worker, of the watcher, and of the webhook
                assert time.monotonic() < deadline
                time.sleep(0.2)
        for command in (["hide", url, "--why", "a court"], ["watching"], ["dead-letters", "list"]):
            assert newsdiff(base, *command).returncode == 0
        said = newsdiff(base, "doctor").stdout
        assert "lag of detect" in said
        assert "changes that webhook desk was not told of yet: " in said
    said = capfd.readouterr().err
    assert '"outcome":"edited"' in said
    assert PASSWORD not in said
    judged = secure.judged()
    assert {(user, access) for user, allowed, access in judged if not allowed and user in ROLES} == set()
    used = {role: {access for user, allowed, access in judged if allowed and user == role} for role in ROLES}
    unused = {
        role: [one for one in listed if not any(is_use(one, other) for other in used[role])]
        for role, listed in roles(base).items()
    }
    unused["operator"] = [one for one in unused["operator"] if not is_of_replay(one)]
    assert unused == {role: [] for role in ROLES}


def test_an_operator_recomputes_with_what_the_readme_says(secure: SecureKafka, operator: Settings) -> None:
    """Create, Describe, Read and Write on the new topic are needed besides, and are enough."""
    refused = newsdiff(operator, "recompute", "my.changes.v2")
    assert (refused.returncode, "Authorization failed" in refused.stderr) == (1, True)
    secure.allow(
        "operator", [Access(what, "topic", "my.changes.v2") for what in ("Create", "Describe", "Read", "Write")]
    )
    done = newsdiff(operator, "recompute", "my.changes.v2")
    assert done.returncode == 0, done.stderr


def is_use(listed: Access, used: Access) -> bool:
    """Whether what was used is what is listed."""
    named = used.name.startswith(listed.name) if listed.prefixed else used.name == listed.name
    return named and (used.operation, used.resource) == (listed.operation, listed.resource)


def is_of_replay(access: Access) -> bool:
    """Whether it is for dead letters to be put back, and for looking at any topic: not all of that is done here."""
    return access.resource == "topic" and access.operation in ("Write", "Read")


async def write_as(settings: Settings) -> None:
    """Write to the watcher as the site does for a hub; this one it cannot use."""
    async with Writer(settings) as writer:
        await writer.write(topics.WATCH, b"https://hub.test/a", b"no wish")


def wait_until_shown(settings: Settings, url: str) -> None:
    """Wait until the site shows an article."""
    deadline = time.monotonic() + PATIENCE
    while True:
        with (
            contextlib.suppress(OSError),
            urlopen(f"http://{settings.site}/api/v1/articles?url={url}") as answer,
        ):
            if b"versions" in answer.read():
                return
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"kafka_password": "wrong-horse"}, "does not let operator in: see NEWSDIFF_KAFKA_USER and"),
        ({"kafka_user": "stranger"}, "does not let stranger in"),
        ({"kafka_mechanism": "PLAIN"}, "has no login by PLAIN: see NEWSDIFF_KAFKA_MECHANISM"),
        ({"kafka_ca": "system"}, "has a certificate that is not believed"),
        ({"kafka_ca": None}, "closes the connection"),
        ({"kafka_user": None, "kafka_password": None}, "closes the connection"),
        ({"kafka_user": "nobody"}, "cannot be created: Authorization failed: see `newsdiff acls`"),
        ({"kafka_ca": "/nowhere.pem"}, "NEWSDIFF_KAFKA_CA=/nowhere.pem: No such file or directory"),
    ],
)
def test_what_kafka_refuses_is_told_in_one_line(
    operator: Settings, changed: dict[str, str | None], sentence: str
) -> None:
    """A wrong password, certificate or right is one clear line that names the setting, without the password."""
    said = newsdiff(dataclasses.replace(operator, **changed), "worker")  # type: ignore[arg-type]
    assert said.returncode == 1
    assert sentence in said.stderr
    assert said.stderr.count("\n") == 1
    assert "horse" not in said.stderr + said.stdout


@pytest.mark.parametrize("case", ["none", "of another authority", "no certificate", "with a password"])
def test_a_wrong_certificate_is_told_in_one_line(
    secure: SecureKafka, operator: Settings, tmp_path: Path, case: str
) -> None:
    """No certificate, a stranger's, or a file that is none: one clear line that names the setting."""
    certificate = secure.certificate(tmp_path / "a.pem", "operator", trustme.CA())
    if case == "no certificate":
        certificate.write_text("nothing\n")
    if case == "with a password":
        certificate.write_text(certificate.read_text().replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY"))
    settings = dataclasses.replace(
        operator,
        kafka=secure.mutual,
        kafka_user=None,
        kafka_password=None,
        kafka_certificate=None if case == "none" else certificate,
    )
    said = newsdiff(settings, "topics")
    assert said.returncode == 1
    assert "NEWSDIFF_KAFKA_CERTIFICATE" in said.stderr
    assert said.stderr.count("\n") == 1


def test_the_lists_are_told_as_commands() -> None:
    """`newsdiff acls` prints what a role needs, as Kafka's own tool takes it, and says what a principal is."""
    told = newsdiff(Settings(kafka="kafka:9092"), "acls", "crawler", "User:alice")
    assert told.stdout == (
        "kafka-acls.sh --bootstrap-server kafka:9092 --add --allow-principal User:alice --operation Write "
        "--topic article.fetch.v1\n"
    )
    worker = newsdiff(Settings(kafka="kafka:9092"), "acls", "worker", "User:bob").stdout
    assert f"--resource-pattern-type prefixed --operation Write --transactional-id {'newsdiff-article.'}\n" in worker
    assert DESCRIBE in worker
    refused = newsdiff(Settings(), "acls", "worker", "bob")
    assert (refused.returncode, "write User:bob" in refused.stderr) == (2, True)
