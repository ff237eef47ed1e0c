"""Kafka's log directory: formatted once, and found to be this node's ever after."""

from __future__ import annotations

import shutil
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import uuid4

from schemas.errors import UnavailableError
from streams.embedded.configuration import LOG_DIRECTORY, as_file
from streams.embedded.java import JavaProcess

FORMAT_TIMEOUT = 60.0
"""Seconds that formatting may take. It takes one."""

UNFINISHED = "log.new"


def new_cluster_id() -> str:
    """The id of a new cluster."""
    return urlsafe_b64encode(uuid4().bytes).decode().rstrip("=")


def prepare_log(
    directory: Path, properties: Mapping[str, str], cluster_id: str, run: Callable[[list[str]], JavaProcess]
) -> None:
    """Format the log directory in `directory`, where there is none; `run` starts a main class with arguments.

    Raises:
        UnavailableError: what is there is not this node's, or it cannot be formatted.
    """
    log = directory / LOG_DIRECTORY
    if log.exists():
        _check(log, properties["node.id"])
        return
    # Formatted beside its place and then moved, so that what is interrupted is done again.
    new = directory / UNFINISHED
    shutil.rmtree(new, ignore_errors=True)
    (directory / "format.properties").write_text(as_file({**properties, "log.dirs": UNFINISHED}))
    # With '=', since one id in 64 begins with a dash.
    java = run(["kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}", "--config=format.properties"])
    try:
        if not java.wait(FORMAT_TIMEOUT) or java.exit_code != 0:
            raise UnavailableError(f"Kafka's log directory cannot be formatted: {java.last_words}")
    finally:
        java.kill()
    new.rename(log)


def _check(log: Path, node_id: str) -> None:
    try:
        lines = (log / "meta.properties").read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        raise UnavailableError(f"{log} was not made by Kafka: set NEWSDIFF_DATA to another directory") from None
    meta = dict(line.split("=", 1) for line in lines if "=" in line)
    if meta.get("node.id") != node_id:
        raise UnavailableError(
            f"{log} belongs to node {meta.get('node.id')} of the Kafka cluster {meta.get('cluster.id')}: set "
            "NEWSDIFF_DATA to another directory"
        )
