"""A producer that has gone mad is outlived."""

from __future__ import annotations

import pytest
from service import Client, Written, fetched, page, paragraphs

from schemas import topics
from streams.supervisor import WorkerProcesses

pytestmark = pytest.mark.chaos

FLOOD = 100_000


@pytest.mark.timeout(900)
def test_a_flood_of_bad_records_is_outlived(own_client: Client) -> None:
    """100,000 bad records in a row each become a dead letter, and the good one behind them comes out."""
    url = own_client.url()
    bad: Written = (url.encode(), b"not an event", ())
    own_client.write([*[bad] * FLOOD, fetched(url, page("Storm", *paragraphs("12")))])
    with WorkerProcesses(own_client.settings, 1):
        own_client.settle()
    assert [version.kind for version in own_client.versions(url)] == ["first"]
    assert len(own_client.read(topics.DEAD_LETTER)) == FLOOD
