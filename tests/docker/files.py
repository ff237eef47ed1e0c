"""The files of `docker/`, read as Docker reads them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "docker"

PASSWORD = {"POSTGRES_PASSWORD": "secret", "GRAFANA_PASSWORD": "secret"}

_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def compose(given: dict[str, str]) -> dict[str, Any]:
    """The compose file, the variables in it filled in.

    Raises:
        KeyError: one has to be given and is not.
    """

    def filled(match: re.Match[str]) -> str:
        name, how, default = match.groups()
        return given.get(name) or (default if how == "-" else given[name])

    def inside(value: Any) -> Any:
        match value:
            case str():
                return _VARIABLE.sub(filled, value)
            case dict():
                return {name: inside(each) for name, each in value.items()}
            case list():
                return [inside(each) for each in value]
        return value

    found = yaml.safe_load((DOCKER / "compose.yaml").read_text())
    return {name: inside(value) for name, value in found.items() if not name.startswith("x-")}


def our_services() -> dict[str, dict[str, Any]]:
    """The services that run this program."""
    return {name: each for name, each in compose(PASSWORD)["services"].items() if "build" in each}


def copied() -> list[str]:
    """The paths that the image is built from."""
    lines = (DOCKER / "Dockerfile").read_text().splitlines()
    found = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    return [path for paths in found for path in paths]
