"""The folder of rules per source: a file for each host, `example.com.txt`, or `.example.com.txt` for all beneath it."""

from __future__ import annotations

from pathlib import Path

from agents.detect.rules import Rules, parse_rules
from schemas.errors import SettingsError

MAX_FILE = 1024 * 1024


def load_rules(folder: Path | None) -> dict[str, Rules]:
    """The rules in a folder, by host; none without a folder.

    Raises:
        SettingsError: the folder or a file cannot be read, or a line of it cannot be used.
    """
    if folder is None:
        return {}
    if not folder.is_dir():
        raise SettingsError(f"NEWSDIFF_RULES={folder}: there is no such folder")
    return {
        path.name.removesuffix(".txt").lower().removeprefix("www."): read_rules(path)
        for path in sorted(folder.glob("*.txt"))
    }


def read_rules(path: Path) -> Rules:
    """The rules in one file.

    Raises:
        SettingsError: it cannot be read, or a line cannot be used.
    """
    try:
        if path.stat().st_size > MAX_FILE:
            raise SettingsError(f"{path} has more than {MAX_FILE} bytes: these are no rules")
        return parse_rules(str(path), path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error
