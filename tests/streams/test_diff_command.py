"""`newsdiff diff` compares two files without a service."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from agents.diff.text import Text
from streams.commands.diff import command, read_file

OLD = "Council delays vote\n\nThe council of <Lisk> met.\n\n  It cost   1,200 crowns.  \nIt adjourned.\n"
NEW = "Council rejects ferry\nThe council of <Lisk> met.\nIt cost 1,300 crowns.\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """Two text files."""
    old, new = tmp_path / "old.txt", tmp_path / "new.txt"
    old.write_text(OLD)
    new.write_text(NEW)
    return str(old), str(new)


def run(*arguments: str) -> Result:
    """The command, piped."""
    return CliRunner().invoke(command, arguments)


def test_the_first_line_is_the_title(files: tuple[str, str]) -> None:
    """Lines that are not empty are paragraphs, their white space folded."""
    assert read_file(Path(files[0])).text == Text(
        "Council delays vote", paragraphs=("The council of <Lisk> met.", "It cost 1,200 crowns.", "It adjourned.")
    )


def test_words_are_marked_without_colour_when_piped(files: tuple[str, str]) -> None:
    """The diff is the one that the service would show, under the names of the files."""
    result = run(*files)
    assert result.exit_code == 0
    assert result.output == (
        "Council [-delays vote-]{+rejects ferry+}\n"
        f"{files[0]} → {files[1]} · 1 word added, 3 removed\n"
        "headline · numbers 1,200 → 1,300 · silent  severity 0.72\n\n"
        "… 1 paragraph unchanged\n\nIt cost [-1,200-]{+1,300+} crowns.\n\n[-It adjourned.-]\n"
    )


def test_json_has_the_diff_and_its_figures(files: tuple[str, str]) -> None:
    """The JSON is that of the change event's two fields."""
    found = orjson.loads(run(*files, "--json").output)
    assert found["diff"]["title"] == [["=", "Council "], ["-", "delays vote"], ["+", "rejects ferry"]]
    assert [row["kind"] for row in found["diff"]["rows"]] == ["equal", "edited", "deleted"]
    assert found["stats"] == {"added": 1, "removed": 3, "kept": 8, "similarity": 0.8}
    assert {label["name"]: label["rows"] for label in found["labels"]} == {
        "headline": [],
        "numbers": [1],
        "silent": [1, 2],
    }
    assert found["severity"]["score"] == 0.72


class Outline(HTMLParser):
    """The tags of a page, its marked words, and how they nest."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.marked: list[tuple[str, str]] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember a tag that has to be closed."""
        self.tags.add(tag)
        assert all(name != "src" and (name != "href" or str(value).startswith("#")) for name, value in attrs)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost tag."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Remember what is marked."""
        if self.open and self.open[-1] in {"del", "ins"}:
            self.marked.append((self.open[-1], data))


def test_html_is_one_page_that_needs_nothing(files: tuple[str, str]) -> None:
    """The page has both sides, and both in one text; it has no script, nothing to load, and is for light and dark."""
    result = run(*files, "--html")
    outline = Outline()
    outline.feed(result.output)
    assert outline.open == []
    assert outline.marked == [
        *[("del", "delays vote"), ("ins", "rejects ferry")] * 2,
        *[("del", "1,200"), ("ins", "1,300")] * 2,
        *[("del", "It adjourned.")] * 2,
    ]
    assert not outline.tags & {"script", "link", "img", "lisk"}
    assert "prefers-color-scheme: dark" in result.output


def test_html_neutralises_what_turns_text_around(tmp_path: Path) -> None:
    """Direction and control characters of a text, or of a file's name, do not get into the page."""
    old, new = tmp_path / "a\u202e.txt", tmp_path / "<b>.txt"
    old.write_text("T\nsafe \u202e text \x1b[2J")
    new.write_text("T\nsafe text")
    page = run(str(old), str(new), "--html").output
    assert not {"\u202e", "\x1b"} & set(page)
    assert "&lt;b&gt;.txt" in page


def test_html_files_are_read_as_pages(tmp_path: Path) -> None:
    """Of a page the article is compared, not what stands around it."""
    pytest.importorskip("agents.detect.page")
    body = "The harbour council of Port Lisk voted on Tuesday to build a ferry for the islands. "
    template = (
        "<!doctype html><title>{0}</title><nav><a href='/'>Home {1}</a></nav><article><h1>{0}</h1>"
        "<p>{2}</p><p>It will cost {1} crowns, said the mayor of the city, Ana Duarte, on the quay.</p></article>"
    )
    paths = [tmp_path / "old.html", tmp_path / "new.HTM"]
    for path, cost in zip(paths, ("1,200", "1,300"), strict=True):
        path.write_text(template.format("Council wants a ferry", cost, body * 3))
    result = run(*map(str, paths))
    assert result.exit_code == 0
    assert "It will cost [-1,200-]{+1,300+} crowns" in result.output
    assert "Home" not in result.output


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.txt", None, "cannot be read: No such file or directory"),
        ("latin.txt", "Ein Fährschiff".encode("latin-1"), "is not text in UTF-8: invalid continuation byte at byte 5"),
        ("large.txt", b"x" * 101, "has more than 100 bytes, the size of the largest page"),
        ("empty.html", b"<p></p>", "there is no article in this page"),
    ],
)
def test_a_file_that_cannot_be_compared_is_one_line(
    name: str, content: bytes | None, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line names the file and what is wrong with it, and the exit code is 2."""
    monkeypatch.setattr("streams.files.MAX_BODY", 100)
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    result = run(str(path), str(path))
    assert result.exit_code == 2
    assert len(result.output.splitlines()) == 1
    assert name in result.output
    assert message in result.output


def test_one_output_at_a_time(files: tuple[str, str]) -> None:
    """--json and --html together are a mistake that is told."""
    result = run(*files, "--json", "--html")
    assert result.exit_code == 2
    assert "exclude each other" in result.output


def test_an_empty_file_is_an_empty_text(tmp_path: Path) -> None:
    """A file with nothing in it has neither title nor paragraphs."""
    (tmp_path / "empty.txt").write_text("")
    assert read_file(tmp_path / "empty.txt").text == Text()
