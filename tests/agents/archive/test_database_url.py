"""The URL of the database is read as it is meant, TLS is spoken as it says, and no password is told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from archive_database import refusal_of_site
from postgres import Postgres, programs
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from agents.archive.database_url import HOW, passwords, read_url
from agents.archive.store import open_engine
from schemas.errors import SettingsError


@pytest.mark.parametrize(
    ("url", "password"),
    [
        ("sqlite:////var/my data/archive.db", None),
        ("postgresql://h/n", None),
        ("postgresql://u:horse@h:5432/n?sslmode=verify-full&sslrootcert=/etc/ca.pem", "horse"),
        ("postgresql://u:ho/rs#e[1]:2@h/n", "ho/rs#e[1]:2"),
        ("postgresql://u:ho%40rse@h/n", "ho@rse"),
        ("postgresql://u@[::1]/n", None),
    ],
)
def test_a_url_is_read(url: str, password: str | None) -> None:
    """With whatever there is in the password."""
    assert read_url(url).password == password


@pytest.mark.parametrize(
    "url",
    [
        "horse",
        "mysql://u:horse@h/n",
        "postgresql+psycopg://u:horse@h/n",
        "sqlite://",
        "sqlite://u:horse@h/n",
        "sqlite:///a?horse=1",
        "postgresql://u:horse@h",
        "postgresql:///horse",
        "postgresql://u:horse/n",
        "postgresql://u:p@horse@h/n",
        "postgresql://u:p@horse/horse@h/n",
        "postgresql://us/er:horse@h/n",
        "postgresql://u:horse@h:99999/n",
        "postgresql://u:horse@h/n\n",
        "postgresql://u:horse@h/n?horse=require",
        "postgresql://u:horse@h/n?sslmode=allow",
        "postgresql://u:horse@h/n?sslmode=require&sslmode=disable",
        "postgresql://u:horse@h/n?sslrootcert=/etc/horse.pem",
    ],
)
def test_what_cannot_be_read_is_refused_without_a_word_of_it(url: str) -> None:
    """With what to write; the whole of it is a secret then."""
    with pytest.raises(ValueError, match="write sqlite") as refused:
        read_url(url)
    assert str(refused.value) == HOW
    assert passwords(url) == {url}


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("sqlite:////tmp/a", set()),
        ("postgresql://u@h/n", set()),
        ("postgresql://u:ho%2Frse@h/n", {"ho%2Frse", "ho/rse"}),
        ("postgresql://u:se#cret1@h/n", {"se#cret1"}),
        ("postgresql://u:p[horse]ss@h/n", {"p[horse]ss"}),
        ("postgresql://u@h/n?password=ho%20rse+1&sslmode=require", {"ho%20rse+1", "ho rse 1"}),
    ],
)
def test_every_password_is_known(url: str, found: set[str]) -> None:
    """As it is written and as it is meant, wherever it stands."""
    assert passwords(url) == found


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Who has signed the server's certificate."""
    return trustme.CA()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, authority: trustme.CA) -> Iterator[str]:
    """The URL of a PostgreSQL that speaks TLS and nothing else, as `localhost`."""
    if programs() is None:
        pytest.skip("there is no PostgreSQL server here: Debian has it in the package postgresql")
    with Postgres(tmp_path_factory.mktemp("tls"), authority.issue_cert("localhost")) as server:
        yield server.url


def said(url: str) -> str:
    """Whether a connection is encrypted, or what is raised for it."""

    async def ask() -> str:
        engine = open_engine(url)
        try:
            async with engine.connect() as connection:
                asked = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
                return str((await connection.execute(text(asked))).scalar_one())
        except (SQLAlchemyError, OSError) as error:
            return str(error)
        finally:
            await engine.dispose()

    return asyncio.run(ask())


def test_tls_is_spoken_as_the_mode_says(url: str, authority: trustme.CA, tmp_path: Path) -> None:
    """As libpq has it: what each mode asks of the server, and what not."""
    ca, other = tmp_path / "ca.pem", tmp_path / "other.pem"
    authority.cert_pem.write_to_path(ca)
    trustme.CA().cert_pem.write_to_path(other)
    assert said(url) == "True"
    assert "no encryption" in said(f"{url}?sslmode=disable")
    assert said(f"{url}?sslmode=require") == "True"
    assert said(f"{url}?sslmode=require&sslrootcert={ca}") == "True"
    assert said(f"{url}?sslmode=verify-ca&sslrootcert={ca}") == "True"
    assert "IP address mismatch" in said(f"{url}?sslmode=verify-full&sslrootcert={ca}")
    assert said(f"{url.replace('127.0.0.1', 'localhost')}?sslmode=verify-full&sslrootcert={ca}") == "True"
    for mode in ("require", "verify-ca", "verify-full"):
        assert "certificate verify failed" in said(f"{url}?sslmode={mode}&sslrootcert={other}")
    assert "certificate verify failed" in said(f"{url}?sslmode=verify-ca")
    assert "certificate verify failed" in said(f"{url}?sslmode=verify-full&sslrootcert=system")


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_authorities_that_cannot_be_read_are_told(tmp_path: Path, content: str | None) -> None:
    """With the file's name, and what to write."""
    file = tmp_path / "ca.pem"
    if content:
        file.write_text(content)
    with pytest.raises(SettingsError, match=f"sslrootcert={file} in NEWSDIFF_DATABASE_URL: .*: name a PEM file"):
        open_engine(f"postgresql://u@h/n?sslmode=verify-full&sslrootcert={file}")


def test_the_site_tells_in_one_line_that_it_does_not_believe_the_server(url: str, tmp_path: Path) -> None:
    """A wrong authority, with the setting's name and without the password."""
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    database = f"{url.replace('newsdiff@', 'newsdiff:horse@')}?sslmode=verify-full&sslrootcert={other}"
    said = refusal_of_site(database, tmp_path)
    assert "certificate verify failed" in said
    assert "see NEWSDIFF_DATABASE_URL" in said
    assert "horse" not in said
