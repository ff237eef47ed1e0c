"""Decoding pages whose charset is declared, undeclared, or a lie."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.detect.charset import decode

GERMAN = "<p>Der F\u00e4hrmann bl\u00e4st auf der F\u00e4hre \u2013 gro\u00dfer L\u00e4rm in Gr\u00f6\u00dfenau.</p>"
RUSSIAN = "<p>\u0411\u0443\u0440\u044f \u043d\u0430\u0434 \u0433\u043e\u0440\u043e\u0434\u043e\u043c</p>"
JAPANESE = "<p>\u5d50\u306e\u6e2f\u753a\u3067\u8239\u304c\u6d41\u3055\u308c\u305f</p>"


@pytest.mark.parametrize("declared", [None, "utf-8", "iso-8859-1", "windows-1251", "nonsense", "utf-16", "punycode"])
def test_what_is_utf8_is_read_as_utf8(declared: str | None) -> None:
    """Valid UTF-8 is that, whatever header or page say."""
    body = b"<meta charset='iso-8859-15'>" + GERMAN.encode()
    assert decode(body, declared).endswith(GERMAN)


@pytest.mark.parametrize(
    ("bom", "charset"),
    [(codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
def test_a_byte_order_mark_comes_first(bom: bytes, charset: str) -> None:
    """A byte order mark says the charset against any declaration, and is no text."""
    assert decode(bom + GERMAN.encode(charset), "koi8-r") == GERMAN


@pytest.mark.parametrize(
    ("declared", "charset", "text"),
    [
        ("windows-1251", "cp1251", RUSSIAN),
        ("KOI8-R", "koi8_r", RUSSIAN),
        ("Shift_JIS", "shift_jis", JAPANESE),
        ("x-sjis", "shift_jis", JAPANESE),
        ("euc-jp", "euc_jp", JAPANESE),
        ("iso-8859-1", "cp1252", GERMAN),
        ("us-ascii", "cp1252", GERMAN),
    ],
)
def test_a_declared_charset_is_believed(declared: str, charset: str, text: str) -> None:
    """The header's charset is used, or the page's where the header has none, as browsers understand the name."""
    assert decode(text.encode(charset), declared) == text
    for meta in (
        f"<meta charset={declared}>",
        f"<META http-equiv=Content-Type content='text/html; charset={declared}'>",
        f'<?xml version="1.0" encoding="{declared}"?>',
    ):
        assert decode((meta + text).encode(charset)) == meta + text


def test_a_charset_that_cannot_be_true_is_passed_over() -> None:
    """A page that is not UTF-8 although it says so is read by the page's own word, else as Windows-1252."""
    assert decode(GERMAN.encode("cp1252"), "utf-8") == GERMAN
    body = f"<meta charset='windows-1251'>{RUSSIAN}".encode("cp1251")
    assert RUSSIAN in decode(body, "utf-8")


def test_a_few_broken_bytes_do_not_spoil_a_page() -> None:
    """A page of UTF-8 that was cut within a letter is still UTF-8."""
    assert decode(GERMAN.encode() + b"\xc3", "utf-8") == GERMAN + "\ufffd"


@given(
    st.binary(max_size=300), st.none() | st.text(max_size=20) | st.sampled_from(["utf-7", "idna", "hex", "zip", "big5"])
)
def test_any_bytes_are_text(body: bytes, declared: str | None) -> None:
    """Whatever the bytes and the declaration, text comes out that can be written as UTF-8."""
    assert decode(body, declared).encode().decode() == decode(body, declared)
