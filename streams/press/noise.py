"""What differs on a page from one fetch to the next although nobody has touched the article."""

from __future__ import annotations

from datetime import datetime
from html import escape
from random import Random

READ_ELSEWHERE = (
    "Ten coats that will see you through the winter",
    "Quiz: how well do you know the harbour?",
    "The bakery that opens at three in the morning",
    "The critics choose their favourite bridges",
    "What the tide tables really say",
    "A walk along the old customs wall",
    "Why everyone is pickling again",
    "Letters: on the price of umbrellas",
)

INTERRUPTIONS = (
    '<aside class="ad-slot" id="ad-{token}"><span>Advertisement</span></aside>',
    '<aside class="newsletter"><h4>Our newsletter</h4><p>Join {number} readers.</p></aside>',
    '<div class="advert" data-slot="{token}"></div>',
    '<aside class="related"><a href="/?ref={token}">{title}</a></aside>',
)


def noise(paper: str, modified: datetime, time: datetime) -> dict[str, str]:
    """The fields of a template that change with every fetch, as HTML; the same for the same time."""
    chance = _chance(paper, time)
    links = [f'<li><a href="/{paper}/?from={_token(chance)}">{escape(title)}</a></li>' for title in READ_ELSEWHERE]
    return {
        "nonce": _token(chance),
        "session": _token(chance),
        "bucket": str(chance.randrange(1, 60)),
        "partners": str(chance.randrange(400, 900)),
        "views": f"{chance.randrange(1_000, 90_000):,}",
        "shares": str(chance.randrange(3, 2_000)),
        "readers": str(chance.randrange(20, 4_000)),
        "ago": _ago((time - modified).total_seconds()),
        "most_read": "\n".join(chance.sample(links, 5)),
    }


def interrupted(paragraphs: list[str], paper: str, time: datetime) -> str:
    """The paragraphs, with what papers put between them."""
    chance = _chance(paper, time)
    blocks = []
    for paragraph in paragraphs:
        blocks.append(paragraph)
        if chance.random() < 1 / 3:
            blocks.append(
                chance.choice(INTERRUPTIONS).format(
                    token=_token(chance),
                    number=chance.randrange(1_000, 9_000),
                    title=escape(chance.choice(READ_ELSEWHERE)),
                )
            )
    return "\n".join(blocks)


def _chance(paper: str, time: datetime) -> Random:
    return Random(f"{paper} {time.isoformat()}")  # noqa: S311 - noise on a page, not a secret


def _token(chance: Random) -> str:
    return f"{chance.getrandbits(64):016x}"


def _ago(seconds: float) -> str:
    minutes = int(seconds // 60)
    if minutes < 60:  # noqa: PLR2004 - minutes of an hour
        return f"{minutes} minutes ago"
    return f"{minutes // 60} hours ago"
