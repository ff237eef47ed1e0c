"""Logs are one event a line, for machines or for people, and no secret stands in them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import orjson
import pytest

from agents.step import Result
from schemas.record import Record
from streams.handled import tell_handled
from streams.logs import OURS, JsonLines, Text, configure
from streams.settings import Settings, secrets

SECRETS = {
    "NEWSDIFF_KAFKA_PASSWORD": "horse-of-kafka",
    "NEWSDIFF_DATABASE_URL": "postgresql://desk:horse%2Fof%2Fdatabase@db/news",
    "NEWSDIFF_CONTACT": "desk@example.org",
}
HIDDEN = {"horse-of-kafka", "horse%2Fof%2Fdatabase", "horse/of/database"}


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """What a test configures holds for it alone."""
    yield
    logging.getLogger().handlers.clear()
    for ours in OURS:
        logging.getLogger(ours).setLevel(logging.NOTSET)


def record_of_error(message: str) -> logging.LogRecord:
    """What is logged of an error with this message, and with two lines."""
    error = ValueError(message + "\nand more")
    caught = (ValueError, error, None)
    return logging.LogRecord("streams.x", logging.ERROR, "x.py", 1, "failed: %s", (message,), caught)


def test_what_is_secret_is_known() -> None:
    """Passwords, and those in URLs as they are written and as they are meant; nothing else."""
    assert secrets(SECRETS) == HIDDEN
    assert secrets({"NEWSDIFF_KAFKA_PASSWORD": "abc", "NEWSDIFF_DATABASE_URL": "sqlite:////tmp/a"}) == set()


@pytest.mark.parametrize("secret", sorted(HIDDEN))
@pytest.mark.parametrize("form", [JsonLines, Text])
def test_no_secret_is_logged(form: type[logging.Formatter], secret: str) -> None:
    """Neither in a message nor in the traceback of an error."""
    line = form(HIDDEN).format(record_of_error(f"no such user at {secret}"))  # type: ignore[arg-type]
    assert secret not in line
    assert "no such user at ..." in line


def test_a_line_is_a_json_object() -> None:
    """With its traceback, in one line."""
    line = JsonLines(()).format(record_of_error("it is wrong"))
    assert "\n" not in line
    told = orjson.loads(line)
    assert (told["level"], told["logger"], told["message"]) == ("error", "streams.x", "failed: it is wrong")
    assert "ValueError: it is wrong\nand more" in told["error"]


def test_hostile_text_forges_no_line_and_loses_none() -> None:
    """Line breaks, what a terminal obeys, and halves of characters stand in a line like other text."""
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "a\n2026 CRITICAL b \x1b[2J \ud800", (), None)
    line = Text(()).format(record)
    assert "\n" not in line
    assert "\x1b" not in line
    assert "2026 CRITICAL b" in line
    assert orjson.loads(JsonLines(()).format(record))["message"] == "a\n2026 CRITICAL b \x1b[2J \\ud800"


def test_no_secret_is_in_a_field() -> None:
    """An article's address with a password in it, for instance."""
    record = logging.LogRecord("x", logging.INFO, "x.py", 1, "so", (), None)
    record.article = "https://a:horse-of-kafka@a.test/"
    assert orjson.loads(JsonLines(HIDDEN).format(record))["article"] == "https://a:...@a.test/"


def test_a_handled_record_is_an_event(capsys: pytest.CaptureFixture[str]) -> None:
    """It tells where the record stands, its article, what came of it, and the trace that it belongs to."""
    configure(Settings(log_level="info", log_format="json"))
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    record = Record(
        "article.fetch.v1", 3, 7, datetime.now(UTC), b"https://a.test/", b"", (("traceparent", parent.encode()),)
    )
    tell_handled("detect", record, Result("edited"), 0.25, None)
    told = orjson.loads(capsys.readouterr().err)
    assert told.pop("time")
    assert told == {
        "level": "info", "logger": "streams.handled", "message": "detect article.fetch.v1[3]@7: edited",
        "stage": "detect", "topic": "article.fetch.v1", "partition": 3, "offset": 7, "article": "https://a.test/",
        "outcome": "edited", "seconds": 0.25, "traceparent": parent,
    }  # fmt: skip


@pytest.mark.parametrize(("is_terminal", "text"), [(True, "WARNING streams.y: so"), (False, '"message":"so"')])
def test_people_and_machines_are_told_apart(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, is_terminal: bool, text: str
) -> None:
    """Text on a terminal, JSON lines elsewhere."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    configure(Settings())
    logging.getLogger("streams.y").warning("so")
    logging.getLogger("streams.y").info("not so")
    said = capsys.readouterr().err
    assert text in said
    assert "not so" not in said
