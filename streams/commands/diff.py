"""`newsdiff diff`: the same diff for two files, without Kafka."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click
import orjson
from rich.console import Console

from agents.diff.compare import compare
from agents.diff.stamps import Stamps
from agents.diff.text import Text
from schemas.errors import BadRecordError, UnavailableError
from streams.files import read_whole
from streams.show import show_files, visible
from streams.show_html import page


class BadFileError(click.ClickException):
    """A file that cannot be compared."""

    exit_code = 2


@click.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The diff, its figures, labels and severity as JSON.")
@click.option("--html", "as_html", is_flag=True, help="One HTML page, side by side or in one column.")
def command(old: Path, new: Path, *, as_json: bool, as_html: bool) -> None:
    """Show what changed between two files.

    The first line of a text file is its title, each further line a paragraph; of an HTML file (.html, .htm) the article
    in it is read.
    """
    if as_json and as_html:
        raise click.UsageError("--json and --html exclude each other")
    prior, current = read_file(old), read_file(new)
    acknowledged = current.stamps.acknowledge_change_since(prior.stamps)
    found = compare(prior.text, current.text, language=current.language, acknowledged=acknowledged)
    if as_json:
        click.echo(orjson.dumps(found))
    elif as_html:
        click.echo(page(found, str(old), str(new)), nl=False)
    else:
        show_files(found, str(old), str(new), Console())


@dataclass(frozen=True, slots=True)
class Page:
    """What is compared, when the page says that it was last changed, and its language."""

    text: Text
    stamps: Stamps
    language: str | None


def read_file(path: Path) -> Page:
    """What is in a file.

    Raises:
        BadFileError: it cannot be read, is too large or not UTF-8, or has no article.
    """
    try:
        body = read_whole(path)
    except UnavailableError as error:
        raise BadFileError(str(error)) from None
    if {".html", ".htm"} & {suffix.lower() for suffix in path.suffixes[-2:]}:
        return _article(body, path)
    try:
        lines = [" ".join(line.split()) for line in body.decode("utf-8-sig").splitlines()]
    except UnicodeDecodeError as error:
        raise BadFileError(f"{visible(str(path))} is not text in UTF-8: {error.reason} at byte {error.start}") from None
    text = Text(title=lines[0] if lines else "", paragraphs=tuple(line for line in lines[1:] if line))
    return Page(text, Stamps(), None)


def _article(body: bytes, path: Path) -> Page:
    from agents.detect.page import read_page  # noqa: PLC0415 - the extractor takes a second to load

    try:
        reading = read_page(body)
    except BadRecordError as error:
        raise BadFileError(f"{visible(str(path))}: {error}") from None
    if not reading.paragraphs:
        raise BadFileError(f"{visible(str(path))}: there is no article in this page")
    if reading.notice:
        click.echo(f"newsdiff: {visible(str(path))} looks like {reading.notice}", err=True)
    text = Text(reading.title, reading.byline, reading.standfirst, tuple(p.text for p in reading.paragraphs))
    return Page(text, Stamps.of(reading.modified, (line.text for line in reading.furniture)), reading.language)
