"""The README says what the code does."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from streams.cli import COMMANDS
from streams.settings import PREFIX, Settings

README = (Path(__file__).parents[1] / "README.md").read_text()


def test_every_setting_is_documented() -> None:
    """The table of settings has each one, with its default and its meaning, and no other."""
    rows = re.findall(r"^\| `(NEWSDIFF_\w+)` \| (.*?) \| (.*) \|$", README, re.MULTILINE)
    settings = [
        (
            PREFIX + field.name.upper(),
            "" if field.default is None else f"`{field.default}`",
            field.metadata["doc"],
        )
        for field in dataclasses.fields(Settings)
    ]
    assert rows == settings


def test_every_command_is_documented() -> None:
    """The table of commands has each one, in the order of `newsdiff --help`, and no other."""
    assert list(dict.fromkeys(re.findall(r"^\| `newsdiff ([\w-]+)", README, re.MULTILINE))) == list(COMMANDS)


def test_every_link_leads_somewhere() -> None:
    """A path that the README links to is there."""
    for target in re.findall(r"\]\(((?!https?:)[^)#]+)\)", README):
        assert (Path(__file__).parents[1] / target).exists(), target
