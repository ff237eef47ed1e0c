"""Settings are read from the environment, and what is wrong is told before anything starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.errors import SettingsError
from streams.settings import Settings


def test_defaults_need_no_environment() -> None:
    """Without any variable there is a complete set of settings."""
    settings = Settings.from_environment({})
    assert settings.bootstrap == "127.0.0.1:9092"
    assert settings.partitions == 8


def test_empty_variables_are_unset() -> None:
    """A variable that is set to nothing, as compose files do, leaves the default."""
    assert Settings.from_environment({"NEWSDIFF_PARTITIONS": ""}).partitions == 8


def test_environment_round_trip() -> None:
    """What is handed to a child process is read there as the same settings."""
    settings = Settings(kafka="a:1,b:2", data=Path("/tmp/x"), partitions=3, store="memory://", commit_interval=1.5)
    assert Settings.from_environment(settings.environment()) == settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NEWSDIFF_KAFKA", "localhost"),
        ("NEWSDIFF_KAFKA", "a:1, b:2"),
        ("NEWSDIFF_KAFKA", "localhost:99999"),
        ("NEWSDIFF_KAFKA", "a:1,"),
        ("NEWSDIFF_SITE", "127.0.0.1"),
        ("NEWSDIFF_METRICS", "a:1,b:2"),
        ("NEWSDIFF_INSIDE", "localhost:80"),
        ("NEWSDIFF_INSIDE", "127.0.0.1"),
        ("NEWSDIFF_PARTITIONS", "0"),
        ("NEWSDIFF_PARTITIONS", "many"),
        ("NEWSDIFF_BROKER_PORT", "70000"),
        ("NEWSDIFF_STORE", "sqlite://"),
        ("NEWSDIFF_COMMIT_INTERVAL", "nan"),
        ("NEWSDIFF_SESSION_TIMEOUT", "-1"),
        ("NEWSDIFF_LOG_LEVEL", "loud"),
        ("NEWSDIFF_APP_ID", "a b"),
    ],
)
def test_a_bad_value_is_named(name: str, value: str) -> None:
    """An impossible value is refused with the variable's name, the value, and what to write instead."""
    with pytest.raises(SettingsError, match=r"write|use") as error:
        Settings.from_environment({name: value})
    assert name in str(error.value)
    assert repr(value) in str(error.value)


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("NEWSDIFF_KAFKA_CA", "NEWSDIFF_KAFKA"),
        ("NEWSDIFF_KAFKA_USER", "NEWSDIFF_KAFKA"),
        ("NEWSDIFF_KAFKA_PASSWORD", "NEWSDIFF_KAFKA_USER"),
        ("NEWSDIFF_KAFKA_CERTIFICATE", "NEWSDIFF_KAFKA_CA"),
    ],
)
def test_half_of_a_login_is_refused(name: str, needed: str) -> None:
    """What means nothing without another setting is told with the name of that, and without its value."""
    with pytest.raises(SettingsError, match=f"^{name} is set, but {needed} is not: set that, too, or neither$"):
        Settings.from_environment({name: "secret-horse"})


def test_a_password_is_not_shown() -> None:
    """No password stands in what the settings look like, as a log or a traceback would show them."""
    shown = repr(Settings(kafka_password="secret-horse", database_url="postgresql://a:secret-horse@b/c"))
    assert "secret-horse" not in shown


def test_an_unknown_variable_is_refused_with_the_nearest() -> None:
    """A misspelt variable is not silently ignored."""
    with pytest.raises(SettingsError, match="did you mean NEWSDIFF_PARTITIONS"):
        Settings.from_environment({"NEWSDIFF_PARTITION": "4"})


def test_other_variables_are_none_of_our_business() -> None:
    """Variables without the prefix are left alone."""
    assert Settings.from_environment({"NEWS": "1", "PATH": "/bin"}) == Settings()


def test_a_port_that_only_up_knows_is_no_address() -> None:
    """With any free port and no Kafka named, a command says what to set instead of asking port 0."""
    with pytest.raises(SettingsError, match="NEWSDIFF_KAFKA"):
        _ = Settings(broker_port=0).bootstrap
    assert Settings(broker_port=0, kafka="a:1").bootstrap == "a:1"


def test_workers_of_one_machine_share_nothing() -> None:
    """Each has its own directory, and its own port if there is one."""
    settings = Settings(data=Path("d"), metrics="127.0.0.1:9464")
    assert [settings.of_worker(n).metrics for n in (1, 2)] == ["127.0.0.1:9464", "127.0.0.1:9465"]
    assert settings.of_worker(2).data == Path("d/worker-2")
    assert settings.after(3).metrics == "127.0.0.1:9467"
    assert Settings().of_worker(2).metrics is Settings().after(2).metrics is None


def test_a_database_that_cannot_be_read_is_refused_without_its_password(tmp_path: Path) -> None:
    """By every command, in one line that says what to write."""
    url = "postgresql://u:p@horse@[hors/e]/n"
    refused = subprocess.run(
        [sys.executable, "-m", "streams", "topics"],
        env={**os.environ, "NEWSDIFF_DATABASE_URL": url, "NEWSDIFF_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert refused.stderr.startswith("newsdiff: NEWSDIFF_DATABASE_URL=...: write sqlite:///PATH or postgresql://")
    assert "hors" not in refused.stderr
