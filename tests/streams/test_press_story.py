"""The stories as they are written."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest

from streams.press.story import PAPERS, Edit, Kind, Text, _edited, slugs, story, texts

TEXT = Text("A headline", "A standfirst", ("One and one.", "Two. Then some.", "Three."))


@pytest.mark.parametrize("slug", slugs())
def test_every_edit_fits(slug: str) -> None:
    """Whatever a story's words and numbers happen to be, each edit fits the text before it and changes it."""
    for number in range(1, 13):
        versions = texts(slug, number)
        for before, after, edit in zip(versions, versions[1:], story(slug, number).edit, strict=False):
            assert (before == after) <= (edit.kind in {"removal", "return"})


@pytest.mark.parametrize("slug", slugs())
def test_life_is_rich(slug: str) -> None:
    """A story has five to ten paragraphs, and seven or more edits of at least six kinds, in order of time."""
    edits = story(slug, 1).edit
    assert 5 <= len(texts(slug, 1)[0].paragraphs) <= 10
    assert len(edits) >= 7
    assert len({edit.kind for edit in edits}) >= 6
    assert [edit.hours for edit in edits] == sorted({edit.hours for edit in edits})


def test_each_paper_does_everything() -> None:
    """Every paper has five stories or more, and among them every kind of edit."""
    stories = [story(slug, 1) for slug in slugs()]
    count = Counter(told.paper for told in stories)
    assert count.keys() == PAPERS.keys()
    assert min(count.values()) >= 5
    for paper in PAPERS:
        assert {edit.kind for told in stories if told.paper == paper for edit in told.edit} == set(get_args(Kind))


def test_not_only_english() -> None:
    """There are stories in other languages, whose letters are not all ASCII."""
    languages = {story(slug, 1).language: texts(slug, 1)[0] for slug in slugs()}
    assert languages.keys() == {"en", "de", "es"}
    assert not any("".join(languages[language].paragraphs).isascii() for language in ("de", "es"))


@pytest.mark.parametrize("slug", slugs())
def test_gone_pages_return(slug: str) -> None:
    """A page that is removed comes back with the next edit, which says so."""
    kinds = [edit.kind for edit in story(slug, 1).edit]
    assert [edit.gone is not None for edit in story(slug, 1).edit] == [kind == "removal" for kind in kinds]
    assert all(kinds[place + 1] == "return" for place, kind in enumerate(kinds) if kind == "removal")


@pytest.mark.parametrize("slug", slugs())
def test_printed_anew(slug: str) -> None:
    """A story that is printed again has other words or numbers, and the third time yet others."""
    assert len({texts(slug, number)[0] for number in (1, 2, 3)}) == 3


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ({"headline": "Another"}, ("Another", "A standfirst", TEXT.paragraphs)),
        ({"rewrite": (1, "New.")}, (*TEXT[:2], ("New.", "Two. Then some.", "Three."))),
        (
            {"swap": (("Two", "2"), ("A stand", "The stand"))},
            ("A headline", "The standfirst", ("One and one.", "2. Then some.", "Three.")),
        ),
        ({"move": (3, 1)}, (*TEXT[:2], ("Three.", "One and one.", "Two. Then some."))),
        ({"split": "Then"}, (*TEXT[:2], ("One and one.", "Two.", "Then some.", "Three."))),
        ({"add": "Four.\nFive."}, (*TEXT[:2], (*TEXT.paragraphs, "Four.", "Five."))),
        ({"revert": 0, "headline": "Back"}, ("Back", "Old", ("Old.",))),
    ],
)
def test_operations(edit: dict[str, object], expected: tuple[object, ...]) -> None:
    """Each operation does to a text what the format says."""
    assert _edited([Text("Old", "Old", ("Old.",)), TEXT], Edit(hours=1, kind="typo", **edit)) == expected


@pytest.mark.parametrize("words", ["not there", "one", "A "])
def test_edit_that_does_not_fit(words: str) -> None:
    """Words that stand in the text not at all, or more than once, are an error that names them."""
    text = TEXT._replace(paragraphs=("one and one.",))
    with pytest.raises(ValueError, match=f"'{words}' has to stand in the text exactly once"):
        _edited([text], Edit(hours=1, kind="typo", swap=((words, "x"),)))
