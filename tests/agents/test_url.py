"""The canonical URL: one key for all URLs of an article, and never one for two articles."""

from __future__ import annotations

import contextlib
import string

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from agents.detect.url import MAX_URL, article_id, canonical_url, host_of, source_of
from schemas.errors import BadRecordError, Reason

NAMES = st.text(string.ascii_letters + string.digits + "-_.~%äß", min_size=1, max_size=8)
PATHS = st.lists(NAMES, max_size=4).map(lambda segments: "/" + "/".join(segments))
PARAMETERS = st.lists(st.tuples(NAMES, NAMES), max_size=4)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("http://example.com", "https://example.com/"),
        ("HTTPS://Example.COM:443/A", "https://example.com/A"),
        ("https://example.com:80/", "https://example.com/"),
        ("http://example.com:8080/", "https://example.com:8080/"),
        ("http://user:secret@example.com./#top", "https://example.com/"),
        ("http://Bücher.example/", "https://xn--bcher-kva.example/"),
        ("http://example.com/a/./b/../c", "https://example.com/a/c"),
        ("http://example.com/a/%2e%2E/c", "https://example.com/c"),
        ("http://example.com/%7eada/%e4%2f", "https://example.com/~ada/%E4%2F"),
        ("http://example.com/ä b|c%", "https://example.com/%C3%A4%20b%7Cc%25"),
        ("http://example.com/a;jsessionid=0A1/b;JSESSIONID=2?x=1", "https://example.com/a/b?x=1"),
        ("http://example.com/a/..;jsessionid=1/b", "https://example.com/b"),
        ("http://example.com/a?", "https://example.com/a"),
        ("http://example.com/a?b=2&a=1&&b=1", "https://example.com/a?a=1&b=2&b=1"),
        ("http://example.com/a?utm_source=x&UTM_Medium=y&fbclid=1", "https://example.com/a"),
        ("http://example.com/a?%75tm_source=x&PHPSESSID=1&ASPSESSIONIDQQ=2", "https://example.com/a"),
        ("http://example.com/a?id=7&cmpid=rss&page=2", "https://example.com/a?id=7&page=2"),
        ("http://example.com/a?q=%c3%a4+%61", "https://example.com/a?q=%C3%A4+a"),
        (" http://example.com\\a\n", "https://example.com/a"),
        ("http://[::1]:443/", "https://[::1]/"),
        ("http://0x7f.1/", "https://127.0.0.1/"),
    ],
)
def test_urls_of_one_article_become_one(url: str, canonical: str) -> None:
    """What does not choose the page is dropped or written in one way."""
    assert canonical_url(url) == canonical


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.com/a", "http://example.com/A"),
        ("http://example.com/a", "http://example.com/a/"),
        ("http://example.com/a//b", "http://example.com/a/b"),
        ("http://example.com/a", "http://www.example.com/a"),
        ("http://example.com/a%2Fb", "http://example.com/a/b"),
        ("http://example.com/a?x=1&x=2", "http://example.com/a?x=2&x=1"),
        ("http://example.com/a?x=1", "http://example.com/a?x=2"),
        ("http://example.com/article.pl?sid=08/1", "http://example.com/article.pl?sid=08/2"),
        ("http://example.com/?source=1", "http://example.com/?source=2"),
        ("http://example.com:81/", "http://example.com:82/"),
    ],
)
def test_urls_that_may_be_two_articles_stay_two(one: str, other: str) -> None:
    """What can choose another page is kept, at the price of watching some pages twice."""
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    "url",
    ["", "example.com", "//example.com/a", "ftp://example.com/", "javascript:alert(1)", "http://", "http://./", "http://a.1../",
     "http://exa mple.com/", "http://example.com:99999/", "http://example.com/\ud800", "http://256.256.256.256/",
     "http://example.com/" + "a" * MAX_URL, "http://example.com/?utm_source=" + "a" * 10_000],
)  # fmt: skip
def test_what_is_no_url_of_an_article_is_told(url: str) -> None:
    """Anything that is not http or https, has no host or is too long is a bad URL, quoted in the message, shortened."""
    with pytest.raises(BadRecordError, match=r"the URL .* send") as raised:
        canonical_url(url)
    assert raised.value.reason == Reason.BAD_URL
    assert len(str(raised.value)) < 400


@given(st.text() | st.text().map("http://".__add__) | st.text().map("http://example.com/".__add__))
@example("http://example.com/..;jsessionid=/%2e%2e;jsessionid=1/?;&=&%")
@example("http://a.b..;jsessionid=1/")
def test_any_text_is_canonical_at_once_or_told(url: str) -> None:
    """Whatever the text, it is refused, or made canonical so that nothing changes when it is done again."""
    with contextlib.suppress(BadRecordError):
        canonical = canonical_url(url)
        assert canonical_url(canonical) == canonical
        assert canonical.isascii()
        assert len(canonical) <= MAX_URL


@given(PATHS, PARAMETERS, st.sampled_from(["fbclid", "utm_x", "gclid", "phpsessid"]), NAMES)
def test_variants_of_a_url_are_one(path: str, parameters: list[tuple[str, str]], tracking: str, value: str) -> None:
    """Scheme, case of the host, default port, fragment and tracking parameters make no difference."""
    query = "&".join(f"{name}={text}" for name, text in parameters)
    plain = canonical_url(f"https://example.com{path}?{query}")
    assert canonical_url(f"http://EXAMPLE.com:80{path}?{tracking}={value}&{query}#{value}") == plain
    assert canonical_url(f"https://x@example.com:443{path}?{query}&{tracking.upper()}=") == plain


@given(PATHS, PATHS)
def test_different_paths_stay_different(one: str, other: str) -> None:
    """Two paths of plain characters that differ are two articles."""
    assume(one != other)
    assume(not any(mark in one + other for mark in ("%", "/.", "ä", "ß")))
    assert canonical_url(f"http://example.com{one}") != canonical_url(f"http://example.com{other}")


@given(st.permutations([("b", "1"), ("a", "1"), ("a", "2"), ("c", ""), ("ä", "1")]))
def test_only_the_order_of_equal_names_counts(parameters: list[tuple[str, str]]) -> None:
    """Parameters may come in any order, but several of one name keep theirs."""
    query = "&".join(f"{name}={value}" for name, value in parameters)
    values = [value for name, value in parameters if name == "a"]
    expected = f"%C3%A4=1&a={values[0]}&a={values[1]}&b=1&c="
    assert canonical_url(f"http://example.com/?{query}") == f"https://example.com/?{expected}"


def test_the_id_is_the_hash_of_the_url() -> None:
    """The id is the xxh3_128 of the canonical URL's UTF-8 in hex: a known value, for life."""
    assert article_id("https://example.com/") == "503c1beec51db0209ff1930daa8e5b98"


def test_the_host_names_the_paper() -> None:
    """Without a name of its own a paper is called by its host, without port and `www.`."""
    assert host_of("https://www.example.com:8080/a") == "www.example.com"
    assert source_of("https://www.example.com:8080/a") == "example.com"
    assert source_of("https://wwwx.example/") == "wwwx.example"
