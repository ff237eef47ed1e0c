"""Prints a digest of all that is found between the versions of `tests/labels`."""

from __future__ import annotations

import hashlib
import sys

import orjson
from labelled import Version, pairs

from agents.diff.compare import compare
from agents.diff.text import Text


def text(version: Version) -> Text:
    """A version as it is compared."""
    return Text(version.title, version.byline, version.standfirst, version.paragraphs)


digest = hashlib.sha256()
for half in ("known", "held"):
    for pair in pairs(half):
        digest.update(orjson.dumps(compare(text(pair.old), text(pair.new))))
sys.stdout.write(digest.hexdigest())
