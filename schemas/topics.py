"""The names of the topics. What they are made of (partitions, retention, sizes) is in `streams/topics.py`."""

from __future__ import annotations

WATCH = "article.watch.v1"
SCHEDULE = "article.schedule.v1"
FETCH_REQUEST = "article.fetch-request.v1"
CHECK = "article.check.v1"
FETCH = "article.fetch.v1"
VERSION = "article.version.v1"
CHANGE = "article.change.v1"
OUTCOME = "article.outcome.v1"
DEAD_LETTER = "article.dead-letter.v1"
TAKEDOWN = "article.takedown.v1"
