"""Other ways to diff two versions of an article, and what they mark.

`PEERS` has them by name. All marks are counted alike, this project's own too (`diff_marks`): over tokens, so that a
word that is marked in part counts as a whole one.
"""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby, zip_longest
from typing import Any

import htmldiff2
import simplediff
from diff_match_patch import diff_match_patch
from lxml.html.diff import htmldiff
from rapidfuzz.distance import LCSseq
from redlines import Redlines

from agents.diff.text import Text
from agents.diff.tokens import Words, is_word
from schemas.change import Diff

try:  # its wheel also has a package named `tests`, which would hide this one: it takes part where it is there without
    from fast_diff_match_patch import diff as fast_diff
except ImportError:
    fast_diff = None

Marks = list[tuple[str, str]]
"""What was kept (`=`), deleted (`-`) and inserted (`+`), in the order of both texts; white space does not count."""

OPS = {"equal": "=", "delete": "-", "insert": "+", "replace": "-+"}
TAG = re.compile(r"<(/?)(\w+)[^>]*>")


@dataclass(frozen=True, slots=True)
class Peer:
    """`run` is what is timed: it takes both texts as `prepare` made them, `marks` reads its result."""

    prepare: Callable[[Text], Any]
    run: Callable[[Any, Any], Any]
    marks: Callable[[Any], Marks]


def lines(text: Text) -> list[str]:
    """Everything that is compared, a paragraph a line."""
    return [part for part in (text.title, text.byline, text.standfirst, *text.paragraphs) if part]


def plain(text: Text) -> str:
    """All of a text, its paragraphs apart by an empty line."""
    return "\n\n".join(lines(text))


def as_html(text: Text) -> str:
    """All of a text, each paragraph a `p`."""
    return "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines(text))


def _news_sniffer(old: list[str], new: list[str]) -> Marks:
    """Between the paragraphs of an LCS the k-th old one stands beside the k-th new one, both diffed by an LCS of words.

    What it calls `traverse_balanced` and `traverse_sequences`. Ruby's LCS is replaced by a faster one.
    """
    marks: Marks = []
    for kept, before, after in _between(old, new):
        for left, right in zip_longest(before, after, fillvalue=""):
            marks += _by_words(left, right) if left and right else [("-", left), ("+", right)]
        marks += [("=", paragraph) for paragraph in kept]
    return marks


def _by_words(old: str, new: str) -> Marks:
    parts = _between(re.split(r"\s", old), re.split(r"\s", new))
    return [(op, " ".join(part)) for kept, gone, come in parts for op, part in (("-", gone), ("+", come), ("=", kept))]


def _between(old: list[str], new: list[str]) -> Iterator[tuple[list[str], list[str], list[str]]]:
    """Each block of an LCS, with what stands before it on both sides."""
    i = j = 0
    for a, b, size in LCSseq.editops(old, new).as_matching_blocks():
        yield old[a : a + size], old[i:a], new[j:b]
        i, j = a + size, b + size


def _characters(old: str, new: str) -> Marks:
    """As NewsDiffs calls it, with the time limit of its page."""
    dmp = diff_match_patch()
    diffs = dmp.diff_main(old, new)
    dmp.diff_cleanupSemantic(diffs)
    return [("-=+"[op + 1], text) for op, text in diffs]


def _difflib(old: Sequence[str], new: Sequence[str]) -> Marks:
    return _coded(difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes(), old, new)


def _coded(opcodes: Iterable[tuple[str, int, int, int, int]], old: Sequence[str], new: Sequence[str]) -> Marks:
    """Marks from what difflib returns."""
    return [
        (op, " ".join(old[i1:i2] if op == "-" else new[j1:j2])) for tag, i1, i2, j1, j2 in opcodes for op in OPS[tag]
    ]


def _redlines(result: Redlines) -> Marks:
    first = result._diff_ops[0]
    old, new = ([token.replace("¶", "") for token in chunk.text] for chunk in (first.source_chunk, first.test_chunk))
    return _coded(result.opcodes, old, new)


def _changedetection(old: str, new: str) -> Marks:
    """By difflib on lines; on words, by diff-match-patch, where a single line replaced a single line."""
    before, after = ([line.rstrip() for line in text.splitlines()] for text in (old, new))
    marks: Marks = []
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(lambda line: line in " \t", before, after).get_opcodes():
        if tag == "replace" and i2 - i1 == j2 - j1 == 1:
            marks += _in_line(before[i1], after[j1])
        else:
            marks += _coded([(tag, i1, i2, j1, j2)], before, after)
    return marks


def _in_line(old: str, new: str) -> Marks:
    """Words and spaces, each a line to diff-match-patch, which then sees each as a character."""
    dmp = diff_match_patch()
    before, after, words = dmp.diff_linesToChars(*("\n".join(re.findall(r"\S+|\s", line)) for line in (old, new)))
    diffs = dmp.diff_main(before, after, checklines=False)
    dmp.diff_charsToLines(diffs, words)
    return [("-=+"[op + 1], text.replace("\n", "")) for op, text in diffs]


def _apart(marks: Marks) -> Marks:
    """Marks whose ends are ends of words."""
    return [(op, f"{text} ") for op, text in marks]


def _from_html(page: str) -> Marks:
    """What stands in `ins` and `del`; the ends of all other elements are ends of words."""
    marks: Marks = []
    op, at = "=", 0
    for tag in TAG.finditer(page):
        marks.append((op, html.unescape(page[at : tag.start()])))
        at = tag.end()
        if tag[2] in {"ins", "del"}:
            op = "=" if tag[1] else {"ins": "+", "del": "-"}[tag[2]]
        else:
            marks.append(("=", "\n"))
    return [*marks, (op, html.unescape(page[at:]))]


PEERS: dict[str, Peer] = {
    "News Sniffer's way": Peer(lines, _news_sniffer, _apart),
    "diff-match-patch, characters (NewsDiffs)": Peer(plain, _characters, list),
    "difflib on words": Peer(plain, lambda a, b: _difflib(a.split(), b.split()), _apart),
    "difflib on the same tokens": Peer(plain, lambda a, b: _difflib(Words.of(a).tokens, Words.of(b).tokens), _apart),
    "lxml htmldiff": Peer(as_html, htmldiff, _from_html),
    "htmldiff2 (diffengine)": Peer(as_html, htmldiff2.render_html_diff, _from_html),
    "redlines": Peer(plain, Redlines, lambda r: _apart(_redlines(r))),
    "simplediff (NYTdiff)": Peer(plain, simplediff.string_diff, lambda r: _apart([(op, " ".join(w)) for op, w in r])),
    "changedetection.io's way": Peer(lambda text: "\n".join(lines(text)), _changedetection, _apart),
}
if fast_diff:  # as web-monitoring-diff calls it, with the time limit of NewsDiffs' page
    characters = partial(fast_diff, timelimit=1, cleanup="Semantic", counts_only=False)
    PEERS["fast-diff-match-patch, characters"] = Peer(plain, characters, list)


def diff_marks(diff: Diff) -> Marks:
    """The marks of this project's own diff. A paragraph that moved stands where it is in the new text."""
    fields = (diff.title, diff.byline, diff.standfirst, *(row.spans for row in diff.rows))
    return [span for spans in fields for span in (*spans, ("=", "\n"))]


def side(marks: Marks, op: str) -> list[tuple[str, bool]]:
    """The tokens of the old text (`-`) or of the new one (`+`), and whether any of each is marked."""
    pieces = [(mark, text) for mark, text in marks if mark in {"=", op}]
    marked = b"".join(bytes([mark == op]) * len(text) for mark, text in pieces)
    words = Words.of("".join(text for _, text in pieces))
    return [(token, 1 in marked[words.start(n) : words.end(n)]) for n, token in enumerate(words.tokens)]


def words_marked(marks: Marks) -> int:
    """How many words are marked, on both sides together."""
    return sum(is_marked and is_word(token) for op in "-+" for token, is_marked in side(marks, op))


def spans_marked(marks: Marks) -> int:
    """How many runs of marked tokens there are, on both sides together; the end of a paragraph does not end one."""
    return sum(is_marked for op in "-+" for is_marked, _ in groupby(side(marks, op), key=lambda token: token[1]))


def rebuilds(marks: Marks, old: Text, new: Text) -> bool:
    """Whether all words of both texts are in the marks, in their order."""
    return all([t for t, _ in side(marks, op) if is_word(t)] == _words(text) for op, text in (("-", old), ("+", new)))


def least_marked(old: Text, new: Text) -> int:
    """How many words are outside an LCS of all words: no diff that keeps their order marks fewer."""
    before, after = _words(old), _words(new)
    return len(before) + len(after) - 2 * LCSseq.similarity(before, after)


def _words(text: Text) -> list[str]:
    return [token for token in Words.of(plain(text)).tokens if is_word(token)]
