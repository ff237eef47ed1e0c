"""The archive holds what the topics tell, whatever order they are read in and however often."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from archive_database import archived, refusal_of_site
from archive_history import NOON, history, record, schedule, url, versions
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from agents.archive import tables
from agents.archive.batch import batch_of
from agents.archive.migrations import migrate
from agents.archive.store import Store, open_engine
from agents.archive.words import matching
from agents.detect.url import article_id
from schemas import topics
from schemas.errors import UnavailableError
from schemas.record import Record
from schemas.takedown import Takedown

Rows = dict[str, list[tuple[Any, ...]]]


async def rows(engine: AsyncEngine) -> Rows:
    """All rows of all tables but the progress, and the words that can be searched for."""
    async with engine.connect() as connection:
        found = {
            table.name: sorted(map(tuple, await connection.execute(select(table))), key=repr)
            for table in tables.metadata.sorted_tables
            if table is not tables.progress
        }
        for word in ("harbour", "lantern", "nowhere"):
            found[word] = [(each,) for each in sorted(await search(connection, word))]
        return found


async def search(connection: Any, query: str, *, by_author: bool = False) -> list[str]:
    """The ids of the articles with these words."""
    matched = matching(connection.dialect.name, query, by_author=by_author)
    if matched is None:
        return []
    condition, values = matched
    statement = text(f"SELECT DISTINCT article_id FROM document WHERE {condition}")
    return list((await connection.execute(statement, values)).scalars())


async def stored(engine: AsyncEngine, *batches: Sequence[Record]) -> Rows:
    """The rows after some batches."""
    for batch in batches:
        await Store(engine).write(batch_of(batch))
    return await rows(engine)


def test_migrations_make_the_tables(database: str) -> None:
    """Whoever adds a column adds the step that makes it."""

    async def use(engine: AsyncEngine) -> list[Any]:
        await migrate(engine)  # nothing is left to do
        async with engine.connect() as connection:
            return await connection.run_sync(
                lambda it: compare_metadata(MigrationContext.configure(it), tables.metadata)
            )

    ours = {"words", "words_config", "words_data", "words_docsize", "words_idx", "authors", "alembic_version"}
    differences = [
        each for each in archived(database, use) if not any(name in repr(each) for name in ours | {"document_words"})
    ]
    assert differences == []


def test_what_an_older_archive_holds_becomes_rows_of_today(database: str) -> None:
    """An upgrade leaves an archive as it would be, had it been of today from its beginning."""
    records = history(5)
    older = (
        "DROP INDEX change_label_source",
        "DROP INDEX change_label_newest",
        "CREATE INDEX change_label_newest ON change_label (label, dt, change_id)",
        "ALTER TABLE change_label DROP COLUMN source",
        "ALTER TABLE change_label DROP COLUMN kind",
        "UPDATE alembic_version SET version_num = '0002'",
    )

    async def use(engine: AsyncEngine) -> tuple[Rows, Rows]:
        before = await stored(engine, records)
        async with engine.begin() as connection:
            for statement in older:
                await connection.execute(text(statement))
        await migrate(engine)
        return before, await rows(engine)

    before, after = archived(database, use)
    assert before["change_label"]
    assert after == before


def test_what_an_older_program_stores_after_an_upgrade_is_completed(database: str) -> None:
    """Of two sites, the old one may go on to store while the new one has made the tables those of today."""
    records = history(5)

    async def use(engine: AsyncEngine) -> tuple[Rows, Rows]:
        before = await stored(engine, records)
        async with engine.begin() as connection:
            ids = (await connection.execute(text("SELECT min(id), max(id) FROM change"))).one()
            for id_ in ids:
                labels = text("SELECT label, dt FROM change_label WHERE change_id = :id")
                its = (await connection.execute(labels, {"id": id_})).all()
                await connection.execute(text("DELETE FROM change_label WHERE change_id = :id"), {"id": id_})
                older = text("INSERT INTO change_label (change_id, label, dt) VALUES (:id, :label, :dt)")
                await connection.execute(older, [{"id": id_, "label": row.label, "dt": row.dt} for row in its])
        assert await rows(engine) != before
        await Store(engine).complete()
        return before, await rows(engine)

    before, after = archived(database, use)
    assert after == before


def test_a_change_that_is_stored_gets_no_labels_from_another_event_with_its_id(database: str) -> None:
    """Whatever is read again, a change and its labels are those of one event."""
    records = history(5)
    last = max(n for n, each in enumerate(records) if each.topic == topics.CHANGE)
    value = (records[last].value or b"").replace(b'"name":"headline"', b'"name":"quotes"')
    assert value != records[last].value
    other = replace(records[last], value=value, offset=records[last].offset + 1000)

    async def use(engine: AsyncEngine) -> tuple[Rows, Rows]:
        return await stored(engine, records), await stored(engine, [other])

    before, after = archived(database, use)
    assert after == before


def test_any_order_of_the_topics_and_any_batches_make_the_same_rows(database: str) -> None:
    """A rebuilt archive is equal, row by row, to one that was there from the beginning."""
    records = history(20)
    whole = archived(database, lambda engine: stored(engine, records))
    assert len(whole["version"]) == 60
    assert len(whole["change"]) == 40
    assert whole["harbour"]
    for seed in range(3):
        random = Random(seed)
        streams = [[each for each in records if (each.topic, each.partition) == place] for place in places(records)]
        mixed = []
        while streams := [stream for stream in streams if stream]:
            mixed.append(random.choice(streams).pop(0))
        cuts = sorted(random.sample(range(len(mixed)), 10))
        batches = [mixed[a:b] for a, b in zip([0, *cuts], [*cuts, len(mixed)], strict=True)]
        assert archived(database, lambda engine, batches=batches: stored(engine, *batches)) == whole


def places(records: Sequence[Record]) -> list[tuple[str, int]]:
    """The partitions that some records stand in."""
    return list(dict.fromkeys((each.topic, each.partition) for each in records))


def test_what_is_read_again_changes_nothing(database: str) -> None:
    """Killed at any moment, it reads anew from where its rows end, or from the beginning."""
    records = history(10)

    async def use(engine: AsyncEngine) -> tuple[Rows, Rows]:
        return await stored(engine, records), await stored(engine, records[: len(records) // 2], records)

    once, again = archived(database, use)
    assert once == again


def test_progress_is_stored_with_the_rows(database: str) -> None:
    """It is the offset after the last record of each partition, also of one that could not be read."""
    records = history(3)
    bad = replace(records[0], offset=10_000, value=b"what is this")

    async def use(engine: AsyncEngine) -> dict[tuple[str, int], int]:
        await stored(engine, records, [bad])
        return await Store(engine).progress()

    progress = archived(database, use)
    assert progress[bad.topic, bad.partition] == 10_001
    for place in set(places(records)) - {(bad.topic, bad.partition)}:
        assert progress[place] == max(each.offset for each in records if (each.topic, each.partition) == place) + 1


def test_a_bad_record_is_left_out_and_told(database: str) -> None:
    """It is named with its place; the others of its batch are stored."""
    records = history(2)
    bad = replace(records[0], value=b'{"$schema": "urn:newsdiff:schema:article.version.v1"}')
    batch = batch_of([bad, *records[1:]])
    assert [bad.place in str(each) for each in batch.bad] == [True]
    assert len(archived(database, lambda engine: stored(engine, [bad, *records[1:]]))["version"]) == 5


def test_what_postgres_cannot_keep_is_left_out_of_columns(database: str) -> None:
    """A title with a NUL is stored without it; the event stays as it came."""
    first = history(1)[0]
    assert first.value is not None
    odd = replace(first, value=first.value.replace(b"Story 0", b"Story\\u0000 0"))
    assert archived(database, lambda engine: stored(engine, [odd]))["article"][0][3].startswith("Story 0")


def test_words_are_found(database: str) -> None:
    """All words of a query must be there, the last one may be a beginning; nobody can write a query of their own."""

    async def use(engine: AsyncEngine) -> dict[str, int]:
        await stored(engine, history(6))
        queries = (
            "story harb",
            "HARBOUR",
            "harbour nowhere",
            'harbour" OR "nowhere',
            "'; --",
            "",
            "* ) NEAR",
            "a" * 9999,
        )
        async with engine.connect() as connection:
            found = {query: len(await search(connection, query)) for query in queries}
            found["author"] = len(await search(connection, "ann3", by_author=True))
            found["no author"] = len(await search(connection, "harbour", by_author=True))
            return found

    found = archived(database, use)
    assert found.pop("HARBOUR") == found.pop("story harb") == 6
    assert found.pop("author") == 1
    assert set(found.values()) == {0}


@pytest.mark.parametrize("comes", ["first", "last"])
def test_what_is_forgotten_is_nowhere(database: str, comes: str) -> None:
    """No row and no word of the article is left, and it does not come back when all is read again."""
    records = history(4)
    wish = record(Takedown(url=url(1), state="forgotten", why="a court said so", at=NOON), 0)

    async def use(engine: AsyncEngine) -> Rows:
        batches = [[wish], records] if comes == "first" else [records, [wish], records]
        return await stored(engine, *batches)

    found = archived(database, use)
    kept = archived(database, lambda engine: stored(engine, [each for each in records if each.key != url(1).encode()]))
    assert len(found.pop("takedown")) == 1
    kept.pop("takedown")
    assert found == kept


def test_what_was_forgotten_stays_so_when_it_is_read_again(database: str) -> None:
    """What comes after the release is stored; what was fetched before is not, also in an archive that is made anew."""
    records = history(2)
    first, second = (
        records[0],
        next(each for each in records if each.topic == topics.VERSION and b'"version":2' in (each.value or b"")),
    )
    at = NOON + timedelta(hours=5)
    wish = Takedown(url=url(0), state="forgotten", why="a court said so", at=at)
    taken, released = record(wish, 0), record(replace(wish, released=True), 1)
    assert first.key == second.key == url(0).encode()

    async def use(engine: AsyncEngine) -> Rows:
        return await stored(engine, [first], [taken], [released], [second])

    async def anew(engine: AsyncEngine) -> Rows:
        return await stored(engine, [released], [first, second])

    found = archived(database, use)
    assert [row[1] for row in found["version"]] == [2]
    assert len(found["article"]) == 1
    assert archived(database, anew) == found


def test_a_release_that_is_read_with_its_wish_forgets_too(database: str) -> None:
    """An archive that was down meanwhile finds both in one batch, or only the release, and is equal to the others."""
    records = history(2)
    wish = Takedown(url=url(0), state="forgotten", why="a court said so", at=NOON + timedelta(days=1))
    taken, released = record(wish, 0), record(replace(wish, released=True), 1)

    def found(*batches: Sequence[Record]) -> Rows:
        rows = archived(database, lambda engine: stored(engine, *batches))
        del rows["watching"]  # the schedule tells itself what becomes of its rows
        return rows

    apart = found(records, [taken], [released])
    assert {row[0] for row in apart["version"]} == {article_id(url(1))}
    assert found(records, [taken, released]) == found(records, [released]) == found([released], records) == apart


def test_what_begins_anew_after_a_release_is_kept_in_any_batch(database: str) -> None:
    """Its versions have the numbers, and the first maybe the id, of those that are forgotten."""
    wish = Takedown(url=url(0), state="forgotten", why="a court said so", at=NOON + timedelta(days=1))
    released = record(replace(wish, released=True), 0)
    old = history(1, 2)
    later = timedelta(days=2)
    events = [replace(event, fetched_at=event.fetched_at + later) for event in versions(0, 2, Random(5))]
    new = [record(event, 900 + number) for number, event in enumerate(events)]
    one = archived(database, lambda engine: stored(engine, [released, *old, *new]))
    assert len(one["version"]) == 2
    assert one == archived(database, lambda engine: stored(engine, [released], old, new))


def test_what_is_forgotten_cannot_be_read_in_the_file(tmp_path: Path) -> None:
    """Neither in the rows, nor in the index of words, nor in the write-ahead log: what was there is overwritten."""
    path = tmp_path / "archive.db"
    wish = record(Takedown(url=url(0), state="forgotten", why="a court said so", at=NOON), 0)
    event = next(versions(0, 1, Random(0)))
    secret = record(replace(event, title="Zanzibarquark"), 0)
    others = [each for each in history(5) if each.key != url(0).encode()]

    async def use(engine: AsyncEngine) -> None:
        await stored(engine, [secret], others)
        async with engine.connect() as connection:
            await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        assert b"zanzibarquark" in path.read_bytes()
        await stored(engine, [wish])
        for file in (path, path.with_name("archive.db-wal")):
            assert b"anzibarquark" not in file.read_bytes()

    archived(f"sqlite:///{path}", use)
    assert b"anzibarquark" not in path.read_bytes()


def test_a_reader_delays_what_is_overwritten_and_no_more(tmp_path: Path) -> None:
    """While somebody reads what was there, what was forgotten stays in the files; after the next batch it is gone."""
    path = tmp_path / "archive.db"
    files = (path, path.with_name("archive.db-wal"))
    wish = record(Takedown(url=url(0), state="forgotten", why="a court said so", at=NOON), 0)
    secret = record(replace(next(versions(0, 1, Random(0))), title="Zanzibarquark"), 0)

    async def use(engine: AsyncEngine) -> None:
        store = Store(engine)
        await store.write(batch_of([secret]))
        async with engine.connect() as reader:
            await reader.exec_driver_sql("PRAGMA busy_timeout=0")
            await reader.exec_driver_sql("BEGIN")
            await reader.execute(select(tables.article))
            await store.write(batch_of([wish]))
            assert any(b"anzibarquark" in file.read_bytes() for file in files)
        await store.write(batch_of(history(1)))
        assert not any(b"anzibarquark" in file.read_bytes() for file in files)

    archived(f"sqlite:///{path}", use)


def test_what_is_hidden_is_kept(database: str) -> None:
    """Its rows stay, and a tombstone takes the takedown back."""
    records = history(2)
    hide = record(Takedown(url=url(1), state="hidden", why="a mistake", at=NOON), 0)
    unhide = replace(hide, value=None, offset=1)
    found = archived(database, lambda engine: stored(engine, records, [hide]))
    assert (len(found["article"]), len(found["takedown"])) == (2, 1)
    found = archived(database, lambda engine: stored(engine, records, [hide], [unhide]))
    assert found["takedown"] == []


def test_one_process_stores_at_a_time(server: str) -> None:
    """Another one may when the first has ended, however it did."""

    async def use(engine: AsyncEngine) -> None:
        other = open_engine(server)
        async with Store(engine).alone() as first, Store(other).alone() as second:
            assert (first, second) == (True, False)
        async with Store(other).alone() as second:
            assert second
            await asyncio.gather(migrate(engine), migrate(other))
        await other.dispose()

    archived(server, use)


def test_who_has_lost_the_lock_stores_no_more(server: str) -> None:
    """A database that was restarted knows of no lock: another process may store by now."""

    async def use(engine: AsyncEngine) -> None:
        store = Store(engine)
        async with store.alone() as is_alone:
            assert is_alone
            await store.write(batch_of(history(1)))
            async with engine.connect() as connection:
                await connection.execute(
                    text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
                )
            with pytest.raises(UnavailableError, match="lock"):
                await store.write(batch_of(history(2)))

    archived(server, use)


def test_an_archive_belongs_to_one_cluster(database: str) -> None:
    """The offsets of another one would not be its own."""

    async def use(engine: AsyncEngine) -> list[str]:
        return [await Store(engine).claim(cluster) for cluster in ("one", "one", "other")]

    assert archived(database, use) == ["one"] * 3


def test_what_is_watched_no_longer_has_no_row(database: str) -> None:
    """A tombstone on the schedule topic ends it, and a mark that a person does not want it."""
    wish = record(schedule(0), 0)
    assert len(archived(database, lambda engine: stored(engine, [wish]))["watching"]) == 1
    for end in (replace(wish, value=None), record(replace(schedule(0), unwatched=True), 1)):
        assert archived(database, lambda engine, end=end: stored(engine, [wish], [end]))["watching"] == []
    assert wish.topic == topics.SCHEDULE


def test_an_archive_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    """The site ends with one line that says so, and has changed nothing."""
    url = f"sqlite:///{tmp_path / 'archive.db'}"

    async def use(engine: AsyncEngine) -> None:
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = 'newer'"))

    archived(url, use)
    said = refusal_of_site(url, tmp_path)
    assert "'newer'" in said
    assert "see NEWSDIFF_DATABASE_URL" in said
