"""What a person asks to be watched is a URL that may be kept."""

from __future__ import annotations

import click
import pytest

from streams.commands.watch import with_scheme


def test_a_url_needs_no_scheme() -> None:
    """It is asked for over https then."""
    assert with_scheme("example.org/news") == "https://example.org/news"
    assert with_scheme("http://example.org/news") == "http://example.org/news"


@pytest.mark.parametrize("url", ["https://u:secret@example.org/", "u:secret@example.org", "https://u@example.org/"])
def test_a_url_with_a_user_is_refused(url: str) -> None:
    """It would stand in topics for ever; the message does not show it."""
    with pytest.raises(click.BadParameter) as error:
        with_scheme(url)
    assert "secret" not in str(error.value)
