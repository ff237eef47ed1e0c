"""Neither a name nor a certificate is believed to be whose it says it is."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trustme

from agents.fetch.answer import Answer, Failure
from agents.fetch.client import Client, Limits
from tests.hostile_server import PAGE, HostileServer, answer

HOST = "127.0.0.1"
PATIENT = Limits(total=60.0, idle=20.0, connect=20.0)
QUICK = Limits(total=60.0, idle=20.0, connect=1.0)

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def well(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer as a server should."""
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer())
        await writer.drain()
    writer.close()


async def plainly(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer as if nobody had wanted TLS."""
    writer.write(answer())
    writer.close()


async def never(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Let whoever has connected wait, until they go."""
    await reader.read()
    writer.close()


def ask(
    handler: Handler, certificate: trustme.LeafCert | None, authority: trustme.CA, limits: Limits = PATIENT
) -> Answer:
    """What comes of asking a server over https, which has a certificate or none; the authority is trusted."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if certificate is not None else None
    if certificate is not None and context is not None:
        certificate.configure_cert(context)
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)

    async def run() -> Answer:
        server = await asyncio.start_server(handler, HOST, 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        async with Client(allowed=frozenset({f"{HOST}:{port}"}), limits=limits, trusted=trusted) as client:
            found = await client.get(f"https://{HOST}:{port}/")
        server.close()
        await asyncio.sleep(0.1)  # whoever was asked sees that nobody is there any more
        return found

    return asyncio.run(run())


def test_a_certificate_has_to_be_trusted_and_that_of_the_host() -> None:
    """One of another name, or of an authority that nobody knows, is as good as none."""
    known, unknown = trustme.CA(), trustme.CA()
    assert ask(well, known.issue_cert(HOST), known).body == PAGE
    assert ask(well, known.issue_cert("other.example"), known).failure is Failure.BAD_TLS
    assert ask(well, unknown.issue_cert(HOST), known).failure is Failure.BAD_TLS


@pytest.mark.parametrize("handler", [plainly, never])
def test_what_speaks_no_tls_is_outlived(handler: Handler) -> None:
    """In time, and nothing of it is read."""
    found = ask(handler, None, trustme.CA(), QUICK)
    assert found.failure in (Failure.BAD_TLS, Failure.TIMEOUT, Failure.NO_CONNECTION)
    assert (found.body, found.seconds < 30) == (b"", True)


def test_a_name_that_leads_inside_by_now_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts is the address that is connected to, whatever the name has led to before (DNS rebinding)."""
    looked_up = socket.getaddrinfo
    led_to = iter(["93.184.216.34", HOST])

    def rebinding(host: str, *options: Any, **named: Any) -> Any:
        return looked_up(next(led_to) if host == "rebind.example" else host, *options, **named)

    async def run() -> None:
        async with HostileServer() as server:
            monkeypatch.setattr(socket, "getaddrinfo", rebinding)
            rebinding("rebind.example", 80)  # as whoever checks the name first
            async with Client(limits=PATIENT) as client:
                found = await client.get(f"http://rebind.example:{server.endpoint.rpartition(':')[2]}/page")
            assert (found.failure, server.asked) == (Failure.REFUSED_ADDRESS, [])

    asyncio.run(run())
