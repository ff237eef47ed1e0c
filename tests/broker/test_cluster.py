"""On a cluster of three nodes, the death of any one of them changes nothing in what comes out."""

from __future__ import annotations

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster import Cluster
from service import Client, Written, fetched, page, paragraphs

from schemas import topics
from schemas.change import Change
from schemas.codec import decode
from schemas.version import Version
from streams.commands.topics import ensure_topics
from streams.settings import Settings
from streams.supervisor import WorkerProcesses

pytestmark = pytest.mark.chaos

ARTICLES = 100


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Three nodes."""
    with Cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.fixture
def client(cluster: Cluster, tmp_path: Path) -> Client:
    """A client of a service whose topics are replicated, and no worker yet."""
    settings = Settings(kafka=cluster.bootstrap, data=tmp_path, partitions=4, replication=3, session_timeout=6)
    asyncio.run(ensure_topics(settings))
    return Client(settings)


@pytest.mark.timeout(900)
def test_nodes_that_die_one_after_the_other(cluster: Cluster, client: Client) -> None:
    """While fetches are written and handled each node is killed in its turn: every edit comes out once, in order."""
    urls = [client.url() for _ in range(ARTICLES)]
    edits = itertools.count()

    def edit() -> list[Written]:
        number = next(edits)
        text = page("Storm", *paragraphs(str(number)))
        return [fetched(url, text, minutes=number) for url in urls]

    cluster.wait_until_in_sync()
    with WorkerProcesses(client.settings, 1) as processes:
        client.write(edit())
        client.settle(meanwhile=processes.restart_ended)
        for node in cluster.nodes:
            client.write(edit())
            client.wait_until_left(topics.FETCH, ARTICLES // 2, meanwhile=processes.restart_ended)
            node.kill()
            client.write(edit())
            client.settle(meanwhile=processes.restart_ended)
            node.start()
            cluster.wait_until_in_sync()

    versions, changes = defaultdict(list), defaultdict(list)
    for record in client.read(topics.VERSION):
        versions[record.key].append(decode(record.value, Version, record.place))
    for record in client.read(topics.CHANGE):
        changes[record.key].append(decode(record.value, Change, record.place))
    assert client.read(topics.DEAD_LETTER) == []
    assert versions.keys() == changes.keys() == {url.encode() for url in urls}
    texts = next(edits)
    for key in versions:
        assert [version.version for version in versions[key]] == list(range(1, texts + 1))
        edited = [[s for row in change.diff.rows for s in row.spans if s[0] != "="] for change in changes[key]]
        assert edited == [[("-", str(n)), ("+", str(n + 1))] for n in range(texts - 1)]
