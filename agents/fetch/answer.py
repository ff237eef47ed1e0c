"""What came of asking for a URL."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Failure(StrEnum):
    """Why there is no answer that can be used."""

    BAD_URL = "bad_url"
    """No http or https URL, or one with a user in it."""
    REFUSED_ADDRESS = "refused_address"
    """The address is none of the public internet, or the port none of a web server."""
    NO_ADDRESS = "no_address"
    """The name of the host has no address."""
    NO_CONNECTION = "no_connection"
    """Nobody answers there, or the connection was cut."""
    BAD_TLS = "bad_tls"
    """The certificate is not valid for the host, or TLS failed."""
    TIMEOUT = "timeout"
    """The answer was not complete in time, or came to a stand."""
    TOO_LARGE = "too_large"
    """The body or the headers have more bytes than are read."""
    BAD_ENCODING = "bad_encoding"
    """The content encoding is unknown, or the body is not what it says."""
    BAD_ANSWER = "bad_answer"
    """It is not HTTP, or less than it promises."""
    DISALLOWED = "disallowed"
    """A redirect leads to what robots.txt does not allow."""
    BAD_REDIRECT = "bad_redirect"
    """A redirect leads nowhere, in a circle, or on and on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of asking for `url`.

    `final_url`: where redirects led; where the last one led to another host, which was not asked, `status` is that
    redirect's. `seconds`: until the answer was complete. `links`: its Link headers. `body`: decompressed. `detail`:
    why there is a `failure`, for a person.
    """

    url: str
    final_url: str
    seconds: float
    status: int | None = None
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    retry_after: str | None = None
    links: str | None = None
    body: bytes = b""
    failure: Failure | None = None
    detail: str = ""

    @property
    def leads_away(self) -> bool:
        """Whether it is a redirect to another host."""
        return self.failure is None and self.status in REDIRECTS


REDIRECTS = frozenset({301, 302, 303, 307, 308})
