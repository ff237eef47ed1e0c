"""Rules of a source decide how its pages are read, and nobody else's."""

from __future__ import annotations

import pytest
from detect_fetches import page, prose

from agents.detect.page import EXTRACTOR, read_page
from agents.detect.rules import Rules, parse_rules, rules_for
from schemas.errors import SettingsError

PAGE = page(*prose(), "Our archive has it all.", above="<div class='note-box'><p>A storm is near, they say.</p></div>")


def known(text: str, host: str = "eastmere-echo.test") -> dict[str, Rules]:
    """The rules of one file, by its host."""
    return {host: parse_rules(f"{host}.txt", text)}


def texts(rules: str, body: bytes = PAGE, host: str = "eastmere-echo.test") -> list[str]:
    """The paragraphs that are read by rules."""
    return [paragraph.text for paragraph in read_page(body, None, None, host, known(rules)).paragraphs]


def test_the_keys_of_the_format() -> None:
    """Body, title, author and what is to be stripped are found where the rules say; other keys are passed over."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in prose(99))
    real = f"<div id='real'><b>Calm</b><i>Ada Quill</i>{text}</div><nav>"
    body = page(*prose(), title="Storm").replace(b"<nav>", real.encode())
    rules = """
    # where it stands
    title: //div[@id='real']/b
    author: //div[@id='real']/i
    body: //div[@id='nowhere']
    body: //div[@id='real']
    strip: //div[@id='real']/b | //div[@id='real']/i
    http_header(Cookie): consent=yes
    single_page_link: //a[@class='print']
    """
    reading = read_page(body, None, None, "www.eastmere-echo.test", known(rules))
    assert (reading.title, reading.byline) == ("Calm", "Ada Quill")
    assert [paragraph.text for paragraph in reading.paragraphs] == list(prose(99))


def test_a_body_that_is_too_short_is_not_believed() -> None:
    """A rule that is out of date does not hide the article."""
    assert texts("body: //div[@class='note-box']") == texts("")


def test_what_is_stripped_and_ignored_is_not_read() -> None:
    """By an id or a class, by a path, by its words; what is ignored is kept aside."""
    assert "A storm is near, they say." in texts("")
    assert "A storm is near, they say." not in texts("strip_id_or_class: note-b")
    assert "A storm is near, they say." not in texts("volatile: //div[contains(@class, 'note')]")
    rules = known(r"ignore_text: Our archive .*")
    reading = read_page(PAGE, None, None, "eastmere-echo.test", rules)
    assert "Our archive has it all." in [paragraph.text for paragraph in reading.furniture]
    assert "Our archive has it all." not in [paragraph.text for paragraph in reading.paragraphs]


def test_rules_are_of_their_host() -> None:
    """With and without `www.`; a file with a leading dot is for all hosts beneath; others are left alone."""
    own, beneath = known("strip: //x", "echo.test"), known("strip: //x", ".echo.test")
    assert rules_for("echo.test", own) is rules_for("WWW.echo.test", own) is own["echo.test"]
    assert rules_for("news.echo.test", own) is None
    assert rules_for("news.echo.test", beneath) is beneath[".echo.test"]
    assert rules_for("live.news.echo.test", beneath) is beneath[".echo.test"]
    assert rules_for("echo.test", beneath) is None
    assert rules_for("test", beneath) is None


def test_other_rules_are_another_extractor() -> None:
    """The reading says by which rules it came about, so that an article is read anew when they change."""
    extractors = {
        read_page(PAGE, None, None, "eastmere-echo.test", rules).extractor
        for rules in ({}, known("strip: //x"), known("strip: //y"), known("strip: //x", "other.test"))
    }
    assert len(extractors) == 3
    assert EXTRACTOR in extractors


@pytest.mark.parametrize(
    "line",
    [
        "body: //div[",
        "strip: //a/text(",
        "ignore_text: (",
        "volatile: document('/etc/passwd')[",
        "title: $x[",
        "ignore_text: .*",
        "test_contains: x",
        "ignore_txt: Our archive",
        "strip_id_or_clas: box",
    ],
)
def test_a_line_that_cannot_be_used_is_named(line: str) -> None:
    """File, line and value are told before anything starts."""
    with pytest.raises(SettingsError, match=r"^a\.txt:2: "):
        parse_rules("a.txt", f"# rules\n{line}\n")


@pytest.mark.parametrize("path", ["count(//p)", "'/etc/passwd'", "//nothing"])
def test_a_path_that_finds_no_elements_does_nothing(path: str) -> None:
    """A number, a string or nothing is no part of a page."""
    assert texts(f"strip: {path}") == texts("")


@pytest.mark.parametrize("path", ["document('/etc/passwd')", "//p[unknown(.)]", "//p[$x]", "//x:div"])
def test_no_path_reads_a_file(path: str) -> None:
    """XPath 1.0 has no function that does; what is unknown is told before anything starts."""
    with pytest.raises(SettingsError, match=r"^eastmere-echo.test.txt:1: "):
        known(f"strip: {path}")
