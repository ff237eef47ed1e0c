"""The error tree is what its module says."""

from __future__ import annotations

import inspect

import pytest

from schemas import errors
from schemas.errors import BadRecordError, NewsdiffError, Reason


def drawn_tree(docstring: str) -> set[tuple[str, str]]:
    """The pairs of a class and its parent in a drawing, by the column in which each name begins."""
    pairs: set[tuple[str, str]] = set()
    above: list[tuple[int, str]] = []
    for line in docstring.splitlines():
        drawing = line.lstrip(" │├└─")
        name, column = drawing.partition(" ")[0], len(line) - len(drawing)
        if not name.endswith("Error"):
            continue
        above = [(at, parent) for at, parent in above if at < column]
        if above:
            pairs.add((name, above[-1][1]))
        above.append((column, name))
    return pairs


def test_drawing_is_read() -> None:
    """A drawing of three generations is read as one."""
    drawing = "RootError\n├── AError    a\n│   └── BError  b\n└── CError  c"
    assert drawn_tree(drawing) == {("AError", "RootError"), ("BError", "AError"), ("CError", "RootError")}


def test_tree_equals_its_drawing() -> None:
    """The tree in the docstring has exactly the classes of the module, each under its parent."""
    classes = inspect.getmembers(errors, lambda member: inspect.isclass(member) and issubclass(member, Exception))
    parents = {(name, error.__bases__[0].__name__) for name, error in classes if error is not NewsdiffError}
    assert drawn_tree(errors.__doc__ or "") == parents


def test_one_root_for_all() -> None:
    """Whoever catches the root catches what this project raises, and nothing that it does not raise on purpose."""
    assert NewsdiffError.__bases__ == (Exception,)


@pytest.mark.parametrize("reason", list(Reason))
def test_reason_is_a_header_value(reason: Reason) -> None:
    """The value of each reason is its name in lower case, so that what is in a header is found in the code."""
    assert reason.value == reason.name.lower()
    assert reason.value.isascii()


def test_bad_record_says_why_to_both() -> None:
    """A bad record has its reason for programs and its sentence for people."""
    error = BadRecordError(Reason.BAD_URL, "article.fetch.v1[0]@7: no URL")
    assert error.reason is Reason.BAD_URL
    assert str(error) == "article.fetch.v1[0]@7: no URL"
