"""The settings: environment variables `NEWSDIFF_*`, checked at start."""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from schemas.errors import SettingsError

PREFIX = "NEWSDIFF_"

NEEDS = {
    "kafka_ca": "kafka",  # the Kafka that `up` starts knows neither users nor TLS
    "kafka_certificate": "kafka_ca",
    "kafka_user": "kafka",
    "kafka_password": "kafka_user",
}
"""Settings that mean nothing without another one."""

LAST_PORT = 65_535
MAX_FACTOR = 1_000_000
SHORTEST_SECRET = 4


def _is_address(text: str) -> bool:
    host_port = re.fullmatch(r"[^\s:,]+:(\d{1,5})", text)
    return host_port is not None and 0 < int(host_port[1]) <= LAST_PORT


def _servers(text: str) -> str:
    if not all(_is_address(server) for server in text.split(",")):
        raise ValueError("write HOST:PORT, several with commas between")
    return text


def _address(text: str) -> str:
    if not _is_address(text):
        raise ValueError("write HOST:PORT")
    return text


def _inside(text: str) -> str:
    try:
        for each in _servers(text).split(","):
            ip_address(each.rpartition(":")[0])
    except ValueError:
        raise ValueError("write ADDRESS:PORT, several with commas between; a name is no address") from None
    return text


def _database(text: str) -> str:
    from agents.archive.database_url import read_url  # noqa: PLC0415 - few processes need SQLAlchemy, which takes long

    read_url(text)
    return text


def _site(text: str) -> str:
    return text if re.fullmatch(r"[^\s:,]+:0", text) else _address(text)


def _public_url(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#@]+/?", text):
        raise ValueError("write https://HOST, without a path")
    return text.rstrip("/")


def _app_id(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", text):
        raise ValueError("use letters, digits, '.', '_' and '-', 100 characters at most")
    return text


def _store(text: str) -> str:
    if text not in ("rocksdb://", "memory://"):
        raise ValueError("write rocksdb:// or memory://")
    return text


def _level(text: str) -> str:
    if text not in ("debug", "info", "warning", "error"):
        raise ValueError("write debug, info, warning or error")
    return text


def _mechanism(text: str) -> str:
    if text not in ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"):
        raise ValueError("write PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512")
    return text


def _log_format(text: str) -> str:
    if text not in ("text", "json"):
        raise ValueError("write text or json")
    return text


def _contact(text: str) -> str:
    if not re.fullmatch(r"[\x21-\x7e]{1,200}", text) or not ("@" in text or "://" in text):
        raise ValueError("write a URL or a mail address")
    return text


def _clock(text: str) -> str:
    try:
        begun, origin, factor = map(float, text.split(","))
    except ValueError:
        raise ValueError("write three numbers: when it began, what it showed then, how fast it runs") from None
    if not (0 <= origin <= begun and 1 <= factor <= MAX_FACTOR):
        raise ValueError(f"its origin lies not after its beginning, and its factor is from 1 to {MAX_FACTOR}")
    return text


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise ValueError(f"write a whole number from {low} to {high}")
        return int(text)

    return parse


def _seconds(low: float, high: float) -> Callable[[str], float]:
    def parse(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = -1
        if not low <= value <= high:
            raise ValueError(f"write a number of seconds from {low:g} to {high:g}")
        return value

    return parse


def _setting(parse: Callable[[str], Any], default: Any, doc: str, *, secret: bool = False) -> Any:  # noqa: ANN401 - a field of any type
    """`secret`: it is never shown, since there may be a password in it."""
    return dataclasses.field(default=default, repr=not secret, metadata={"parse": parse, "doc": doc, "secret": secret})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What can be set. A field `kafka` is the variable `NEWSDIFF_KAFKA`; its `doc` is the README's table."""

    # ruff: noqa: RUF009 - `_setting` makes a field, as `dataclasses.field` does
    kafka: str | None = _setting(
        _servers, None, "Kafka's bootstrap servers; without it, `up` starts one on this machine"
    )
    kafka_ca: str | None = _setting(
        str, None, "a PEM file of the authorities that sign Kafka's certificates, or `system`; with it, TLS is spoken"
    )
    kafka_certificate: Path | None = _setting(
        Path, None, "a PEM file of this client's certificate and its key, if Kafka asks for one"
    )
    kafka_user: str | None = _setting(str, None, "the user that logs in to Kafka (SASL)")
    kafka_password: str | None = _setting(str, None, "that user's password", secret=True)
    kafka_mechanism: str = _setting(
        _mechanism, "SCRAM-SHA-512", "how that user logs in: `PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`"
    )
    broker_port: int = _setting(_whole(0, LAST_PORT), 9092, "the port of the Kafka that `up` starts; 0: any free one")
    data: Path = _setting(Path, Path(".newsdiff"), "the directory for everything that is kept on this machine")
    cache: Path | None = _setting(Path, None, "the directory for Kafka's jars; without it, the user's cache")
    app_id: str = _setting(_app_id, "newsdiff", "consumer group, prefix of changelogs and transactional ids; for life")
    partitions: int = _setting(_whole(1, 1000), 8, "partitions of every topic; for life")
    replication: int = _setting(_whole(1, 10), 1, "replicas of every topic that is created")
    store: str = _setting(_store, "rocksdb://", "where tables live: `rocksdb://` or `memory://`")
    database_url: str | None = _setting(
        _database,
        None,
        "the archive: `sqlite:///PATH` or `postgresql://USER:PASSWORD@HOST/NAME`, with TLS by `?sslmode=` `disable`, "
        "`require`, `verify-ca` or `verify-full` and `&sslrootcert=FILE`, as libpq has them; without it, a file on "
        "this machine",
        secret=True,
    )
    site: str = _setting(_site, "127.0.0.1:8000", "HOST:PORT of the site; 0: any free port")
    public_url: str | None = _setting(
        _public_url,
        None,
        "`https://HOST` of the site, as its visitors reach it; with it, hubs of feeds (WebSub) are subscribed to",
    )
    rules: Path | None = _setting(Path, None, "the folder of the rules per source; see `newsdiff rules`")
    sources: Path | None = _setting(Path, None, "a TOML or OPML file of what `up` shall watch; see Watch")
    webhooks: Path | None = _setting(
        Path, None, "a TOML file of whom `newsdiff webhooks`, also that of `up`, tells of changes; see Webhooks"
    )
    commit_interval: float = _setting(
        _seconds(0.01, 30), 0.25, "seconds between commits of what changed nothing; news is committed at once"
    )
    session_timeout: float = _setting(_seconds(6, 300), 30.0, "seconds until a silent worker loses its partitions")
    stall_timeout: float = _setting(
        _seconds(2, 3600), 60.0, "seconds until a worker ends that does not get on with what waits for it"
    )
    contact: str | None = _setting(
        _contact, None, "a URL or mail address in the User-Agent of fetches, for those who run the hosts"
    )
    inside: str | None = _setting(
        _inside,
        None,
        "ADDRESS:PORT, several with commas: fetched although they are not on the public internet",
    )
    clock: str | None = _setting(_clock, None, "BEGUN,ORIGIN,FACTOR: a faster clock for the watcher, for tests")
    metrics: str | None = _setting(
        _address,
        None,
        "HOST:PORT of a process's health and metrics; with `--workers`, the next ones take the next ports, and `up` "
        "has its watcher and its site after them",
    )
    log_level: str = _setting(_level, "warning", "`debug`, `info`, `warning` or `error`")

    log_format: str | None = _setting(
        _log_format, None, "`text` or `json`; without it, text on a terminal and JSON lines elsewhere"
    )

    @property
    def bootstrap(self) -> str:
        """Where Kafka is: as set, or where `up` starts it.

        Raises:
            SettingsError: at a port that only `up` knows.
        """
        if self.kafka is None and self.broker_port == 0:
            raise SettingsError("NEWSDIFF_BROKER_PORT is 0, any free port: name the one taken in NEWSDIFF_KAFKA")
        return self.kafka or f"127.0.0.1:{self.broker_port}"

    @property
    def database(self) -> str:
        """The URL of the archive's database."""
        return self.database_url or f"sqlite:///{self.data.absolute() / 'archive.db'}"

    @property
    def inside_addresses(self) -> frozenset[str]:
        """ADDRESS:PORT of what may be fetched although it is not on the public internet."""
        return frozenset(self.inside.split(",") if self.inside else ())

    def of_worker(self, number: int) -> Settings:
        """The settings of one of several workers on this machine, from 1: its directory and its address."""
        return dataclasses.replace(self.after(number - 1), data=self.data / f"worker-{number}")

    def after(self, workers: int) -> Settings:
        """The settings beside so many workers on this machine, whose addresses are taken."""
        host, _, port = (self.metrics or "").rpartition(":")
        return dataclasses.replace(self, metrics=f"{host}:{int(port) + workers}") if port else self

    def environment(self) -> dict[str, str]:
        """The settings as environment variables, for a child process."""
        values = {PREFIX + field.name.upper(): getattr(self, field.name) for field in dataclasses.fields(self)}
        return {name: str(value) for name, value in values.items() if value is not None}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read the settings.

        Raises:
            SettingsError: a value cannot be used, or a variable's name is unknown.
        """
        fields = {PREFIX + field.name.upper(): field for field in dataclasses.fields(cls)}
        values: dict[str, Any] = {}
        for name, text in environment.items():
            if not name.startswith(PREFIX):
                continue
            if name not in fields:
                near = difflib.get_close_matches(name, fields, n=1)
                hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(fields))}"
                raise SettingsError(f"{name} is no setting: {hint}")
            if not text:
                continue
            try:
                values[fields[name].name] = fields[name].metadata["parse"](text)
            except ValueError as error:
                value = "..." if fields[name].metadata["secret"] else repr(text)
                raise SettingsError(f"{name}={value}: {error}") from None
        for name, needed in NEEDS.items():
            if name in values and needed not in values:
                raise SettingsError(
                    f"{PREFIX}{name.upper()} is set, but {PREFIX}{needed.upper()} is not: set that, too, or neither"
                )
        return cls(**values)


def secrets(environment: Mapping[str, str]) -> set[str]:
    """What is secret in the environment: passwords, also those in URLs. Of less than four letters there is none."""
    names = {PREFIX + field.name.upper() for field in dataclasses.fields(Settings) if field.metadata["secret"]}
    database = environment.get("NEWSDIFF_DATABASE_URL")
    found = {environment.get(name, "") for name in names} - {database}
    if database:
        from agents.archive.database_url import passwords  # noqa: PLC0415 - as above

        found |= passwords(database)
    return {secret for secret in found if len(secret) >= SHORTEST_SECRET}
