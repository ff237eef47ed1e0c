"""`newsdiff read` shows what is read from a page and why nothing is."""

from __future__ import annotations

import gzip
from pathlib import Path

import orjson
from click.testing import CliRunner, Result

from streams.cli import newsdiff

TEXT = (
    "The harbour board of Eastmere met on Tuesday and counted 12 boats that had broken loose in the storm.",
    "Nobody was hurt, the board's chair told reporters, although two fishermen spent the night on a sandbank.",
    "Repairs to the northern pier will begin in spring, and the ferry will use the old landing stage until then.",
)
BODY = f"<article><h1>Storm over Eastmere</h1>{''.join(f'<p>{text}</p>' for text in TEXT)}<p>12 comments</p></article>"
HEAD = "<head><title>Storm over Eastmere</title><meta name='author' content='Ada Quill'></head>"
PAGE = f"<html lang='en'>{HEAD}<body>{BODY}</body></html>".encode()


def run(*arguments: object) -> Result:
    """Run the command."""
    return CliRunner().invoke(newsdiff, ["read", *map(str, arguments)])


def test_each_file_is_an_object_a_line(tmp_path: Path) -> None:
    """With --json: what was read, what was left out, how it ended, and how long each rung took."""
    plain, packed = tmp_path / "a.html", tmp_path / "b.html.gz"
    plain.write_bytes(PAGE)
    packed.write_bytes(gzip.compress(PAGE))
    result = run("--json", plain, packed)
    assert result.exit_code == 0, result.output
    first, second = (orjson.loads(line) for line in result.stdout.splitlines())
    assert first["file"] == str(plain)
    assert (first["title"], first["byline"], first["language"]) == ("Storm over Eastmere", "Ada Quill", "en")
    assert first["paragraphs"] == [{"kind": "text", "text": text} for text in TEXT]
    assert first["furniture"] == [{"kind": "text", "text": "12 comments"}]
    assert (first["outcome"], first["reason"]) == ("article", None)
    assert 0 < first["milliseconds"]["visible"] < first["milliseconds"]["article"] + 1000
    assert {**second, "file": "", "milliseconds": 0} == {**first, "file": "", "milliseconds": 0}


def test_a_person_sees_the_same(tmp_path: Path) -> None:
    """Without --json: title, facts, paragraphs with their kinds, what is left out, the time."""
    path = tmp_path / "a.html"
    path.write_bytes(PAGE)
    result = run(path)
    assert result.exit_code == 0
    for shown in (
        "Storm over Eastmere",
        "Ada Quill · en",
        f"text     {TEXT[0]}",
        "left out, by its wording: 12 comments",
        " ms, trafilatura/",
    ):
        assert shown in result.stdout


def test_what_is_no_article_says_why(tmp_path: Path) -> None:
    """An empty page, one that is too complex, and one that does not exist: the others are read all the same."""
    for name, body in (("empty", b""), ("tags", b"<div>" * 100_000), ("page", PAGE)):
        (tmp_path / name).write_bytes(body)
    result = run("--json", tmp_path / "empty", tmp_path / "nowhere", tmp_path / "tags", tmp_path / "page")
    assert result.exit_code == 1
    told = [orjson.loads(line) for line in result.stdout.splitlines()]
    assert [one["outcome"] for one in told] == ["not_article", "dead_letter", "article"]
    assert told[0]["reason"] == "there is no article in the page"
    assert told[1]["reason"] == "too_complex: the page has 100000 tags, 60000 can be read"
    assert f"{tmp_path / 'nowhere'} cannot be read: No such file or directory" in result.stderr
