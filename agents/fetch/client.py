"""Asks for URLs over HTTP, and outlives whatever answers."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from importlib.metadata import version
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import aiohttp
from aiohttp import ClientResponse, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector
from yarl import URL

from agents.fetch.answer import REDIRECTS, Answer, Failure
from agents.fetch.guard import RefusedAddressError, socket_factory
from schemas.content_encoding import MAX_BODY, decompress
from schemas.errors import BadRecordError, Reason, shown

LOOKUPS = 128
"""Names that are looked up at once, each in a thread, for long where no name server answers: more than hosts are asked
at once, so that a thread is left for whatever else waits for one."""

MAX_REDIRECTS = 10
MAX_LINE = 8 * 1024
MAX_HEADERS = 64 * 1024
MAX_VALUE = 1024
"""Bytes of a header that is kept."""

ACCEPT = "text/html,application/xhtml+xml,application/atom+xml,application/rss+xml;q=0.9,*/*;q=0.5"


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for a whole answer with its redirects, for the next byte, and for a connection."""

    total: float = 60.0
    idle: float = 15.0
    connect: float = 10.0


class Client:
    """A context in which URLs can be asked for, in one event loop.

    `contact`: a URL or a mail address that goes into the User-Agent. `allowed`: HOST:PORT of what may be asked although
    it is not on the public internet. `trusted`: certificates beside those of the system.
    """

    def __init__(
        self,
        contact: str | None = None,
        *,
        allowed: frozenset[str] = frozenset(),
        limits: Limits = Limits(),
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        self._limits = limits
        self._opened: ClientSession | None = None
        self._allowed = allowed
        self._trusted = trusted
        about = f"; +{contact}" if contact else ""
        self._headers = {
            "User-Agent": f"newsdiff/{version('newsdiff')} (news archive bot{about})",
            "Accept": ACCEPT,
            "Accept-Encoding": "gzip, deflate, br, zstd",
        }

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._opened is not None:
            await self._opened.close()

    @property
    def _session(self) -> ClientSession:
        """The session, opened where it is first used: it belongs to the event loop there.

        The default executor of that loop is replaced by one of LOOKUPS threads.
        """
        if self._opened is None:
            limits = self._limits
            # Names are looked up in the threads of the loop, of which there are a handful by default.
            asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(LOOKUPS, thread_name_prefix="lookup"))
            factory = socket_factory(self._allowed)
            self._opened = ClientSession(
                connector=TCPConnector(socket_factory=factory, ssl=self._trusted or True, limit_per_host=1, limit=0),
                timeout=ClientTimeout(total=None, sock_connect=limits.connect, sock_read=limits.idle),
                cookie_jar=DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                max_line_size=MAX_LINE,
                max_field_size=MAX_LINE,
                max_headers=MAX_HEADERS // 512,
                headers=self._headers,
            )
        return self._opened

    async def get(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        any_host: bool = False,
        allows: Callable[[str], bool] = lambda _: True,
    ) -> Answer:
        """Ask for a URL and follow its redirects, without `any_host` only those to the same host.

        Never raises for what the network or a host does. With an `etag` or `last_modified` of an earlier answer, it may
        be a 304. `allows`: whether the URL that a redirect leads to may be asked for.
        """
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in conditions.items() if value}
        return await self._outlived(url, lambda answer: self._followed(answer, headers, allows, any_host=any_host))

    async def _outlived(self, url: str, ask: Callable[[Answer], Awaitable[Answer]]) -> Answer:
        """What came of asking, whatever came."""
        began = time.monotonic()
        answer = Answer(url=url, final_url=url, seconds=0.0)
        try:
            async with asyncio.timeout(self._limits.total):
                answer = await ask(answer)
        except TimeoutError:
            answer = _failed(answer, Failure.TIMEOUT, "there was no complete answer in time")
        except ProblemError as error:
            answer = _failed(answer, error.failure, str(error))
        except (aiohttp.ClientError, OSError, ValueError) as error:
            answer = _failed(answer, *_told(error))
        return replace(answer, seconds=time.monotonic() - began)

    async def post(self, url: str, form: Mapping[str, str]) -> Answer:
        """Send a form, and see how it is answered: the body is not read, and redirects are not followed.

        Never raises for what the network or a host does.
        """
        return await self._outlived(url, lambda answer: self._sent(answer, form))

    async def _sent(self, answer: Answer, form: Mapping[str, str]) -> Answer:
        target = _checked(answer.url)
        async with self._session.post(target, data=form, allow_redirects=False) as response:
            answer = _of(answer, response)
            response.close()
        return answer

    async def _followed(
        self, answer: Answer, headers: Mapping[str, str], allows: Callable[[str], bool], *, any_host: bool
    ) -> Answer:
        seen = set()
        for _ in range(MAX_REDIRECTS + 1):
            url = answer.final_url
            target = _checked(url)
            seen.add(str(target))
            async with self._session.get(target, headers=headers, allow_redirects=False) as response:
                answer = _of(answer, response)
                if response.status not in REDIRECTS:
                    return replace(answer, body=await _body(response))
                response.close()
            location = response.headers.get("Location", "").strip()
            if not location:
                raise ProblemError(Failure.BAD_REDIRECT, f"status {response.status} without a Location")
            answer = replace(answer, final_url=_joined(url, location))
            if not any_host and _paced(_checked(answer.final_url)) != _paced(target):
                return answer
            if not allows(answer.final_url):
                raise ProblemError(Failure.DISALLOWED, "robots.txt does not allow where a redirect leads")
            if str(_checked(answer.final_url)) in seen:
                raise ProblemError(Failure.BAD_REDIRECT, "redirects lead in a circle")
        raise ProblemError(Failure.BAD_REDIRECT, f"there are more than {MAX_REDIRECTS} redirects")


class ProblemError(Exception):
    """Why an answer cannot be used."""

    def __init__(self, failure: Failure, detail: str) -> None:
        super().__init__(detail)
        self.failure = failure


def _checked(url: str) -> URL:
    """The URL as it is asked for; what is in it is never told, since it may be a secret."""
    try:
        parsed = URL(url)
        if parsed.scheme not in ("http", "https") or not parsed.host:
            raise ProblemError(Failure.BAD_URL, "it is neither http nor https, or has no host")
        has_user = parsed.user is not None or parsed.password is not None
    except ValueError:
        raise ProblemError(Failure.BAD_URL, "it is no URL") from None
    if has_user:
        raise ProblemError(Failure.BAD_URL, "there is a user in it")
    return parsed.with_fragment(None)


def _paced(url: URL) -> tuple[str | None, int | None]:
    """What is asked at one pace: a host, with its port if that is odd (see `host_and_port`)."""
    return url.host, url.port if url.port not in (80, 443) else None


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise ProblemError(Failure.BAD_URL, "the Location of a redirect is no URL") from None


async def _body(response: ClientResponse) -> bytes:
    """The body, decompressed."""
    encodings = response.headers.getall("Content-Encoding", [])
    if (response.content_length or 0) > MAX_BODY:
        raise ProblemError(Failure.TOO_LARGE, f"the body has {response.content_length} bytes")
    raw = bytearray()
    async for chunk in response.content.iter_any():
        raw += chunk
        if len(raw) > MAX_BODY:
            raise ProblemError(Failure.TOO_LARGE, f"the body has more than {MAX_BODY} bytes")
    if not raw:
        return b""
    try:
        return decompress(bytes(raw), ",".join(encodings) or None, "the answer")
    except BadRecordError as error:
        failure = Failure.TOO_LARGE if error.reason is Reason.TOO_LARGE else Failure.BAD_ENCODING
        raise ProblemError(failure, str(error)) from None


def _of(answer: Answer, response: ClientResponse) -> Answer:
    # aiohttp bounds each header and their number; so many long ones are still a megabyte.
    size = sum(len(name) + len(value) + 4 for name, value in response.raw_headers)
    if size > MAX_HEADERS:
        raise ProblemError(Failure.TOO_LARGE, f"the headers have {size} bytes")

    def header(name: str) -> str | None:
        value = ", ".join(response.headers.getall(name, ())) if name == "Link" else response.headers.get(name, "")
        return value if value.isprintable() and 0 < len(value) <= MAX_VALUE else None

    return replace(
        answer,
        status=response.status,
        content_type=header("Content-Type"),
        etag=header("ETag"),
        last_modified=header("Last-Modified"),
        retry_after=header("Retry-After"),
        links=header("Link"),
    )


def _failed(answer: Answer, failure: Failure, detail: str) -> Answer:
    return replace(answer, failure=failure, detail=detail, body=b"")


def _told(error: Exception) -> tuple[Failure, str]:
    """What an error of aiohttp means."""
    refused = _refusal(error)
    if refused is not None:
        return Failure.REFUSED_ADDRESS, refused
    if isinstance(error, aiohttp.ClientResponseError) and any(sign in str(error) for sign in _LONG):
        return Failure.TOO_LARGE, _short(error)
    failure = next((failure for kinds, failure in _MEANINGS if isinstance(error, kinds)), Failure.NO_CONNECTION)
    return failure, _short(error)


_LONG = ("too long", "Too many", "Got more than")
"""How aiohttp says that headers are too much."""

_MEANINGS: tuple[tuple[tuple[type[Exception], ...], Failure], ...] = (
    ((aiohttp.ServerTimeoutError,), Failure.TIMEOUT),
    ((aiohttp.ClientConnectorDNSError,), Failure.NO_ADDRESS),
    ((aiohttp.ClientSSLError, ssl.SSLError), Failure.BAD_TLS),
    ((aiohttp.InvalidURL, UnicodeError), Failure.BAD_URL),
    ((aiohttp.ClientPayloadError, aiohttp.ClientResponseError), Failure.BAD_ANSWER),
    ((aiohttp.ServerDisconnectedError, ValueError), Failure.BAD_ANSWER),
)
"""The errors that are more than a missing connection, the narrower kinds first."""


def _refusal(error: BaseException | None) -> str | None:
    """What a refused address was refused for, wherever in an error it stands."""
    while error is not None:
        if isinstance(error, RefusedAddressError):
            return str(error)
        error = getattr(error, "os_error", None) or error.__cause__
    return None


def _short(error: Exception) -> str:
    return shown(str(error) or type(error).__name__)
