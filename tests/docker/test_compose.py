"""What can be told of the image and the compose file without a Docker engine."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import subprocess

import pytest
import yaml
from compose_spec import PyCompose

from streams.cli import COMMANDS
from streams.settings import PREFIX, Settings
from tests.docker.files import DOCKER, PASSWORD, ROOT, compose, copied, our_services


def test_the_compose_file_is_one() -> None:
    """By the specification of compose files, of which it has no other field."""
    found = compose(PASSWORD)
    PyCompose.from_yaml(yaml.safe_dump(found)).validate()
    found["services"]["worker"]["memory_limit"] = "1g"
    with pytest.raises(ValueError, match="memory_limit"):
        PyCompose.from_yaml(yaml.safe_dump(found)).validate()


def test_a_password_has_to_be_given() -> None:
    """There is none by default, and none that Grafana takes where it is empty."""
    for name in PASSWORD:
        with pytest.raises(KeyError, match=name):
            compose({each: "secret" for each in PASSWORD if each != name})


def test_docker_takes_the_compose_file() -> None:
    """As `docker compose config` reads it, with every profile."""
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], check=False, capture_output=True).returncode:
        pytest.skip("there is no docker compose here")
    read = subprocess.run(
        [docker, "compose", "-f", DOCKER / "compose.yaml", "--profile", "*", "config", "--format", "json"],
        env={**os.environ, **PASSWORD},
        check=False,
        capture_output=True,
    )
    assert read.returncode == 0, read.stderr.decode()
    assert json.loads(read.stdout)["services"].keys() == compose(PASSWORD)["services"].keys()


def test_every_variable_is_a_setting_with_a_value_that_it_takes() -> None:
    """In the image, in the compose file, and in the example of its variables."""
    image = re.findall(rf"({PREFIX}\w+)=(\S+)", (DOCKER / "Dockerfile").read_text())
    for service in our_services().values():
        environment = {name: str(value) for name, value in service["environment"].items()}
        Settings.from_environment({**dict(image), **environment})
    known = {PREFIX + field.name.upper() for field in dataclasses.fields(Settings)} | {"NEWSDIFF_IMAGE"}
    used = set(re.findall(rf"{PREFIX}\w+", (DOCKER / "compose.yaml").read_text()))
    assert used <= known
    example = dict(line.split("=", 1) for line in (DOCKER / ".env.example").read_text().splitlines() if line[:1] != "#")
    asked = set(re.findall(r"\$\{(\w+)", (DOCKER / "compose.yaml").read_text()))
    assert set(example) == asked
    assert {name for name in PASSWORD if example[name]} == set()


def test_every_path_that_is_copied_exists() -> None:
    """And is none that the build must not see."""
    allowed = {line[1:] for line in (DOCKER / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] == "!"}
    assert copied()
    assert all((ROOT / path).exists() for path in copied())
    assert set(copied()) == allowed


def test_every_service_runs_a_command_with_little_leave() -> None:
    """Not as root, with nothing to write on but its own volume, and with time to commit."""
    assert "USER 10001" in (DOCKER / "Dockerfile").read_text()
    for name, service in our_services().items():
        assert service["command"][0] in COMMANDS, name
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["stop_grace_period"] == "30s"
        assert "user" not in service
        assert name == "topics" or service["volumes"][0] == "/data"
    ports = [port for each in compose(PASSWORD)["services"].values() for port in each.get("ports", [])]
    addresses = ["127.0.0.1:8000:8000", "127.0.0.1:3000:3000", "127.0.0.1:8080:8080"]
    assert ports == addresses  # nothing else, and nobody from outside


def test_no_service_takes_the_machine_for_itself() -> None:
    """Each has limits for memory, processes and logs, and may do nothing that it need not."""
    for name, service in compose(PASSWORD)["services"].items():
        assert service["mem_limit"], name
        assert service["pids_limit"], name
        assert service["logging"]["options"].keys() == {"max-size", "max-file"}
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service.get("cap_add", []) == [] or name == "postgres"


def test_every_file_that_is_mounted_exists() -> None:
    """Docker would make a directory in its place."""
    volumes = [volume for each in compose(PASSWORD)["services"].values() for volume in each.get("volumes", [])]
    (webhooks,) = [volume for volume in volumes if not isinstance(volume, str)]  # that file is the user's
    assert webhooks["bind"] == {"create_host_path": False}
    volumes.remove(webhooks)
    files = [volume.split(":")[0] for volume in volumes if volume.startswith("./")]
    assert len(files) == 5
    assert all((DOCKER / file).is_file() for file in files)
