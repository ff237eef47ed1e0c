"""Ports: which can be had, and whether a Kafka answers at one."""

from __future__ import annotations

import random
import socket
import struct

from schemas.errors import UnavailableError

PORTS = range(20_000, 32_768)
"""Where ports are chosen: below those that systems give to outgoing connections (Linux: from 32,768), one of which
could otherwise take the port between two starts."""

_CORRELATION = 0x4E44
_METADATA, _VERSION = 3, 1
_ANSWER = struct.Struct(">iii")
_BODY = struct.pack(">hhihi", _METADATA, _VERSION, _CORRELATION, -1, 0)  # no client id, no topics
_REQUEST = struct.pack(">i", len(_BODY)) + _BODY


def check_free(host: str, port: int) -> None:
    """Whether a server could listen there.

    Raises:
        OSError: it could not, and why.
    """
    with socket.socket() as listener:
        # As Java does: without it a port counts as in use for a minute after its last connection.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there."""
    try:
        check_free(host, port)
    except OSError:
        return False
    return True


def choose_port(host: str) -> int:
    """A free port.

    Raises:
        UnavailableError: none was found.
    """
    for port in random.sample(PORTS, 100):
        if is_free(host, port):
            return port
    raise UnavailableError(f"no free port was found from {PORTS.start} to {PORTS.stop - 1} of {host}")


def answers(host: str, port: int) -> bool:
    """Whether a Kafka is there that has a broker which is let into its cluster.

    Asked with a metadata request; in its answer a broker is listed only once it is ready for clients.
    """
    try:
        with socket.create_connection((host, port), timeout=1) as connection:
            connection.sendall(_REQUEST)
            answer = connection.makefile("rb").read(_ANSWER.size)
    except OSError:
        return False
    if len(answer) < _ANSWER.size:
        return False
    _size, correlation, brokers = _ANSWER.unpack(answer)
    return bool(correlation == _CORRELATION and brokers > 0)
