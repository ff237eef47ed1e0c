"""The URL of the archive's database: read by SQLAlchemy, with libpq's words for TLS."""

from __future__ import annotations

import re
import ssl

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from schemas.errors import SettingsError

HOW = (
    "write sqlite:///PATH or postgresql://USER:PASSWORD@HOST:PORT/NAME, with %40 for @ and %25 for % in the password; "
    "after it, if you like, ?sslmode=disable, require, verify-ca or verify-full, and &sslrootcert=FILE"
)

MODES = ("disable", "require", "verify-ca", "verify-full")
TLS = ("sslmode", "sslrootcert")

LAST_PORT = 65_535


def read_url(text: str) -> URL:
    """What a URL says.

    Raises:
        ValueError: it says nothing that can be used; with what to write, and without a word of it, for there may be a
            password in it.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError(HOW) from None
    is_good = _is_sqlite(url) if url.drivername == "sqlite" else _is_postgresql(url)
    if not is_good or not text.isprintable():
        raise ValueError(HOW)
    return url


def _is_sqlite(url: URL) -> bool:
    return bool(url.database) and not (url.host or url.port or url.username or url.password or url.query)


def _is_postgresql(url: URL) -> bool:
    """Whether it is one; an @ that is left stood in a password, whose rest was taken for something else."""
    mode, root, password = (url.query.get(name, "") for name in (*TLS, "password"))
    return (
        url.drivername == "postgresql"
        and bool(url.host and url.database)
        and "@" not in f"{url.host}{url.database}"
        and (url.port is None or 0 < url.port <= LAST_PORT)
        and url.query.keys() <= {*TLS, "password"}
        and mode in ("", *MODES)
        and isinstance(root, str)
        and isinstance(password, str)
        and (not root or mode in MODES[1:])
    )


def passwords(text: str) -> set[str]:
    """The passwords in a URL, as they are written and as they are meant; one that cannot be read is one as a whole."""
    try:
        url = read_url(text)
    except ValueError:
        return {text}
    meant = {str(password) for password in (url.password, url.query.get("password")) if password}
    written = re.findall(r"://[^:/]*:([^@]*)@|[?&]password=([^&]*)", text)
    return meant | {password for each in written for password in each if password}


def tls_of(url: URL) -> dict[str, ssl.SSLContext | bool]:
    """How TLS is spoken, as an argument of asyncpg's; without `sslmode`, where the server has it, as libpq does.

    With `require` nobody's name is asked, as libpq has it: unless there are authorities, which are believed then.
    Without `sslrootcert`, or with `system`, they are those of this machine.

    Raises:
        SettingsError: the authorities cannot be read.
    """
    mode, root = (str(url.query.get(name, "")) for name in TLS)
    if not mode:
        return {}
    if mode == "disable":
        return {"ssl": False}
    try:
        context = ssl.create_default_context(cafile=None if root in ("", "system") else root)
    except OSError as error:  # an SSLError is one
        raise SettingsError(
            f"sslrootcert={root} in NEWSDIFF_DATABASE_URL: {error.strerror or error}: name a PEM file of certificates"
        ) from None
    context.check_hostname = mode == "verify-full"
    if mode == "require" and not root:
        context.verify_mode = ssl.CERT_NONE
    return {"ssl": context}
