"""What can be told of the manifest without a cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import kubernetes_validate
import pytest
import yaml

from streams.cli import COMMANDS
from streams.settings import Settings
from tests.docker.files import DOCKER

VERSION = "1.33"
DOCUMENTS = list(yaml.safe_load_all((DOCKER / "kubernetes.yaml").read_text()))
NAMES = [f"{each['kind']} {each['metadata']['name']}" for each in DOCUMENTS]


def containers() -> Iterator[dict[str, Any]]:
    """The containers of all pods."""
    for each in DOCUMENTS:
        yield from each["spec"].get("template", {}).get("spec", {}).get("containers", []) if "spec" in each else ()


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_each_document_is_valid(document: dict[str, Any]) -> None:
    """By the schema of its kind, of which it has no other field."""
    kubernetes_validate.validate(document, VERSION, strict=True)
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({**document, "specification": {}}, VERSION, strict=True)


def test_every_variable_is_a_setting() -> None:
    """With a value that it takes."""
    (given,) = [each["data"] for each in DOCUMENTS if each["kind"] == "ConfigMap"]
    named = {each["name"] for container in containers() for each in container.get("env", [])}
    assert named == {"NEWSDIFF_DATABASE_URL"}
    assert Settings.from_environment({**given, "NEWSDIFF_DATABASE_URL": "postgresql://u:p@h/n"}).partitions == 8


def test_every_container_runs_a_command_and_is_asked_where_it_answers() -> None:
    """At the port of the image, with nothing to write on but its volumes."""
    image = (DOCKER / "Dockerfile").read_text()
    for container in containers():
        assert container["args"][0] in COMMANDS
        ports = {each["name"]: each["containerPort"] for each in container.get("ports", [])}
        assert all(str(port) in re.findall(r"EXPOSE (.*)", image)[0].split() for port in ports.values())
        probes = [container[name]["httpGet"] for name in ("livenessProbe", "readinessProbe") if name in container]
        assert all(probe["port"] in ports and probe["path"] in ("/live", "/ready") for probe in probes)
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert "memory" in container["resources"]["limits"]
