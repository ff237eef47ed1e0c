"""What is shipped, and under which licences: those of the packages that the image's lock names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import distribution

import click
from packaging.markers import Marker
from packaging.requirements import Requirement

from tests.docker.files import DOCKER

OURS = "newsdiff"
EXTRAS = frozenset({"tracing"})
"""Those of ours that the image has."""


def normal(name: str) -> str:
    """A package's name as the lock has it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> Iterator[tuple[str, str, Marker | None]]:
    """The packages of the lock, each with its version and where it is needed."""
    for entry in re.split(r"\n(?=\S)", (DOCKER / "requirements.lock").read_text().strip()):
        requirement = Requirement(entry.splitlines()[0].rstrip("\\ "))
        yield requirement.name, str(requirement.specifier).removeprefix("=="), requirement.marker


def needed() -> set[str]:
    """The names of our package and of all that it needs on this machine, with those that they need."""
    seen: set[tuple[str, frozenset[str]]] = set()
    todo = [(OURS, EXTRAS)]
    while todo:
        name, extras = todo.pop()
        if (normal(name), extras) in seen:
            continue
        seen.add((normal(name), extras))
        for text in distribution(name).requires or []:
            each = Requirement(text)
            if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in extras | {""}):
                todo.append((each.name, frozenset(each.extras)))
    return {name for name, _ in seen}


def licence(name: str) -> str:
    """The licence of a package that is installed, as it says itself."""
    metadata = distribution(name).metadata
    named = [each.rpartition("::")[2].strip() for each in metadata.get_all("Classifier") or [] if "License ::" in each]
    return metadata.get("License-Expression") or " OR ".join(named) or metadata.get("License") or ""


def main() -> None:
    """Print a line for each package of the lock that this machine needs."""
    for name, version, marker in locked():
        if marker is None or marker.evaluate():
            click.echo(f"{name}\t{version}\t{licence(name).splitlines()[0]}")


if __name__ == "__main__":
    main()
