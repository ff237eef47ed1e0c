"""What can be told of the manifest without a cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import kubernetes_validate
import pytest
import yaml

from streams.cli import COMMANDS
from streams.health import LOOP_TIMEOUT
from streams.settings import Settings
from tests.docker.files import DOCKER

VERSION = "1.33"
DOCUMENTS = list(yaml.safe_load_all((DOCKER / "kubernetes.yaml").read_text()))
NAMES = [f"{each['kind']} {each['metadata']['name']}" for each in DOCUMENTS]


PODS = {
    each["metadata"]["name"]: each["spec"]["template"]
    for each in DOCUMENTS
    if each["kind"] in ("StatefulSet", "Deployment")
}


def containers() -> Iterator[dict[str, Any]]:
    """The containers of all pods."""
    for pod in PODS.values():
        yield from pod["spec"]["containers"]


def named(kind: str) -> dict[str, dict[str, Any]]:
    """What each document of a kind says, by its name."""
    return {each["metadata"]["name"]: each["spec"] for each in DOCUMENTS if each["kind"] == kind}


@pytest.mark.parametrize("document", DOCUMENTS, ids=NAMES)
def test_each_document_is_valid(document: dict[str, Any]) -> None:
    """By the schema of its kind, of which it has no other field."""
    kubernetes_validate.validate(document, VERSION, strict=True)
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate({**document, "specification": {}}, VERSION, strict=True)


def test_every_variable_is_a_setting() -> None:
    """With a value that it takes."""
    (given,) = [each["data"] for each in DOCUMENTS if each["kind"] == "ConfigMap"]
    own = {each["name"]: each["value"] for container in containers() for each in container.get("env", [])}
    assert own.keys() == {"NEWSDIFF_WEBHOOKS"}
    (secret,) = re.findall(r"--from-literal=(\w+)=(\S+)", (DOCKER / "kubernetes.yaml").read_text())
    assert Settings.from_environment({**given, **own, **dict([secret])}).partitions == 8


def test_every_container_runs_a_command_and_is_asked_where_it_answers() -> None:
    """At the port of the image, with nothing to write on but its volumes."""
    image = (DOCKER / "Dockerfile").read_text()
    for container in containers():
        assert container["args"][0] in COMMANDS
        ports = {each["name"]: each["containerPort"] for each in container.get("ports", [])}
        assert all(str(port) in re.findall(r"EXPOSE (.*)", image)[0].split() for port in ports.values())
        names = ("startupProbe", "livenessProbe", "readinessProbe")
        probes = [container[name]["httpGet"] for name in names if name in container]
        assert len(probes) >= 2
        assert all(probe["port"] in ports and probe["path"] in ("/live", "/ready") for probe in probes)
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert "memory" in container["resources"]["limits"]
        assert all(
            container[name]["timeoutSeconds"] >= LOOP_TIMEOUT for name in ("livenessProbe", "readinessProbe")
        )  # as long as an answer may take


def test_a_pod_has_no_leave_that_it_does_not_need() -> None:
    """It knows no Kubernetes, is not root, and runs the image by a version."""
    for pod in PODS.values():
        assert pod["spec"]["automountServiceAccountToken"] is False
        assert pod["spec"]["securityContext"]["runAsNonRoot"] is True
    assert all(re.fullmatch(r"\S+:\d+\.\d+\.\d+", container["image"]) for container in containers())
    assert {container["image"].rpartition(":")[2] for container in containers()} == {version("newsdiff")}


def test_a_migration_is_waited_for() -> None:
    """The site, which does not answer meanwhile, is not killed in an hour of it."""
    (site,) = PODS["newsdiff-site"]["spec"]["containers"]
    assert site["startupProbe"]["periodSeconds"] * site["startupProbe"]["failureThreshold"] >= 3600


def test_all_fits_together() -> None:
    """Each StatefulSet has the headless Service that it names; what has replicas is spread, and kept by a budget."""
    services = named("Service")
    for name, spec in named("StatefulSet").items():
        assert services[spec["serviceName"]]["clusterIP"] == "None"
        assert services[spec["serviceName"]]["selector"] == {"app": name}
    several = {name for name, spec in (named("StatefulSet") | named("Deployment")).items() if spec["replicas"] > 1}
    assert several == {"newsdiff-worker", "newsdiff-site"} == named("PodDisruptionBudget").keys()
    for name in several:
        (spread,) = PODS[name]["spec"]["topologySpreadConstraints"]
        assert spread["labelSelector"]["matchLabels"] == PODS[name]["metadata"]["labels"]
