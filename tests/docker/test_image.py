"""Every service of the compose file runs in a bare environment that is built as the image builds it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from receiver import file_of

from streams.embedded.ports import choose_port
from tests.docker.files import DOCKER, ROOT, copied, our_services

pytestmark = [pytest.mark.broker, pytest.mark.timeout(600)]

PATIENCE = 120.0


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a new environment with what is copied into the image, and nothing of the tests."""
    source, venv = tmp_path_factory.mktemp("src"), tmp_path_factory.mktemp("image") / "venv"
    for path in copied():
        found = ROOT / path
        if found.is_dir():
            shutil.copytree(found, source / path, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            (source / path).parent.mkdir(exist_ok=True)
            shutil.copy(found, source / path)
    subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    steps = re.findall(r"^RUN /venv/bin/pip (install .*)$", (DOCKER / "Dockerfile").read_text(), re.MULTILINE)
    assert len(steps) == 2
    for step in steps:
        subprocess.run([venv / "bin" / "pip", "--quiet", *step.split()], check=True, cwd=source)
    return venv / "bin"


@pytest.fixture
def environment(bare: Path, kafka: str, tmp_path: Path) -> dict[str, str]:
    """What a process of the image has, on this machine."""
    image = dict(re.findall(r"(\w+)=(\S+)", (DOCKER / "Dockerfile").read_text().split("ENV ")[1].split("USER")[0]))
    ports = {name: str(choose_port("127.0.0.1")) for name in ("9464", "8000")}
    here = {"PATH": f"{bare}:{os.environ['PATH']}", "HOME": "/nonexistent", "NEWSDIFF_DATA": str(tmp_path),
            "NEWSDIFF_METRICS": f"127.0.0.1:{ports['9464']}", "NEWSDIFF_SITE": f"127.0.0.1:{ports['8000']}",
            "NEWSDIFF_WEBHOOKS": str(file_of(tmp_path / "webhooks.toml", desk={"url": "http://127.0.0.1:1/"})),
            "NEWSDIFF_KAFKA": kafka, "NEWSDIFF_APP_ID": "image", "NEWSDIFF_PARTITIONS": "4"}  # fmt: skip
    return {**image, **here}


def services() -> Iterator[tuple[str, dict[str, Any]]]:
    """Those that go on running."""
    yield from ((name, each) for name, each in our_services().items() if name != "topics")


def check_of(service: dict[str, Any], environment: dict[str, str]) -> list[str]:
    """The health check of a service, at the ports of this machine."""
    text = (DOCKER / "Dockerfile").read_text()
    own = re.findall(r'"([^"]*)"', text[text.index('CMD ["python"') :].splitlines()[0])
    test = service["healthcheck"]["test"][1:] if "healthcheck" in service else own
    ports = {"9464": environment["NEWSDIFF_METRICS"], "8000": environment["NEWSDIFF_SITE"]}
    return [re.sub(r"127\.0\.0\.1:(\d+)", lambda match: ports[match[1]], part) for part in test]


def test_a_kafka_of_our_own_is_an_extra(environment: dict[str, str], tmp_path: Path) -> None:
    """Where it is not installed, `up` says so, and what to do."""
    del environment["NEWSDIFF_KAFKA"]
    ended = subprocess.run(
        ["newsdiff", "up", "--port", "0"], env=environment, cwd=tmp_path, check=False, capture_output=True, text=True
    )
    assert ended.returncode == 1
    assert "pip install 'newsdiff[embedded]'" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(("name", "service"), list(services()), ids=[name for name, _ in services()])
def test_a_service_is_healthy(name: str, service: dict[str, Any], environment: dict[str, str], tmp_path: Path) -> None:
    """Its topics are made, it starts, its health check finds it, and it ends when it is told to."""
    subprocess.run(["newsdiff", "topics"], env=environment, cwd=tmp_path, check=True, capture_output=True)
    with subprocess.Popen(["newsdiff", *service["command"]], env=environment, cwd=tmp_path) as process:
        try:
            deadline = time.monotonic() + PATIENCE
            check = check_of(service, environment)
            ready = [part.replace("/live", "/ready") for part in check]  # one that is live may not mind signals yet
            for each in (check, ready):
                while subprocess.run(each, env=environment, check=False, capture_output=True).returncode:
                    assert process.poll() is None, name
                    assert time.monotonic() < deadline, name
                    time.sleep(0.5)
        finally:
            process.terminate()
        assert process.wait(PATIENCE) == 0
