"""`newsdiff rules`: list and test the rules per source, and learn them from what was read."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Iterable
from contextlib import aclosing
from pathlib import Path

import click

from agents.detect.folding import fold
from agents.detect.rules import Rules, is_ignored, rules_for
from agents.detect.url import canonical_url, host_of
from schemas import topics
from schemas.codec import decode
from schemas.errors import BadRecordError, NewsdiffError, SettingsError
from schemas.version import Version
from streams.kafka import committed_consumer, records_until_end
from streams.readers import Readers
from streams.rule_files import load_rules
from streams.settings import Settings
from streams.stored_fetches import Fetched, read_file

COMMON = 5
"""Articles of a source in which a paragraph stands that belongs to none of them."""


class FailedRulesError(NewsdiffError):
    """Rules do not read their own test pages as they say."""


@click.group("rules")
def command() -> None:
    """List, test and learn the rules per source.

    They are files in the folder NEWSDIFF_RULES, one for each host (example.com.txt), in the format of ftr-site-config.
    Workers read them when they start; another rule reads articles anew, and makes no change event.
    """


@command.command("list")
@click.pass_obj
def list_rules(settings: Settings) -> None:
    """List the rules: the host, how many lines of each kind, the version."""
    for host, rules in _folder(settings)[1].items():
        counts = {key: len(paths) for key, paths in rules.paths.items()} | {"ignore_text": len(rules.ignored)}
        told = " ".join(f"{key} {count}" for key, count in counts.items() if count)
        click.echo(f"{host}\t{told or 'nothing that is read'}\t{rules.version}")


@command.command("test")
@click.argument("pages", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def test_rules(settings: Settings, pages: tuple[Path, ...]) -> None:
    """Read each `test_url` in saved PAGES (as `newsdiff import` reads them), and look for each `test_contains`."""
    folder, known = _folder(settings)
    saved = {canonical_url(page.url): page for page in _fetches(pages)}
    readers, failed, tried = Readers(1, folder), 0, 0
    for rules in known.values():
        for url, contained in rules.tests:
            fetched = saved.get(canonical_url(url))
            told = "no page" if fetched is None else _failure(readers, fetched, contained)
            tried += fetched is not None
            failed += fetched is not None and bool(told)
            click.echo(f"{told or 'ok'}\t{rules.name}\t{url}")
    readers.close()
    if failed:
        raise FailedRulesError(f"{failed} failed, see above")
    if not tried:
        raise FailedRulesError("none of the pages is that of a test_url, so nothing was tested")


@command.command("learn")
@click.option("--host", help="Only of this host.")
@click.option("--articles", type=click.IntRange(2), default=COMMON, show_default=True, help="In so many at least.")
@click.option("--dry-run", is_flag=True, help="Show them, and write nothing.")
@click.pass_obj
def learn_rules(settings: Settings, host: str | None, articles: int, *, dry_run: bool) -> None:
    """Find paragraphs that stand in many articles of a host, and write them into its rules as `ignore_text`."""
    folder, known = _folder(settings)
    for of, lines in sorted(asyncio.run(_common(settings, articles)).items()):
        rules = rules_for(of, known)
        new = sorted(line for line in lines if rules is None or not is_ignored(line, rules))
        if not new or (host is not None and of != host.lower().removeprefix("www.")):
            continue
        for line in new:
            click.echo(f"{of}\t{lines[line]} articles\t{line}")
        if not dry_run:
            path = folder / f"{of}.txt" if rules is None else Path(rules.name)  # its own file would hide the other
            before = path.read_text("utf-8").rstrip("\n") + "\n" if path.exists() else ""
            path.write_text(before + "".join(f"ignore_text: {re.escape(line)}\n" for line in new), "utf-8")


def _folder(settings: Settings) -> tuple[Path, dict[str, Rules]]:
    if settings.rules is None:
        raise SettingsError("NEWSDIFF_RULES is not set: name the folder of the rules in it")
    return settings.rules, load_rules(settings.rules)


def _fetches(files: Iterable[Path]) -> Iterable[Fetched]:
    for file in files:
        for item, _ in read_file(file):
            if isinstance(item, BadRecordError):
                click.echo(f"newsdiff: {item}", err=True)
            else:
                yield item


def _failure(readers: Readers, fetched: Fetched, contained: Iterable[str]) -> str:
    """What is wrong with the reading of a page, "" where it is right."""
    try:
        reading = readers(fetched.body, host=host_of(canonical_url(fetched.url)))
    except BadRecordError as error:
        return f"FAILED: {error}"
    text = fold(" ".join((reading.title, *(paragraph.text for paragraph in reading.paragraphs))))
    missing = next((wanted for wanted in contained if fold(wanted) not in text), None)
    if missing is not None:
        return f"FAILED: {missing!r} was not read"
    return "" if reading.paragraphs else "FAILED: nothing was read"


async def _common(settings: Settings, articles: int) -> dict[str, dict[str, int]]:
    """By host, the paragraphs that stand in so many articles or more, and in how many.

    Articles that begin alike are one: copies of a text are not what is common to a paper.
    """
    articles_of: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    beginnings_of: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    async with committed_consumer(settings, topics.VERSION) as consumer:
        await consumer.seek_to_beginning(*consumer.assignment())
        async with aclosing(records_until_end(consumer)) as records:
            async for record in records:
                if record.value is None:
                    continue  # of a forgotten article
                try:
                    version = decode(record.value, Version, record.place)
                except BadRecordError as error:
                    click.echo(f"newsdiff: {error}", err=True)
                    continue
                host, texts = version.meta.domain.removeprefix("www."), [p.text for p in version.paragraphs]
                for text in texts:
                    articles_of[host][text].add(version.article.id)
                    beginnings_of[host][text].add(next((other for other in texts if other != text), ""))
    counted = {
        host: {text: min(len(ids), len(beginnings_of[host][text])) for text, ids in texts.items()}
        for host, texts in articles_of.items()
    }
    return {host: {t: n for t, n in texts.items() if n >= articles} for host, texts in counted.items()}
