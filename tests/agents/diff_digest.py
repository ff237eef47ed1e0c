"""Prints a digest of all that is found between the versions of `tests/labels`."""

from __future__ import annotations

import hashlib
import sys

import orjson
from labelled import pairs, text

from agents.diff.compare import compare

digest = hashlib.sha256()
for half in ("known", "held"):
    for pair in pairs(half):
        digest.update(orjson.dumps(compare(text(pair.old), text(pair.new))))
sys.stdout.write(digest.hexdigest())
