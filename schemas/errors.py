"""The error tree.

NewsdiffError
├── SettingsError       a setting or an option is wrong: fix it and start again
├── UnavailableError    something that is needed cannot be had: a broker, a port, a disk, a download
├── TopicError          a topic is not as it has to be
├── WriteError          Kafka did not take a record
└── BadRecordError      one record cannot be used: it goes to the dead letters under its `Reason`
"""

from __future__ import annotations

import reprlib
from enum import StrEnum

_short = reprlib.Repr()
_short.maxstring = _short.maxother = 100
_short.maxlevel = 1


def shown(value: object) -> str:
    """A value as it stands in messages: its repr, of some hundred characters at most."""
    return _short.repr(value)[:200]


class Reason(StrEnum):
    """Why a record went to the dead letters; the value of their `reason` header."""

    NO_VALUE = "no_value"
    """The record has no value (a tombstone on a topic that has none)."""
    NOT_AN_EVENT = "not_an_event"
    """Neither binary nor structured CloudEvents, nor what the topic carries."""
    BAD_JSON = "bad_json"
    """The value should be JSON and is not, or is nested too deeply."""
    BAD_FIELD = "bad_field"
    """A field is missing, or has the wrong type or an impossible value."""
    BAD_URL = "bad_url"
    """The URL is no http or https URL."""
    BAD_TIME = "bad_time"
    """The time of the fetch is no time, or lies after the time at which the record was written."""
    BAD_ENCODING = "bad_encoding"
    """The content encoding is unknown, or the body is not what it says."""
    UNKNOWN_CONTENT_TYPE = "unknown_content_type"
    """The body is neither HTML nor an extracted article."""
    TOO_LARGE = "too_large"
    """The body, once decompressed, or the event made from it is larger than what is allowed."""
    TOO_COMPLEX = "too_complex"
    """The page has more tags, or deeper nesting, than can be read in bounded time."""
    UNREADABLE = "unreadable"
    """The extractor failed on the page."""
    BROKEN_CHAIN = "broken_chain"
    """A version does not follow the one that is known."""
    FAILED = "failed"
    """The step itself failed on the record: a fault of this program."""


class NewsdiffError(Exception):
    """The root of every error that this project raises on purpose."""


class SettingsError(NewsdiffError):
    """A setting or a command line option is wrong."""


class UnavailableError(NewsdiffError):
    """Something that is needed cannot be reached, started, opened or written."""


class TopicError(NewsdiffError):
    """A topic is missing or differs from what it has to be."""


class WriteError(NewsdiffError):
    """Kafka refused a record, or did not confirm it in time."""


class BadRecordError(NewsdiffError):
    """One record cannot be used.

    `str()` of it is the sentence for a person: the value, the place, what to do.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
