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
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

import orjson
import pytest
from aiokafka.errors import GroupCoordinatorNotAvailableError
from service import PATIENCE, Client, fetched, page, paragraphs
from test_commands import newsdiff

from schemas import topics
from schemas.change import Change
from schemas.codec import decode
from schemas.dead_letter import read_dead_letter
from schemas.record import Record
from streams import webhooks
from streams.kafka import admin_client
from streams.settings import Settings
from streams.webhook_files import Webhook, read_webhooks

SECRET = "a horse of sixteen"


class Receiver:
    """A context with somebody who is told. `answer`: the status for the nth request."""

    def __init__(self, answer: Callable[[int], int] = lambda _: 204) -> None:
        self.taken: list[tuple[dict[str, str], bytes]] = []
        self.asked = 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = answer(receiver.asked)
                receiver.asked += 1
                if status < 300:
                    receiver.taken.append(({name.lower(): text for name, text in self.headers.items()}, body))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        """Where it is told."""
        return f"http://127.0.0.1:{self._server.server_port}/hook"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def numbers(self) -> list[int]:
        """The versions of the changes that it took."""
        return [orjson.loads(body)["current"]["version"] for _, body in self.taken]


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
        assert self._process.wait(30) == (0 if how == signal.SIGTERM else -how)


def until(is_so: Callable[[], bool], what: object = None) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def file_of(path: Path, **hooks: dict[str, object]) -> Path:
    """A file of webhooks."""
    lines = []
    for name, values in hooks.items():
        lines += ["[[webhook]]", f'name = "{name}"', f'secret = "{SECRET}"']
        lines += [f"{key} = {orjson.dumps(value).decode()}" for key, value in values.items()]
    path.write_text("\n".join(lines))
    return path


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
            digest = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
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
    assert wants(labels=(change.labels[0].name, "x"))
    assert not wants(labels=("x",))
    assert not wants(kinds=("removed",))
    assert wants(severity=change.severity.score)
    assert not wants(severity=change.severity.score + 0.01)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[webhook]]\nname = 'a'\nurl = 'http://a.test/'\nsecret = 'short'", "less than 16 bytes"),
        ("[[webhook]]\nname = 'a'\nurl = 'http://a.test/'\nsecret = 'whsec_!!'", "no base64"),
        ("[[webhook]]\nname = 'a'\nurl = 'ftp://a.test/'\nsecret = 'a horse of sixteen'", "ftp://a.test/ is no http"),
        ("[[webhook]]\nname = 'a b'\nurl = 'http://a.test/'\nsecret = 'a horse of sixteen'", "no word of its own"),
        ("[[webhook]]\nname = 'a'\nurl = 'http://a'\nsecret = 'a horse of sixteen'\nkinds = ['odd']", "kinds"),
        ("[[webhook]]\nname = 'a'\ncolour = 1", "write [[webhook]] with name, url and secret"),
        ("nothing", "write [[webhook]]"),
    ],
)
def test_a_bad_file_is_told(tmp_path: Path, text: str, sentence: str) -> None:
    """With its name, what is wrong, and what to write; never with a secret."""
    file = tmp_path / "hooks.toml"
    file.write_text(text)
    refused = newsdiff(Settings(webhooks=file, data=tmp_path), "webhooks")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert sentence in refused.stderr
    assert str(file) in refused.stderr
    assert "horse" not in refused.stderr


def test_a_secret_is_not_shown(tmp_path: Path) -> None:
    """Neither is that of a webhook that is right."""
    (webhook,) = read_webhooks(file_of(tmp_path / "hooks.toml", desk={"url": "https://desk.test/"}))
    assert "horse" not in repr(webhook)
    assert webhooks.signature(webhook.key, "i", "1", b"{}").startswith("v1,")
