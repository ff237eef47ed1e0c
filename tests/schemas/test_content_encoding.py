"""Undoing content encodings, within bounds."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.content_encoding import MAX_BODY, decompress
from schemas.errors import BadRecordError, Reason

BODY = "Der Fährmann blieb an Land.".encode() * 20


def raw_deflate(body: bytes) -> bytes:
    """A deflate stream without the zlib format around it."""
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(body) + stream.flush()


@pytest.mark.parametrize(
    ("encoding", "compressed"),
    [
        (None, BODY),
        ("identity", BODY),
        ("gzip", gzip.compress(BODY)),
        (" GZip ", gzip.compress(BODY)),
        ("x-gzip", gzip.compress(BODY)),
        ("deflate", zlib.compress(BODY)),
        ("deflate", raw_deflate(BODY)),
    ],
)
def test_a_body_comes_back_as_it_was(encoding: str | None, compressed: bytes) -> None:
    """Each known encoding is undone, in either of the two forms that servers call deflate."""
    assert decompress(compressed, encoding, "here") == BODY


@given(st.binary(max_size=2000), st.integers(1, 9))
def test_both_kinds_of_deflate_are_told_apart(body: bytes, level: int) -> None:
    """Whatever the body, its zlib form and its bare form are both undone."""
    stream = zlib.compressobj(level, wbits=-zlib.MAX_WBITS)
    assert decompress(zlib.compress(body, level), "deflate", "here") == body
    assert decompress(stream.compress(body) + stream.flush(), "deflate", "here") == body


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("br", BODY),
        ("gzip, gzip", gzip.compress(BODY)),
        ("gzip", BODY),
        ("gzip", b""),
        ("gzip", gzip.compress(BODY)[:-9]),
        ("gzip", gzip.compress(BODY) + b"more"),
        ("deflate", BODY),
    ],
    ids=["unknown", "twice", "a lie", "nothing", "cut short", "more behind it", "no deflate"],
)
def test_an_encoding_that_is_not_so_is_told(encoding: str, body: bytes) -> None:
    """A body that is not what its encoding says is refused, with the place and what to do."""
    with pytest.raises(BadRecordError, match=r"^here: .*send") as raised:
        decompress(body, encoding, "here")
    assert raised.value.reason == Reason.BAD_ENCODING


def test_the_limit_is_the_inflated_size() -> None:
    """A body of exactly the limit is taken, one byte more is not, compressed or not."""
    assert len(decompress(gzip.compress(b"x" * MAX_BODY), "gzip", "here")) == MAX_BODY
    for encoding, body in (("gzip", gzip.compress(b"x" * (MAX_BODY + 1))), (None, b"x" * (MAX_BODY + 1))):
        with pytest.raises(BadRecordError) as raised:
            decompress(body, encoding, "here")
        assert raised.value.reason == Reason.TOO_LARGE


def test_a_bomb_costs_the_limit_and_no_more() -> None:
    """A small body that inflates to 100 MB never takes more memory than a few times the limit."""
    stream = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    bomb = b"".join(stream.compress(b"\0" * 1_000_000) for _ in range(100)) + stream.flush()
    tracemalloc.start()
    try:
        with pytest.raises(BadRecordError):
            decompress(bomb, "gzip", "here")
        assert tracemalloc.get_traced_memory()[1] < 3 * MAX_BODY
    finally:
        tracemalloc.stop()
