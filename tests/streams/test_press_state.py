"""What the press remembers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.errors import UnavailableError
from streams.press.state import PressState, load, save

STATE = PressState(datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC), datetime(2026, 2, 3, tzinfo=UTC), 40123)


def test_round_trip(tmp_path: Path) -> None:
    """What is saved is loaded, in a directory that did not exist, with nothing left beside it."""
    path = tmp_path / "a" / "b" / "press.json"
    assert load(path) is None
    save(path, STATE)
    assert load(path) == STATE
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff",
        b"{",
        b'{"origin": "2026-01-02T00:00:00", "time": "2026-01-02T00:00:00Z"}',
        b'{"port": 70000}',
    ],
)
def test_not_a_state(tmp_path: Path, content: bytes) -> None:
    """A file that holds something else is an error that names it and says what to do."""
    path = tmp_path / "press.json"
    path.write_bytes(content)
    with pytest.raises(UnavailableError, match=r"press\.json: .*; delete it"):
        load(path)


def test_cannot_be_written(tmp_path: Path) -> None:
    """A directory that cannot be made is an error that names the file."""
    (tmp_path / "file").touch()
    with pytest.raises(UnavailableError, match=r"press\.json cannot be written"):
        save(tmp_path / "file" / "press.json", STATE)
