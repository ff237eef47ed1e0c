"""Whatever a host does, an answer comes back in time, with its reason, and within bounds."""

from __future__ import annotations

import asyncio
import resource

import pytest

from agents.fetch.answer import Answer, Failure
from agents.fetch.client import Client, Limits
from tests.hostile_server import PAGE, HostileServer

QUICK = Limits(total=2.0, idle=0.5, connect=0.5)
PATIENT = Limits(total=60.0, idle=20.0, connect=20.0)
"""Where no timeout is wanted, so that none comes on a slow machine either."""

MIB = 1024 * 1024


def ask(
    path: str, *, allowed: bool = True, limits: Limits = PATIENT, **options: object
) -> tuple[Answer, list[tuple[str, bytes]]]:
    """What comes of asking the hostile server, and what it was asked."""

    async def run() -> tuple[Answer, list[tuple[str, bytes]]]:
        async with HostileServer() as server:
            endpoints = frozenset({server.endpoint}) if allowed else frozenset()
            async with Client("https://example.org/bot", allowed=endpoints, limits=limits) as client:
                url = f"http://{server.endpoint}{path}" if path.startswith("/") else path
                return await client.get(url, **options), server.asked  # type: ignore[arg-type]

    return asyncio.run(run())


@pytest.mark.parametrize("path", ["/page", "/gzip", "/br", "/zstd", "/chunked", "/tagged", "/moved"])
def test_a_page_is_read_however_it_is_sent(path: str) -> None:
    """Codings, chunks and a redirect on the same host change nothing of what is read."""
    found, _ = ask(path)
    assert (found.failure, found.status, found.body) == (None, 200, PAGE)


def test_what_an_answer_says_of_itself_is_kept() -> None:
    """The marks for the next, conditional request are there, and it sends them."""
    found, _ = ask("/tagged")
    assert (found.etag, found.last_modified) == ('"7"', "Mon, 02 Mar 2026 06:15:00 GMT")
    _, asked = ask("/tagged", etag='"7"', last_modified="Mon, 02 Mar 2026 06:15:00 GMT")
    assert b'If-None-Match: "7"' in asked[0][1]
    assert b"If-Modified-Since: Mon, 02 Mar 2026 06:15:00 GMT" in asked[0][1]


def test_the_user_agent_is_truthful() -> None:
    """It names the program, and where its operator can be reached."""
    _, asked = ask("/page")
    assert b"User-Agent: newsdiff/" in asked[0][1]
    assert b"+https://example.org/bot" in asked[0][1]


def test_a_redirect_to_another_host_is_handed_back() -> None:
    """Another host is asked in its own turn: the answer says where it leads."""
    found, _ = ask("/away")
    assert (found.leads_away, found.final_url, found.failure) == (True, "http://other.example/page", None)


def test_a_redirect_to_another_port_is_handed_back() -> None:
    """It has rules and a pace of its own."""
    found, asked = ask("/to-loopback")
    assert (found.leads_away, found.final_url, len(asked)) == (True, "http://127.0.0.1:9/", 1)


def test_a_redirect_to_what_robots_txt_forbids_is_not_followed() -> None:
    """The rules of a host count for where it leads as well."""
    found, asked = ask("/to-private", allows=lambda url: not url.endswith("/private"))
    assert (found.failure, [path for path, _ in asked]) == (Failure.DISALLOWED, ["/to-private"])


def test_a_busy_host_says_when_to_come_again() -> None:
    """Retry-After is kept for the pace."""
    found, _ = ask("/busy")
    assert (found.status, found.retry_after, found.failure) == (503, "120", None)


@pytest.mark.parametrize(
    ("path", "failure"),
    [
        ("/no-answer", Failure.BAD_ANSWER),
        ("/silent", Failure.TIMEOUT),
        ("/slow-head", Failure.TIMEOUT),
        ("/slow-body", Failure.TIMEOUT),
        ("/stalled-body", Failure.TIMEOUT),
        ("/endless-head", Failure.TOO_LARGE),
        ("/many-headers", Failure.TOO_LARGE),
        ("/long-line", Failure.TOO_LARGE),
        ("/long-status", Failure.TOO_LARGE),
        ("/endless-body", Failure.TOO_LARGE),
        ("/endless-chunks", Failure.TOO_LARGE),
        ("/endless-extension", Failure.TIMEOUT),
        ("/endless-100", Failure.TIMEOUT),
        ("/promises-much", Failure.TOO_LARGE),
        ("/promises-more", Failure.BAD_ANSWER),
        ("/cut-chunk", Failure.BAD_ANSWER),
        ("/bad-chunk", Failure.BAD_ANSWER),
        ("/huge-chunk", Failure.BAD_ANSWER),
        ("/two-lengths", Failure.BAD_ANSWER),
        ("/negative-length", Failure.BAD_ANSWER),
        ("/garbage", Failure.BAD_ANSWER),
        ("/http09", Failure.BAD_ANSWER),
        ("/bad-status", Failure.BAD_ANSWER),
        ("/nul-header", Failure.BAD_ANSWER),
        ("/bad-header", Failure.BAD_ANSWER),
        ("/gzip-bomb", Failure.TOO_LARGE),
        ("/br-bomb", Failure.TOO_LARGE),
        ("/zstd-bomb", Failure.TOO_LARGE),
        ("/gzip-in-gzip", Failure.BAD_ENCODING),
        ("/no-gzip", Failure.BAD_ENCODING),
        ("/cut-gzip", Failure.BAD_ENCODING),
        ("/cut-zstd", Failure.BAD_ENCODING),
        ("/unknown-encoding", Failure.BAD_ENCODING),
        ("/loop", Failure.BAD_REDIRECT),
        ("/loop-a", Failure.BAD_REDIRECT),
        ("/step-0", Failure.BAD_REDIRECT),
        ("/nowhere", Failure.BAD_REDIRECT),
        ("/to-file", Failure.BAD_URL),
        ("/to-script", Failure.BAD_URL),
        ("/to-user", Failure.BAD_URL),
        ("/to-garbage", Failure.BAD_URL),
    ],
)
def test_a_hostile_host_is_outlived(path: str, failure: Failure) -> None:
    """What it does is told by its reason, and costs neither time nor memory."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found, _ = ask(path, limits=QUICK if failure is Failure.TIMEOUT else PATIENT)
    assert (found.failure, found.body) == (failure, b""), found.detail
    assert found.detail.isprintable()
    assert "secret" not in found.detail
    assert found.seconds < 30
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


@pytest.mark.parametrize(
    ("path", "failure"),
    [
        ("/to-metadata", Failure.REFUSED_ADDRESS),
        ("/to-loopback", Failure.REFUSED_ADDRESS),
        ("/to-mapped", Failure.REFUSED_ADDRESS),
        ("/to-decimal", Failure.BAD_URL),
    ],
)
def test_a_redirect_into_the_inside_is_refused(path: str, failure: Failure) -> None:
    """Where redirects to other hosts are followed, each address is checked again."""
    found, asked = ask(path, any_host=True)
    assert (found.failure, [asked_path for asked_path, _ in asked]) == (failure, [path])


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://localhost./", "http://127.1/", "http://0/", "http://0.0.0.0/",
        "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.0.0.1:6379/", "http://10.0.0.1/",
        "http://172.16.0.1/", "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data/", "http://100.64.0.1/",
        "http://192.0.2.1/", "http://198.18.0.1/", "http://224.0.0.1/", "http://240.0.0.1/", "http://255.255.255.255/",
        "http://[::1]/", "http://[::]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:a9fe:a9fe]/",
        "http://[::127.0.0.1]/", "http://[fc00::1]/", "http://[fd00:ec2::254]/", "http://[fe80::1]/",
        "http://[fe80::1%25lo]/", "http://[fec0::1]/", "http://[ff02::1]/", "http://[2002:7f00:1::]/",
        "http://[64:ff9b::7f00:1]/", "http://[2001:0:4136:e378:8000:63bf:80ff:fffe]/", "http://[2001:db8::1]/",
        "http://[64:ff9b:1::1]/", "http://192.0.0.192/", "http://168.63.129.16/", "http://[3fff::1]/", "http://192.88.99.1/",
        "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/", "http://good.example@127.0.0.1/", "http://root:secret@10.0.0.1/",
        "http://127.0.0.1\\@good.example/", "http://%31%32%37.0.0.1/", "http://127.0.0.1%00.example/",
        "https://127.0.0.1/", "file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/", "http:///", "http://",
        "http://8.8.8.8:22/", "http://8.8.8.8:25/", "http://8.8.8.8:9092/", "http://8.8.8.8:2375/",
        "", "\x00", "http://exa mple/", "http://" + "a" * 70 + ".example/", "http://" + "a." * 200 + "example/",
    ],
)  # fmt: skip
def test_the_inside_is_not_asked(url: str) -> None:
    """No notation leads to loopback, private, link-local or metadata addresses, nor to ports of other services."""
    found, asked = ask(url, allowed=False)
    assert found.failure in (Failure.REFUSED_ADDRESS, Failure.BAD_URL, Failure.NO_ADDRESS), found
    assert asked == []
    assert "secret" not in found.detail
