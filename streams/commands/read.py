"""`newsdiff read`: what is read from a page and what is left out, rung by rung."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.text import Text

from agents.detect.furniture import is_furniture
from agents.detect.no_article import why_no_article
from agents.detect.reading import Reading
from agents.detect.rules import Rules, is_ignored, rules_for
from agents.detect.url import canonical_url, host_of
from agents.fetch.answer import Answer
from agents.fetch.client import Client
from schemas.errors import BadRecordError, NewsdiffError, UnavailableError
from streams.files import read_whole
from streams.readers import Readers
from streams.rule_files import load_rules
from streams.settings import Settings
from streams.show import visible

OK = 200

WARM_UP = b"<p>Nothing.</p>"
"""A page that is read first, so that the time of the next one is not that of a start."""


class UnreadFileError(NewsdiffError):
    """Some of the files could not be read."""


@dataclass(frozen=True, slots=True)
class Read:
    """What came of one file or URL: a reading, or what was wrong. Milliseconds: for what is visible, and for all."""

    file: str
    outcome: str
    reason: str | None
    reading: Reading
    visible_ms: float
    reading_ms: float


@click.command("read")
@click.argument("files", metavar="FILE|URL...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One object a line.")
@click.option("--host", default="", help="The host that the pages are from, whose rules they are read by.")
@click.pass_obj
def command(settings: Settings, files: tuple[str, ...], *, as_json: bool, host: str) -> None:
    """Show what is read from HTML pages (files, also .gz, .xz, .zst, or URLs): the article, what is left out, the time.

    It is read as the service reads it: so this tells why an edit was seen, or was not.
    """
    every_rule = load_rules(settings.rules)
    readers, console, unread = Readers(1, settings.rules), Console(), 0
    readers(WARM_UP)
    for file in files:
        try:
            body, name = _body(settings, file)
            read = _read(readers, body, file, host or name)
        except UnavailableError as error:
            click.echo(f"newsdiff: {error}", err=True)
            unread += 1
            continue
        if as_json:
            click.echo(_as_json(read))
        else:
            _print(read, rules_for(host or name, every_rule), console)
    readers.close()
    if unread:
        raise UnreadFileError(f"{unread} of {len(files)} files could not be read, see above")


def _body(settings: Settings, file: str) -> tuple[bytes, str]:
    """What is in a file or answers to a URL, and the host of the latter.

    Raises:
        UnavailableError: it cannot be had.
    """
    if "://" not in file:
        return read_whole(Path(file)), ""
    answer = asyncio.run(_ask(settings, file))
    if answer.failure is not None or answer.status != OK:
        why = f"{answer.failure}: {answer.detail}" if answer.failure else f"it answers with status {answer.status}"
        raise UnavailableError(f"{visible(file)} cannot be read: {why}")
    return answer.body, host_of(canonical_url(answer.final_url))


async def _ask(settings: Settings, url: str) -> Answer:
    async with Client(settings.contact, allowed=settings.inside_addresses) as client:
        return await client.get(url, any_host=True)


def _read(readers: Readers, body: bytes, file: str, host: str) -> Read:
    began = time.perf_counter()
    try:
        reading = readers(body, host=host)
    except BadRecordError as error:
        return Read(file, "dead_letter", f"{error.reason}: {error}", Reading(), 0.0, _since(began))
    reading_ms = _since(began)
    began = time.perf_counter()
    readers(body, None, reading.visible)
    reason = why_no_article(reading.canonical or "", reading, None)
    return Read(file, "not_article" if reason else "article", reason, reading, _since(began), reading_ms)


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 2)


def _as_json(read: Read) -> bytes:
    fields = ("title", "headline", "byline", "standfirst", "published", "modified", "language", "section", "image")
    told = {name: getattr(read.reading, name) for name in fields}
    rest = {
        "paragraphs": read.reading.paragraphs,
        "furniture": read.reading.furniture,
        "extractor": read.reading.extractor,
        "flags": read.reading.flags,
        "outcome": read.outcome,
        "reason": read.reason,
        "milliseconds": {"visible": read.visible_ms, "article": read.reading_ms},
    }
    return orjson.dumps({"file": read.file, **told, **rest})


def _print(read: Read, rules: Rules | None, console: Console) -> None:
    reading = read.reading
    _line(console, read.file, "dim")
    _line(console, reading.title, "bold")
    facts = (reading.byline, reading.published, reading.modified, reading.language, reading.section, *reading.flags)
    _line(console, " · ".join(filter(None, facts)), "")
    _line(console, reading.standfirst or "", "italic")
    if read.reason:
        _line(console, f"{read.outcome}: {read.reason}", "red")
    for paragraph in reading.paragraphs:
        _line(console, f"{paragraph.kind:8} {paragraph.text}", "")
    for paragraph in reading.furniture:
        _line(console, f"left out, {_why_left_out(paragraph.text, rules)}: {paragraph.text}", "dim")
    took = f"visible text in {read.visible_ms:.1f} ms, article in {read.reading_ms:.1f} ms, {reading.extractor}"
    _line(console, took, "dim")
    console.print()


def _why_left_out(text: str, rules: Rules | None) -> str:
    if rules and is_ignored(text, rules):
        return "by the rules"
    return "by its wording" if is_furniture(text, linked=True) else "by its place or its links"


def _line(console: Console, text: str, style: str) -> None:
    if text:
        console.print(Text(visible(text), style), soft_wrap=not console.is_terminal)
