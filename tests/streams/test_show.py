"""A change in a terminal is short, says what happened, and obeys nothing that is in its text."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from agents.diff.compare import diff, stats
from agents.diff.interval import interval
from agents.diff.text import Text
from schemas.article import Article, Meta, Paragraph
from schemas.change import Change, ChangeKind, Label, Severity, Side
from schemas.version import Version
from streams.show import show, show_version, visible

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://lisk-courier.example/ferry"
META = Meta(
    id="1", stream="article.change.v1", domain="lisk-courier.example", dt=START, topic="article.fetch.v1", partition=0,
    offset=0,
)  # fmt: skip
ARTICLE = Article(id="0" * 32, url=URL, source="Lisk Courier", first_seen=START, last_changed=START, change_count=1)
LONG = " ".join(f"word{number}" for number in range(60))
OLD = Text("Council delays vote", "By Ana Novak", None, ("One.", "Two.", "It cost 1,200 crowns.", "Gone."))
NEW = Text(
    "Council rejects ferry", "By Ben Ruiz", "It is over.", ("One.", "Two.", "It cost 1,300 crowns.", "A new end.")
)


def change(old: Text = OLD, new: Text = NEW, kind: ChangeKind = "edited", article: Article = ARTICLE) -> Change:
    """The change from one text to another, five hours apart."""
    later = START + timedelta(hours=5)
    difference = diff(old, new)
    return Change(
        meta=META,
        kind=kind,
        article=article,
        prior=Side(version=1, hash="1" * 32, fetched_at=START, title=old.title, byline=old.byline, words=0),
        current=Side(version=2, hash="2" * 32, fetched_at=later, title=new.title, byline=new.byline, words=0),
        interval=interval(START, later),
        diff=difference,
        stats=stats(difference),
    )


def shown(event: Change, **options: Any) -> str:
    """What is printed where the output is piped, or with options of the console."""
    out = io.StringIO()
    show(event, Console(file=out, **options))
    return out.getvalue()


def paragraphs(old: list[str], new: list[str]) -> str:
    """What is printed below the heading for a change of paragraphs."""
    return shown(change(Text("T", paragraphs=tuple(old)), Text("T", paragraphs=tuple(new)))).split(f"{URL}\n", 1)[1]


def test_a_change_reads_well_when_piped() -> None:
    """Without colour the marks are brackets; what did not change is folded; lines are not wrapped."""
    assert (
        shown(change())
        == f"""\
Council [-delays vote-]{{+rejects ferry+}}
Lisk Courier · edited · about 5 hours later · version 1 → 2 · 4 words added, 2 removed
{URL}

Byline: By [-Ana Novak-]{{+Ben Ruiz+}}

Standfirst: {{+It is over.+}}

… 2 paragraphs unchanged

It cost [-1,200-]{{+1,300+}} crowns.

[-Gone.-]

{{+A new end.+}}

"""
    )


def test_a_terminal_shows_colours() -> None:
    """In a terminal deleted words are red and struck through, inserted ones green, and there are no brackets."""
    out = shown(change(), force_terminal=True, color_system="standard", no_color=False, width=100)
    assert "\x1b[9;31m1,200\x1b[0m" in out
    assert "\x1b[32m1,300\x1b[0m" in out
    assert "[-" not in out


def test_a_terminal_without_colours_shows_brackets() -> None:
    """Where colours are unwanted, marks are still seen."""
    assert "[-1,200-]{+1,300+}" in shown(change(), force_terminal=True, no_color=True, width=100)


def test_long_unchanged_text_is_cut_around_the_marks() -> None:
    """Of a long paragraph only what is near a mark is shown, in whole words."""
    text = paragraphs([f"{LONG} 5 {LONG} 7 {LONG}"], [f"{LONG} 6 {LONG} 8 {LONG}"])
    assert "word59 [-5-]{+6+} word0 word1 " in text
    assert "word59 [-7-]{+8+} word0 word1 " in text
    assert text.count(" … ") == 1
    assert text.startswith("\n… word")
    assert text.endswith(" …\n\n")
    assert len(text) < 600


def test_what_happened_beyond_words_is_said() -> None:
    """Moves, splits and merges are named."""
    first, second, third = (f"Paragraph {name} says that it is about {name} only." for name in ("one", "two", "three"))
    assert f"Moved from paragraph 3 to 1: {third}" in paragraphs([first, second, third], [third, first, second])
    assert "Split into 2: " in paragraphs([f"{first} {second}"], [first, second])
    merged = paragraphs([first, second], [f"{first} {second}"])
    assert "Merged from 2: " in merged
    assert "[-¶\n-]{+ +}" in merged


def test_one_unchanged_paragraph_is_singular() -> None:
    """The fold counts as people do."""
    assert "… 1 paragraph unchanged" in paragraphs(["One.", "Two."], ["One.", "Three, then."])


def test_a_removal_shows_what_was_there() -> None:
    """A removed article is named by its last title, and nothing is said of words."""
    gone = Change(
        meta=META, kind="removed", article=ARTICLE, prior=change().prior, current=None, interval=interval(START, START),
        diff=diff(Text(), Text()), stats=stats(diff(Text(), Text())),
    )  # fmt: skip
    assert shown(gone) == (
        f"Council delays vote\nLisk Courier · removed · less than a minute later · version 1 → gone\n{URL}\n\n"
    )


@pytest.mark.parametrize("terminal", [False, True])
@given(
    text=st.text(
        st.one_of(
            st.sampled_from("\x1b\x9b\x07\r\b\n\t\u202e\u2066\u200f\u2028\ufeff\x00[]m31;"),
            st.characters(exclude_categories=["Cs"]),
        ),
        max_size=30,
    )
)
def test_hostile_text_cannot_command_the_terminal(text: str, *, terminal: bool) -> None:
    """No control or direction character of an event reaches the terminal: only our own colours and line ends do."""
    article = Article(id="0" * 32, url=text, source=text, first_seen=START, last_changed=None, change_count=0)
    out = shown(
        change(Text(text, text, text, (text,)), Text(f"x{text}", None, text, (text, text)), article=article),
        force_terminal=terminal, color_system="standard" if terminal else None, width=80,
    )  # fmt: skip
    assert not regex.search(r"[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]", regex.sub(r"\x1b\[[0-9;]*m|\n", "", out))
    if not terminal:
        assert "\x1b" not in out


def test_markup_and_emoji_codes_are_text() -> None:
    """What looks like the markup of the terminal library is shown as it stands."""
    assert "[bold]x[/bold] :smile: {+now+}" in paragraphs(
        ["[bold]x[/bold] :smile:"], ["[bold]x[/bold] :smile: now"]
    ).replace("{+ now", " {+now")


def test_scripts_that_need_joiners_are_left_alone() -> None:
    """Families, flags and Persian words are made with format characters that stay."""
    text = "👩‍👩‍👧 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f می\u200cخواهم"  # noqa: RUF001 - Persian
    assert visible(text) == text


def test_a_version_is_one_line() -> None:
    """A version event is told by its kind, number, title, length and address, in one line whatever is in it."""
    version = Version(
        meta=META, kind="first", article=ARTICLE, version=1, hash="1" * 32, fetched_at=START, title="A\nferry\x1b[2J",
        paragraphs=(Paragraph("heading", "What is new"), Paragraph("text", "It cost 1,200 crowns.")),
    )  # fmt: skip
    out = io.StringIO()
    show_version(version, Console(file=out, width=40))
    assert out.getvalue() == f"first · version 1 · A�ferry�[2J · 7 words · {URL}\n"


@pytest.mark.parametrize(("width", "is_wide"), [(140, True), (100, False)])
def test_old_and_new_stand_side_by_side_where_there_is_room(width: int, *, is_wide: bool) -> None:
    """In a wide terminal an edited paragraph is one line with both texts, in a narrow one both are in one text."""
    plain = regex.sub(r"\x1b\[[\d;]*m", "", shown(change(), force_terminal=True, width=width, color_system="standard"))
    assert (regex.search(r"It cost 1,200 crowns\. +It cost 1,300 crowns\.", plain) is not None) == is_wide
    assert ("It cost 1,2001,300 crowns." in plain) != is_wide


def test_labels_and_severity_stand_below_the_heading() -> None:
    """The labels are told in their order, numbers with their values, each pair once."""
    event = change()
    numbers = Label("numbers", (2,), ("12", "13", "12", "13", "a", "b", "c", "d", "e\x1b", "f"))
    event = replace(event, labels=(Label("headline"), numbers), severity=Severity(0.58, ("numbers 0.40",)))
    assert shown(event).splitlines()[2] == "headline · numbers 12 → 13, a → b, c → d, and 1 more  severity 0.58"
