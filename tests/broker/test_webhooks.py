"""Webhooks are told of the changes that they want, in order, signed, until they take them."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import dataclasses
import hashlib
import hmac
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import orjson
import pytest
from aiokafka.errors import GroupCoordinatorNotAvailableError
from receiver import KEY, SECRET, Receiver, file_of
from service import PATIENCE, Client, fetched, page, paragraphs
from test_commands import newsdiff

from agents.diff.labels.rules import RULES
from schemas import topics
from schemas.change import Change
from schemas.codec import decode
from schemas.dead_letter import read_dead_letter
from schemas.errors import SettingsError
from schemas.record import Record
from streams import webhooks
from streams.embedded.ports import choose_port
from streams.kafka import admin_client
from streams.settings import Settings
from streams.webhook_files import Webhook, read_webhooks


class Teller:
    """A context in which `newsdiff webhooks` runs; `pauses` in place of those of a day."""

    def __init__(self, settings: Settings, file: Path, pauses: tuple[float, ...] = (0.1,) * 100) -> None:
        code = (
            "from functools import partial; import streams.commands.webhooks as command;"
            f"command.tell_all = partial(command.tell_all, pauses={pauses});"
            "from streams.cli import main; main(['webhooks'])"
        )
        environment = {**os.environ, **dataclasses.replace(settings, webhooks=file).environment()}
        self._process = subprocess.Popen([sys.executable, "-c", code], env=environment)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self.end(signal.SIGTERM)

    def end(self, how: signal.Signals) -> None:
        """End it."""
        self._process.send_signal(how)
        assert self._process.wait(PATIENCE) == (0 if how == signal.SIGTERM else -how)


def until(is_so: Callable[[], bool], what: object = None) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


@pytest.fixture
def edit(client: Client) -> Iterator[Callable[[int], str]]:
    """Edits an article of this test so many times more; its URL."""
    url = client.url("hook")
    made = 1
    client.write([fetched(url, page("Storm", *paragraphs("12")))])

    def more(count: int) -> str:
        nonlocal made
        client.write(
            fetched(url, page("Storm", *paragraphs(str(12 + n))), minutes=n) for n in range(made, made + count)
        )
        made += count
        return url

    yield more
    client.settle()


def joined(client: Client, name: str) -> bool:
    """Whether a webhook's group has partitions: from then on it is told of what is new."""

    async def members() -> int:
        async with admin_client(client.settings) as admin:
            group = f"{client.settings.app_id}-webhook-{name}"
            described = (await admin.describe_consumer_groups([group]))[0].groups[0]
            return len(described[5]) if described[2] == "Stable" else 0

    with contextlib.suppress(GroupCoordinatorNotAvailableError):  # a new Kafka, which makes its topic first
        return asyncio.run(members()) > 0
    return False


@pytest.mark.broker
def test_changes_are_told_in_order_and_signed_though_it_fails_and_is_killed(
    client: Client, edit: Callable[[int], str], tmp_path: Path
) -> None:
    """Every change comes, in its order, whatever the receiver answers at first and however the sender ends."""
    name = f"desk-{time.time_ns()}"
    with Receiver(lambda number: 503 if number % 3 == 0 else 204) as receiver:
        file = file_of(tmp_path / "hooks.toml", **{name: {"url": receiver.url, "labels": ["numbers"]}})
        with Teller(client.settings, file) as teller:
            until(lambda: joined(client, name))
            time.sleep(2)  # it begins with what is new
            url = edit(4)
            until(lambda: len(receiver.taken) >= 2, receiver.taken)
            teller.end(signal.SIGKILL)
        edit(4)
        with Teller(client.settings, file):
            until(lambda: 9 in receiver.numbers(), receiver.taken)
        numbers = receiver.numbers()
        assert list(dict.fromkeys(numbers)) == list(range(2, 10))
        published = {change.meta.id: change for change in client.changes(url)}
        for headers, body in receiver.taken:
            signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
            digest = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
            assert headers["webhook-signature"] == f"v1,{digest}"
            assert headers["webhook-id"] in published
        assert {orjson.loads(body)["article"]["url"] for _, body in receiver.taken} == {url}


@pytest.mark.broker
def test_one_that_never_answers_holds_up_no_other_and_leaves_a_dead_letter(
    client: Client, edit: Callable[[int], str], tmp_path: Path
) -> None:
    """What is not taken in the end is kept, with the webhook's name, and the next change is tried."""
    good, bad = f"good-{time.time_ns()}", f"bad-{time.time_ns()}"
    with Receiver() as receiver, Receiver(lambda _: 500) as closed:
        file = file_of(tmp_path / "hooks.toml", **{good: {"url": receiver.url}, bad: {"url": closed.url}})
        with Teller(client.settings, file, pauses=(0.1, 0.1)):
            until(lambda: joined(client, good) and joined(client, bad))
            time.sleep(2)
            url = edit(2)

            def letters() -> list[Record]:
                found = client.read(topics.DEAD_LETTER)
                return [
                    one for one in found if one.key == url.encode() and read_dead_letter(one).step == f"webhook {bad}"
                ]

            until(lambda: len(letters()) == 2)
            until(lambda: receiver.numbers()[-2:] == [2, 3])
    first = read_dead_letter(letters()[0])
    assert (first.topic, first.reason) == (topics.CHANGE, "failed")
    assert orjson.loads(first.value or b"")["article"]["url"] == url
    assert closed.asked >= 6


def test_a_webhook_wants_what_its_filters_leave() -> None:
    """All without filters; else any of its sources, labels and kinds, and at least its severity."""
    example = Path(__file__).parents[2] / "schemas" / "published" / "examples" / "change-edited.json"
    change = decode(example.read_bytes(), Change, "the example")

    def wants(**filters: object) -> bool:
        return Webhook(name="a", url="http://a", secret=SECRET, **filters).wants(change)  # type: ignore[arg-type]

    assert wants()
    assert wants(sources=("nobody", change.article.source))
    assert not wants(sources=("nobody",))
    assert wants(labels=(change.labels[0].name, "trim"))
    assert not wants(labels=("x",))
    assert not wants(kinds=("removed",))
    assert wants(severity=change.severity.score)
    assert not wants(severity=change.severity.score + 0.01)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("secret = 'at least twenty-four of horse'", "does not begin with whsec_"),
        ("secret = 'whsec_horse!!'", "is no base64 after whsec_"),
        ("secret = 'whsec_horsehö'", "is no base64 after whsec_"),
        ("secret = 'whsec_aG9yc2Vob3JzZWhvcnNlaG9yc2U='", "has less than 24 bytes"),
        ("url = 'ftp://desk.test/horse'", "its url is no http or https URL"),
        ("url = 'https://a:horse@desk.test/'", "its url is no http or https URL without a user and password"),
        ("url = 'http://desk..test/horse'", "its url is no http or https URL"),
        ("url = 'http://../horse'", "its url is no http or https URL"),
        ("url = 'http://desk.test:99999/horse'", "its url is no http or https URL"),
        ("url = 'http://[::1/horse'", "its url is no http or https URL"),
        ("url = 'http://desk.test/horse and cart'", "its url is no http or https URL"),
        ('url = "http://desk.test/horse\\u001b[2J"', "its url is no http or https URL"),
        ('url = "http:///horse"', "its url is no http or https URL"),
        ("name = 'a b'", "no word of its own"),
        ("kinds = ['odd']", "kinds are edited"),
        ("labels = ['numberz']", f"there is no label numberz: known are {', '.join(RULES)}"),
        ("severity = 3", "its severity is no number from 0 to 1"),
        ("colour = 1", "write [[webhook]] with name, url and secret"),
    ],
)
def test_a_bad_file_is_told(tmp_path: Path, line: str, sentence: str) -> None:
    """With its name, what is wrong, and what to write; never with a secret, or an address that may be one."""
    file = tmp_path / "hooks.toml"
    good = {"name": "'a'", "url": "'http://a.test/'", "secret": f"'{SECRET}'"}
    name, _, value = line.partition(" = ")
    file.write_text("[[webhook]]\n" + "\n".join(f"{key} = {text}" for key, text in {**good, name: value}.items()))
    with pytest.raises(SettingsError) as refused:
        read_webhooks(file)
    assert sentence in str(refused.value)
    assert str(file) in str(refused.value)
    assert "horse" not in str(refused.value)


def test_a_file_that_is_none_is_told_in_one_line(tmp_path: Path) -> None:
    """With what to write."""
    file = tmp_path / "hooks.toml"
    file.write_text("nothing")
    refused = newsdiff(Settings(webhooks=file, data=tmp_path), "webhooks")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "write [[webhook]]" in refused.stderr


def test_a_secret_is_not_shown(tmp_path: Path) -> None:
    """Neither is that of a webhook that is right, nor its address."""
    (webhook,) = read_webhooks(file_of(tmp_path / "hooks.toml", desk={"url": "https://desk.test/horse"}))
    assert repr(webhook) == "webhook desk"


def test_a_signature_is_that_of_the_reference_library() -> None:
    """The signature of standardwebhooks 1.1.0, of PyPI, for the same message."""
    webhook = Webhook(name="a", url="http://a", secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    signed = webhooks.signature(webhook.key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_what_cannot_be_asked_is_a_failure_like_others(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever is raised for an address ends nothing, and the address is not logged."""
    caplog.set_level("INFO")

    async def outcomes() -> list[str]:
        async with webhooks.new_session() as session:
            assert session.connector is not None
            assert session.connector.limit == 0  # those that hang take nobody's place
            hooks = [
                Webhook(name="a", url=url, secret=SECRET) for url in ("http://../horse", "http://127.0.0.1:1/horse")
            ]
            return [await webhooks.post(session, hook, "i", b"{}") for hook in hooks]

    assert asyncio.run(outcomes()) == ["connection", "connection"]
    assert "horse" not in caplog.text


@pytest.mark.broker
def test_one_that_is_gone_is_told_no_more(
    client: Client, edit: Callable[[int], str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """After 410 nothing is sent for the rest of the run; the change is a dead letter, which a later replay delivers."""
    name = f"gone-{time.time_ns()}"
    with Receiver(lambda number: 410 if number == 0 else 204) as receiver:
        file = file_of(tmp_path / "hooks.toml", **{name: {"url": receiver.url}})
        with Teller(client.settings, file):
            until(lambda: joined(client, name))
            time.sleep(2)
            url = edit(3)

            def letters() -> list[Record]:
                found = client.read(topics.DEAD_LETTER)
                return [one for one in found if read_dead_letter(one).step == f"webhook {name}"]

            until(lambda: bool(letters()))
            time.sleep(3)
        (letter,) = letters()
        assert receiver.asked == 1
        assert f"webhook {name} is gone (410)" in capfd.readouterr().err
        place = f"{letter.partition}:{letter.offset}"
        unknown = newsdiff(client.settings, "dead-letters", "replay", place)
        assert f"is for webhook {name}: name it in NEWSDIFF_WEBHOOKS" in unknown.stderr
        replayed = newsdiff(dataclasses.replace(client.settings, webhooks=file), "dead-letters", "replay", place)
        assert replayed.stdout == "dead letters replayed: 1\n"
        assert receiver.numbers() == [2]
        with Teller(client.settings, file):
            until(lambda: receiver.numbers() == [2, 3, 4], receiver.numbers)
        (published,) = (one for one in client.read(topics.CHANGE) if one.header("ce_id") == letter.header("ce_id"))
        assert receiver.taken[0][1] == published.value  # as it is, with fields that this program may not know
        assert published.key == url.encode()


@pytest.mark.broker
def test_the_process_answers_for_its_health(client: Client, tmp_path: Path) -> None:
    """It is ready once Kafka is read for each webhook, and tells what came of its requests."""
    name, address = f"health-{time.time_ns()}", f"127.0.0.1:{choose_port('127.0.0.1')}"
    file = file_of(tmp_path / "hooks.toml", **{name: {"url": "http://127.0.0.1:1/"}})

    def said(path: str, settings: Settings) -> str:
        with contextlib.suppress(OSError):
            try:
                with urllib.request.urlopen(f"http://{settings.metrics}/{path}", timeout=10) as answer:
                    return str(answer.read().decode())
            except urllib.error.HTTPError as error:
                return str(error.read().decode())
        return ""

    apart = dataclasses.replace(client.settings, metrics=address, kafka="127.0.0.1:1")
    with Teller(apart, file):
        until(lambda: said("live", apart) == "ok\n")
        assert said("ready", apart) == f"these are not told for now: {name}\n"
    there = dataclasses.replace(client.settings, metrics=address)
    with Teller(there, file):
        until(lambda: said("ready", there) == "ok\n")
        assert "newsdiff_webhooks" in said("metrics", there)
