"""What shall be watched can stand in a file, and what is wrong in it is told with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.errors import SettingsError
from streams.source_files import NamedSource, read_sources


def read(path: Path, text: str) -> list[NamedSource]:
    """The sources in a file with this text."""
    path.write_text(text)
    return read_sources(path)


def test_a_toml_file_names_sources(tmp_path: Path) -> None:
    """A URL each, with a name and an interval if wanted."""
    text = '[[source]]\nurl = "https://a.test/rss"\n[[source]]\nurl = "https://b.test/"\nname = "B"\nevery = 10\n'
    assert read(tmp_path / "sources.toml", text) == [
        NamedSource("https://a.test/rss"),
        NamedSource("https://b.test/", "B", 10.0),
    ]


def test_an_opml_file_names_feeds(tmp_path: Path) -> None:
    """Those of a feed reader, at whatever depth; no entity is resolved."""
    text = '<opml><body><outline text="News"><outline title="A" xmlUrl="https://a.test/rss"/></outline></body></opml>'
    assert read(tmp_path / "feeds.opml", text) == [NamedSource("https://a.test/rss", "A")]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.toml", "[[source]]\nurl = 5\n", "Expected `str`"),
        ("a.toml", '[[source]]\nurl = "https://a.test/"\nevry = 5\n', "unknown field `evry`"),
        ("a.toml", '[[source]]\nurl = "ftp://a.test/"\n', "source 1: the URL 'ftp://a.test/' is neither"),
        ("a.toml", '[[source]]\nurl = "https://a.test/"\nevery = 0\n', "every is 0: write minutes"),
        ("a.toml", '[[source]]\nurl = "https://u:secret@a.test/"\n', "source 1: there is a user in its URL"),
        ("a.opml", '<opml><outline xmlUrl="https://u:secret@a.test/"/></opml>', "source 1: there is a user in its URL"),
        ("a.toml", '[[source]]\nurl = "https://a.test/"\nevery = nan\n', "every is nan: write minutes"),
        ("a.toml", '[[source]]\nurl = "https://a.test/"\nevery = 1e15\n', "from 1 to 57600"),
        ("a.toml", "what is this", "write [[source]]"),
        ("a.opml", "<opml>", "is no OPML"),
        ("a.opml", "<opml><body/></opml>", "names no feed"),
        ("a.opml", '<!DOCTYPE o [<!ENTITY f SYSTEM "file:///etc/passwd">]><opml>&f;</opml>', "names no feed"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, name: str, text: str, told: str) -> None:
    """The message names the file, the place, the value and what to write."""
    with pytest.raises(SettingsError) as error:
        read(tmp_path / name, text)
    assert told in str(error.value)
    assert name in str(error.value)
    assert "secret" not in str(error.value)
