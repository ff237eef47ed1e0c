"""Remembering bodies."""

from __future__ import annotations

from agents.detect.memory import Memory, fingerprint


def test_only_the_newest_body_of_an_article_is_remembered() -> None:
    """A body is known until the article shows another one."""
    memory = Memory(9)
    one, other = fingerprint(b"one", None), fingerprint(b"two", None)
    memory.remember("a", one, "1")
    assert memory.text_hash("a", one) == "1"
    assert memory.text_hash("b", one) is None
    memory.remember("a", other, "2")
    assert (memory.text_hash("a", one), memory.text_hash("a", other)) == (None, "2")


def test_the_charset_makes_another_body() -> None:
    """The same bytes under another charset may be another text."""
    assert fingerprint(b"one", "utf-8") != fingerprint(b"one", "koi8-r")


def test_the_article_that_changed_longest_ago_is_forgotten() -> None:
    """There are never more articles than allowed."""
    memory, body = Memory(2), fingerprint(b"one", None)
    for url in ("a", "b", "a", "c"):
        memory.remember(url, body, "1")
    assert [memory.text_hash(url, body) for url in ("a", "b", "c")] == ["1", None, "1"]
