"""The diff step: reads the versions of an article, keeps the newest, and publishes what each next one changed."""

from __future__ import annotations

from dataclasses import replace

from agents.diff.event import change
from agents.diff.row import Newest, decode_row, encode_row
from agents.step import Result
from schemas import topics
from schemas.cloudevent import event_headers
from schemas.codec import decode, encode
from schemas.errors import BadRecordError, Reason, shown
from schemas.record import Output, Record
from schemas.version import Version


def diff_step(record: Record, row: bytes | None) -> Result:
    """Handle one version event; `row` is the newest version of its article. A tombstone lets it be forgotten.

    Raises:
        BadRecordError: the record is no version event, or (`broken_chain`) does not follow the one that is known.
    """
    if record.value is None:
        return Result("forgotten", row=None, purge=True)
    version = decode(record.value, Version, record.place)
    prior = decode_row(row, f"the row for {record.place}") if row is not None else None
    if prior is not None and version.version <= prior.version:
        return Result("repeated")
    _check_chain(version, prior, record.place)
    newest = Newest.of(version)
    if prior is None:
        return Result("first", row=encode_row(newest))
    match version.kind:
        case "first" | "reread":
            return Result(version.kind, row=encode_row(newest))
        case "removed":
            newest = replace(newest, text=prior.text)  # what the article said before, should it come back
            event = change(prior, version, "removed")
        case kind:
            event = change(prior, version, kind)
    headers = event_headers(event.meta, event.article.url, record.header("traceparent"))
    output = Output(topics.CHANGE, record.key, encode(event), headers)
    return Result(version.kind, (output,), encode_row(newest))


def _check_chain(version: Version, prior: Newest | None, place: str) -> None:
    known = prior.ref if prior else None
    if version.previous != known or (known is None) != (version.kind == "first"):
        raise BadRecordError(
            Reason.BROKEN_CHAIN,
            f"{place}: version {version.version} ({version.kind}) of {shown(version.article.url)} follows "
            f"{version.previous}, the newest that is known is {known}: replay the article's versions in their order",
        )
    if prior is not None and prior.removed != (version.kind == "returned"):
        state = "gone" if prior.removed else "there"
        raise BadRecordError(
            Reason.BROKEN_CHAIN,
            f"{place}: {shown(version.article.url)} is {state}, so version {version.version} cannot be {version.kind}",
        )
