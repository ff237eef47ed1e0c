"""The schedule keeps when each URL is looked at next, and asks for it when its time has come."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from agents.detect.url import host_and_port
from agents.schedule.answers import MAX_HOPS, MAX_SHOWN
from agents.schedule.estimate import GIVEN_UP_AFTER
from agents.schedule.signals import Precision
from agents.schedule.step import ASKED_AGAIN_AFTER, Schedules
from agents.step import KEEP
from schemas import topics
from schemas.article import Article, Meta
from schemas.check import Check, Shown
from schemas.codec import decode, encode
from schemas.errors import BadRecordError
from schemas.fetch_request import FetchRequest
from schemas.outcome import Outcome
from schemas.record import Output, Record
from schemas.schedule import Schedule
from schemas.version import Version
from schemas.watch import Watch

URL = "https://eastmere-echo.test/2026/03/storm"
FEED = "https://eastmere-echo.test/feed.xml"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HASH = "0" * 32
STEP = Schedules()
AT_TEN = (NOON + timedelta(hours=10)).timestamp()


class Watched:
    """A URL and its row, to which records are told one after the other."""

    def __init__(self, url: str = URL, step: Schedules = STEP) -> None:
        self.key = url.encode()
        self.step = step
        self.row: bytes | None = None
        self.outputs: tuple[Output, ...] = ()

    @property
    def schedule(self) -> Schedule:
        """What is known of the URL."""
        assert self.row is not None
        return decode(self.row, Schedule, "the row")

    @property
    def wishes(self) -> list[Watch]:
        """What shall be watched because of the last record."""
        return [decode(each.value, Watch, "a wish") for each in self.outputs if each.topic == topics.WATCH]

    def told(self, event: Any) -> Watched:
        """Tell it an event of a topic."""
        return self.record(event.topic, encode(event))

    def record(self, topic: str, value: bytes | None) -> Watched:
        """Tell it a record of a topic."""
        result = self.step(Record(topic, 0, 0, NOON, self.key, value), self.row)
        self.outputs = result.outputs
        self.row = self.row if result.row is KEEP else result.row  # type: ignore[assignment]
        return self

    def on_time(self, moment: datetime) -> Watched:
        """Let the time of the row come."""
        assert self.row is not None
        result = self.step.on_time(self.key, self.row, moment.timestamp())
        self.outputs, self.row = result.outputs, result.row  # type: ignore[assignment]
        return self


def wish(url: str = URL, **fields: Any) -> Watch:
    """A wish to watch a URL, of a person unless `found_in` says otherwise."""
    return replace(Watch(url=url, kind="article", added_at=NOON), **fields)


def check(outcome: Any = "fetched", hours: float = 0.0, **fields: Any) -> Check:
    """A check, so many hours after noon."""
    made = Check(
        key=URL, url=URL, outcome=outcome, checked_at=NOON + timedelta(hours=hours), seconds=0.1, threshold=0.02
    )
    return replace(made, **fields)


def version(kind: Any, hours: float, number: int = 2) -> Version:
    """A version from a fetch so many hours after noon."""
    when = NOON + timedelta(hours=hours)
    return Version(
        meta=Meta(id="i", stream=topics.VERSION, domain="d", dt=when, topic=topics.FETCH, partition=0, offset=0),
        kind=kind,
        article=Article(id=HASH, url=URL, source="s", first_seen=NOON, last_changed=when, change_count=1),
        version=number,
        hash=HASH,
        fetched_at=when,
        title="t",
    )


def outcome(kind: Any, hours: float) -> Outcome:
    """What became of a fetch so many hours after noon."""
    when = NOON + timedelta(hours=hours)
    meta = Meta(id="i", stream=topics.OUTCOME, domain="d", dt=when, topic=topics.FETCH, partition=0, offset=0)
    return Outcome(meta=meta, kind=kind, article_id=HASH, url=URL, source="s", fetched_at=when)


def request(watched: Watched, hours: float) -> FetchRequest:
    """What is asked for, so many hours after noon; the row stays as it is."""
    assert watched.row is not None
    (output,) = STEP.on_time(watched.key, watched.row, (NOON + timedelta(hours=hours)).timestamp()).outputs
    return decode(output.value, FetchRequest, "a request")


def test_what_is_wished_is_asked_for_at_once() -> None:
    """A new URL is due when it was added; the request goes to its host, and the row knows of it."""
    watched = Watched().told(wish())
    assert STEP.due(watched.row or b"", NOON.timestamp()) == NOON.timestamp()
    (output,) = watched.on_time(NOON).outputs
    assert (output.topic, output.key) == (topics.FETCH_REQUEST, b"eastmere-echo.test")
    assert decode(output.value, FetchRequest, "it").url == URL
    assert watched.schedule.requested_at == NOON
    assert watched.schedule.next_check == NOON + timedelta(seconds=ASKED_AGAIN_AFTER)


def test_a_host_has_its_port_only_where_it_is_odd() -> None:
    """Requests of one host are keyed alike, whatever their scheme."""
    assert host_and_port("http://example.org/a") == host_and_port("https://example.org:443/b") == "example.org"
    assert host_and_port("http://127.0.0.1:8080/a") == "127.0.0.1:8080"


def test_an_unchanged_article_is_looked_at_less_and_less() -> None:
    """Looks that show nothing new are followed by longer and longer waits."""
    watched = Watched().told(wish())
    waits, hours = [], 0.0
    for _ in range(24):
        watched.told(check(hours=hours))
        assert watched.schedule.next_check is not None
        wait = (watched.schedule.next_check - NOON).total_seconds() / 3600 - hours
        waits.append(wait)
        hours += wait
    assert waits[-1] > 10 * waits[0]


def test_an_article_is_given_up_40_days_after_its_newest_change() -> None:
    """Unchanged for 40 days, it is looked at for the last time; a change begins them anew."""
    watched = Watched().told(wish()).told(check(hours=0.1))
    watched.told(check(hours=900)).told(version("edited", hours=900))
    assert watched.told(check(hours=40 * 24 + 10)).schedule.state == "watched"
    end = NOON + timedelta(hours=900, seconds=GIVEN_UP_AFTER)
    last = watched.told(check(hours=900 + 40 * 24 - 1)).schedule.next_check
    assert last is not None
    assert timedelta() <= end - last < timedelta(minutes=10)
    watched.told(check(hours=900 + 40 * 24))
    assert (watched.schedule.state, watched.schedule.next_check) == ("given_up", None)


def test_what_never_answers_is_given_up_as_well() -> None:
    """A URL that has not answered once in 40 days is asked for no more."""
    watched = Watched().told(wish())
    watched.on_time(NOON + timedelta(days=41))
    assert (watched.schedule.state, watched.outputs) == ("given_up", ())


def test_what_was_given_up_begins_anew_for_a_person_only() -> None:
    """A source that shows it again is not heard; somebody who asks for it is."""
    watched = Watched().told(wish()).told(check(hours=0.1)).told(check(hours=41 * 24))
    watched.told(wish(found_in=FEED, added_at=NOON + timedelta(days=42)))
    assert watched.schedule.state == "given_up"
    watched.told(wish(added_at=NOON + timedelta(days=43)))
    assert watched.schedule.state == "watched"
    assert watched.on_time(NOON + timedelta(days=43)).outputs
    assert watched.told(check(hours=43 * 24)).schedule.state == "watched"
    assert watched.told(check(hours=82 * 24)).schedule.state == "watched"


def test_a_source_that_says_modified_brings_a_look_forward() -> None:
    """Its word counts where it is newer than the last look, and not where it is older."""
    watched = Watched().told(wish()).told(check(hours=48))
    planned = watched.schedule.next_check
    watched.told(wish(found_in=FEED, added_at=NOON + timedelta(hours=49), modified=NOON))
    assert watched.schedule.next_check == planned
    now = NOON + timedelta(hours=50)
    assert watched.told(wish(found_in=FEED, added_at=now, modified=now)).schedule.next_check == now
    assert watched.schedule.signal == FEED


def test_a_source_is_believed_as_far_as_it_was_right() -> None:
    """One that calls unchanged articles modified is soon not heeded; one that was right is heeded at once."""
    step = Schedules()
    for liar in (True, False):
        feed = f"{FEED}?{liar}"
        watched = Watched(step=step).told(wish()).told(check(hours=48))
        for hours in range(50, 90):
            now = NOON + timedelta(hours=hours)
            watched.told(wish(found_in=feed, added_at=now, modified=now)).told(check(hours=hours))
            if not liar:
                watched.told(version("edited", hours=hours))
        now += timedelta(minutes=1)
        watched.told(wish(found_in=feed, added_at=now, modified=now))
        assert (watched.schedule.next_check == now) is not liar
        assert decode(watched.on_time(now).outputs[0].value, FetchRequest, "it").worth < 0.5 or not liar


def test_news_that_come_while_a_url_is_asked_for_are_not_lost() -> None:
    """An article that a source calls modified after it was asked for is asked for once more."""
    watched = Watched().told(wish()).on_time(NOON).told(check()).told(version("first", hours=0, number=1))
    asked = NOON + timedelta(hours=3)
    modified = asked + timedelta(seconds=10)
    watched.on_time(asked).told(wish(found_in=FEED, added_at=modified, modified=modified))
    assert watched.schedule.next_check == modified
    assert watched.told(check(hours=3)).schedule.next_check == modified
    assert watched.on_time(modified).told(check(hours=3.1)).schedule.signal is None


def test_a_page_that_is_gone_is_looked_at_when_a_source_shows_it_again() -> None:
    """A comeback that a feed tells is not found a week late."""
    watched = Watched().told(wish()).told(check("gone", hours=1)).told(version("removed", hours=30))
    now = NOON + timedelta(hours=40)
    assert watched.told(wish(found_in=FEED, added_at=now, modified=now)).schedule.next_check == now


def test_a_change_makes_the_next_look_come_sooner() -> None:
    """Edits come in groups: after one, the next look is sooner than it would have been."""
    watched = Watched().told(wish()).told(check(hours=10))
    before = watched.schedule.next_check
    after = watched.told(version("edited", hours=10)).schedule.next_check
    assert before is not None
    assert after is not None
    assert after < before


def test_a_suspicious_edit_is_looked_at_again_soon() -> None:
    """A candidate has its second look within two minutes."""
    watched = Watched().told(wish()).told(check(hours=10))
    when = NOON + timedelta(hours=10)
    assert watched.told(outcome("candidate", 10)).schedule.next_check == when + timedelta(seconds=90)


def test_a_suspicious_edit_is_worth_as_much_as_before_it_was_looked_at() -> None:
    """At a host that is short of fetches its second look does not come last: its version exists once that is made."""
    watched = Watched().told(wish()).told(check(hours=0)).told(check(hours=10))
    chance = STEP.on_time(watched.key, encode(replace(watched.schedule, belief=watched.schedule.before)), AT_TEN)
    watched.told(outcome("candidate", 10))
    assert request(watched, 10).worth == decode(chance.outputs[0].value, FetchRequest, "a request").worth > 0.05


def test_a_doubt_that_is_told_again_changes_no_belief() -> None:
    """An outcome may come late, or again after offsets were reset: an edit that was seen since then stays known."""
    watched = Watched().told(wish()).told(check(hours=10)).told(outcome("candidate", 10))
    watched.told(check(hours=10.1)).told(version("edited", hours=10.1))
    edited = watched.schedule
    assert watched.told(outcome("candidate", 10)).schedule == edited


def test_what_was_not_looked_at_teaches_nothing() -> None:
    """A request that was put off or has failed tells neither how often a source edits nor whether it was right."""
    step, when = Schedules(), NOON + timedelta(hours=12, minutes=1)
    watched = Watched(step=step).told(wish(found_in=FEED)).told(check(hours=1)).told(check(hours=12))
    watched.told(wish(found_in=FEED, added_at=when, modified=when))
    for after in (check("deferred", hours=13), check("deferred", hours=14), check("failed", hours=15), check(hours=12)):
        watched.told(after)
    before = step._overall, step._precision(FEED)
    assert before == taught_by(1, 12)
    watched.told(check(hours=16))
    assert step._overall == taught_by(1, 12, 16)[0]
    assert step._precision(FEED) == Precision(1, 2)


def taught_by(*hours: float) -> tuple[object, object]:
    """What checks of an article, that have shown no edit, teach."""
    step = Schedules()
    watched = Watched(step=step).told(wish(found_in=FEED))
    for each in hours:
        watched.told(check(hours=each))
    return step._overall, step._precision(FEED)


def test_where_fetches_are_short_a_change_is_followed_later() -> None:
    """The price of its host holds for the next look at an article that has changed, too."""

    def after_change(threshold: float) -> Watched:
        watched = Watched().told(wish(found_in=FEED)).told(check(hours=10, threshold=threshold))
        return watched.told(version("edited", hours=10))

    cheap, dear = after_change(0.03).schedule.next_check, after_change(0.3).schedule.next_check
    assert cheap is not None
    assert dear is not None
    assert dear - cheap > timedelta(minutes=10)


def test_where_fetches_are_short_a_source_that_was_wrong_brings_nothing_forward() -> None:
    """What a host has no fetch for is not asked for because of a word that says nothing."""
    step = Schedules()
    for number in range(20):  # it is wrong each time
        url, when = f"{URL}-{number}", NOON + timedelta(minutes=1)
        other = Watched(url, step).told(wish(url, found_in=FEED)).told(check())
        other.told(wish(url, found_in=FEED, added_at=when, modified=when)).told(check(hours=1))
    dear = Watched(step=step).told(wish(found_in=FEED)).told(check(hours=10, threshold=0.3))
    planned, when = dear.schedule.next_check, NOON + timedelta(hours=11)
    assert planned is not None
    next_check = dear.told(wish(found_in=FEED, added_at=when, modified=when)).schedule.next_check
    assert next_check is not None
    assert next_check - when > 0.8 * (planned - when)


def test_where_fetches_are_short_a_source_is_looked_at_less_often() -> None:
    """So that its articles have turns, too; but once an hour, and as often as a person wants it."""

    def minutes(threshold: float, **fields: Any) -> float:
        watched = Watched(FEED).told(wish(FEED, kind="feed", **fields))
        next_check = watched.told(check(key=FEED, kind="feed", threshold=threshold)).schedule.next_check
        assert next_check is not None
        return (next_check - NOON).total_seconds() / 60

    assert minutes(0.025) == pytest.approx(15, rel=0.1)
    assert minutes(0.05) == pytest.approx(30, rel=0.1)
    assert minutes(1.0) == pytest.approx(60, rel=0.1)
    assert minutes(1.0, every=600.0) == pytest.approx(10, rel=0.1)


def test_a_page_that_is_gone_is_seen_to_be_gone_for_a_day() -> None:
    """It is looked at 1, 6 and 24 hours later, so that detect can tell a removal; then weekly."""
    watched, hours, waits = Watched().told(wish()), 0.0, []
    for _ in range(4):
        watched.told(check("gone", hours=hours))
        assert watched.schedule.next_check is not None
        waits.append((watched.schedule.next_check - NOON).total_seconds() / 3600 - hours)
        hours += waits[-1]
    assert [round(wait, 3) for wait in waits] == [1, 5, 18, 7 * 24]
    watched.told(version("removed", hours=hours))
    assert watched.schedule.state == "gone"
    watched.told(check(hours=hours + 1)).told(version("returned", hours=hours + 1))
    assert watched.schedule.state == "watched"


def test_failures_are_followed_by_longer_waits() -> None:
    """Each is twice as long as the one before, up to a day, and no shorter than the host wants."""
    watched, waits = Watched().told(wish()), []
    for number in range(10):
        now = NOON + timedelta(days=number)
        watched.told(check("failed", hours=24 * number, error="timeout: it said nothing"))
        assert watched.schedule.next_check is not None
        waits.append((watched.schedule.next_check - now).total_seconds())
    assert 800 < waits[0] < 1000
    assert 86400 * 0.9 <= waits[-1] <= 86400 * 1.1
    assert (watched.schedule.failures, watched.schedule.error) == (10, "timeout: it said nothing")
    retry = NOON + timedelta(days=40)
    assert watched.told(check("failed", hours=240, retry_at=retry)).schedule.next_check == retry


def test_a_request_that_is_put_off_counts_as_no_look() -> None:
    """It is asked for again when the host has said so."""
    watched = Watched().told(wish())
    retry = NOON + timedelta(minutes=7)
    watched.told(check("deferred", retry_at=retry))
    assert (watched.schedule.next_check, watched.schedule.checks) == (retry, 0)


def test_what_has_moved_is_watched_at_its_new_address() -> None:
    """The old one is asked for no more; of a chain of redirects, the last one is watched."""
    watched = Watched().told(wish())
    there = "https://eastmere-echo.test/2026/03/storm-hits-coast"
    watched.told(check("moved", article=there, final_url=there))
    assert (watched.schedule.state, watched.schedule.next_check) == ("moved", None)
    assert [each.url for each in watched.wishes] == [there]


def test_addresses_that_lead_in_a_circle_are_not_all_left() -> None:
    """The first one that is led back to is read under its own address."""
    there = "https://eastmere-echo.test/2026/03/storm-hits-coast"
    watched = Watched().told(wish()).told(check("moved", article=there, final_url=there))
    (away,) = watched.wishes
    assert away.replaces
    assert watched.told(wish(found_in=FEED, added_at=NOON + timedelta(hours=1))).schedule.state == "moved"
    back = replace(away, url=URL, found_in=there, added_at=NOON + timedelta(hours=1))
    row = watched.told(back).schedule
    assert (row.state, row.fixed, row.next_check) == ("watched", True, back.added_at)
    request = decode(watched.on_time(back.added_at).outputs[0].value, FetchRequest, "it")
    assert request.fixed


def test_a_source_shows_each_article_once() -> None:
    """What is new in it shall be watched; what it has shown before is no news, unless it was modified."""
    watched = Watched(FEED).told(wish(FEED, kind="feed"))
    one, two = Shown(f"{URL}-1"), Shown(f"{URL}-2", NOON)
    watched.told(check(key=FEED, kind="feed", name="The Echo", links=(one, two)))
    assert [(each.url, each.found_in, each.source) for each in watched.wishes] == [
        (one.url, FEED, "The Echo"),
        (two.url, FEED, "The Echo"),
    ]
    assert watched.told(check(key=FEED, kind="feed", hours=1, links=(one, two))).wishes == []
    changed = Shown(two.url, NOON + timedelta(hours=2))
    assert [each.url for each in watched.told(check(key=FEED, kind="feed", hours=3, links=(one, changed))).wishes] == [
        two.url
    ]


def test_a_source_with_news_is_looked_at_sooner() -> None:
    """Between five minutes and six hours, by what the last looks have shown."""
    watched = Watched(FEED).told(wish(FEED, kind="feed"))
    for number in range(30):
        watched.told(check(key=FEED, kind="feed", hours=number, links=(Shown(f"{URL}-{number}"),)))
    assert watched.schedule.interval == 300
    for number in range(30, 80):
        watched.told(check("unchanged", key=FEED, kind="feed", hours=number))
    assert watched.schedule.interval == 6 * 3600


HUB = "https://hub.test/"


def news(hours: float) -> Watch:
    """What a hub lets be told of the feed."""
    now = NOON + timedelta(hours=hours)
    return Watch(url=FEED, added_at=now, found_in=HUB, modified=now, is_news=True)


def test_news_of_a_hub_let_a_source_be_looked_at_at_once() -> None:
    """And change nothing else of it; of what is not watched, nothing at all."""
    assert Watched(FEED).told(news(0)).row is None
    watched = Watched(FEED, Schedules()).told(wish(FEED, kind="feed", every=7200.0)).told(check(key=FEED, kind="feed"))
    planned = watched.schedule
    told = watched.told(news(0.5)).schedule
    assert told == replace(planned, next_check=NOON + timedelta(hours=0.5), signal=HUB)


def test_a_hub_is_believed_as_far_as_it_was_right() -> None:
    """One that tells news where there are none does not let a source be asked at once for ever."""
    for liar in (True, False):
        watched = Watched(FEED, Schedules()).told(wish(FEED, kind="feed", every=7200.0))
        watched.told(check(key=FEED, kind="feed"))
        for number in range(1, 30):
            links = () if liar else (Shown(f"{URL}-{number}"),)
            watched.told(news(number)).told(check(key=FEED, kind="feed", hours=number + 0.1, links=links))
        at = watched.told(news(30)).schedule.next_check
        assert at is not None
        assert (at - NOON > timedelta(hours=30.9)) if liar else (at == NOON + timedelta(hours=30))


def test_a_source_is_looked_at_as_often_as_a_person_wants() -> None:
    """What a person has set stays, whatever news there are."""
    watched = Watched(FEED).told(wish(FEED, kind="feed", every=600.0))
    for number in range(5):
        watched.told(check("unchanged", key=FEED, kind="feed", hours=number))
    assert watched.schedule.next_check is not None
    wait = watched.schedule.next_check - NOON - timedelta(hours=4)
    assert timedelta(minutes=9) <= wait <= timedelta(minutes=11)


def test_the_feeds_of_a_page_are_looked_at_as_often_as_the_page() -> None:
    """They are watched once, and again when a person sets another time for the page."""
    feed = f"{FEED}?2"
    front = Watched(FEED).told(wish(FEED, kind="front", every=600.0))
    (named,) = front.told(check(key=FEED, kind="front", feeds=(feed,))).wishes
    assert (named.url, named.every) == (feed, 600.0)
    assert front.told(check(key=FEED, kind="front", hours=1, feeds=(feed,))).wishes == []
    front.told(wish(FEED, kind="front", every=60.0))
    (named,) = front.told(check(key=FEED, kind="front", hours=2, feeds=(feed,))).wishes
    watched = Watched(feed).told(wish(feed, kind="feed", found_in=FEED, every=600.0)).told(check(key=feed, kind="feed"))
    assert watched.told(named).schedule.every == 60.0


def test_marks_for_conditional_requests_outlive_a_304() -> None:
    """An answer that only says "unchanged" need not repeat them."""
    watched = Watched().told(wish()).told(check(etag='"7"', last_modified="Sun, 01 Mar 2026 11:00:00 GMT"))
    watched.told(check("unchanged", hours=1))
    assert (watched.schedule.etag, watched.schedule.last_modified) == ('"7"', "Sun, 01 Mar 2026 11:00:00 GMT")


def test_an_article_that_fails_for_good_is_given_up() -> None:
    """After 40 days without a change, whether it answered last or not."""
    watched = Watched().told(wish()).told(check(hours=1)).told(check("failed", hours=2))
    assert watched.told(check("failed", hours=39 * 24)).schedule.state == "watched"
    assert watched.told(check("failed", hours=41 * 24)).schedule.state == "given_up"


def test_a_source_remembers_a_bounded_number_of_links() -> None:
    """A sitemap of thousands of pages, which is another one each time, does not grow the row without end."""
    watched = Watched(FEED).told(wish(FEED, kind="sitemap"))
    for number in range(4):
        links = tuple(Shown(f"{URL}-{number}-{n}") for n in range(2000))
        watched.told(check(key=FEED, kind="sitemap", hours=number, links=links))
    assert len(watched.schedule.shown) == MAX_SHOWN


def test_what_is_told_twice_is_heard_once() -> None:
    """A check or a version that comes again changes nothing."""
    watched = Watched().told(wish()).told(check(hours=10)).told(version("edited", hours=10))
    before = watched.row
    assert watched.told(check(hours=10)).told(version("edited", hours=10)).row == before


def test_the_end_of_watching_forgets_the_row() -> None:
    """A tombstone on the watch topic is one in the table; what comes after it is of no interest."""
    watched = Watched(FEED).told(wish(FEED, kind="feed")).record(topics.WATCH, None)
    assert watched.row is None
    assert watched.told(check(key=FEED, hours=1)).row is None


def test_an_article_that_a_person_does_not_want_is_not_brought_back_by_its_source() -> None:
    """Neither by what the source calls modified nor by an answer that was on its way; by a person it is."""
    watched = Watched().told(wish(found_in=FEED)).told(check()).on_time(NOON).record(topics.WATCH, None)
    modified = NOON + timedelta(hours=2)
    watched.told(check(hours=1)).told(wish(found_in=FEED, added_at=modified, modified=modified))
    assert (watched.schedule.unwatched, watched.schedule.next_check) == (True, None)
    assert STEP.due(watched.row or b"", 0.0) is None
    watched.told(wish(added_at=modified))
    assert (watched.schedule.unwatched, watched.schedule.state, watched.schedule.next_check) == (
        False,
        "watched",
        modified,
    )


def test_what_is_no_row_is_never_due() -> None:
    """The topic of the schedule is open to others; what they write there does not end a watcher."""
    assert STEP.due(b"what is this", NOON.timestamp()) is None


@pytest.mark.parametrize(("kind", "hours"), [("candidate", 0), ("not_article", 0), ("flapping", 24)])
@pytest.mark.parametrize("is_told_first", [True, False])
def test_what_is_in_doubt_is_read_whole(kind: str, hours: float, *, is_told_first: bool) -> None:
    """A 304 would hide that the text has come again, until a later answer has shown it, late enough to count."""
    watched = Watched().told(wish()).told(check(etag='"1"'))
    assert request(watched, 1).etag == '"1"'
    events = [check(hours=1, etag='"2"'), outcome(kind, 1)]
    for event in reversed(events) if is_told_first else events:
        watched.told(event)
    assert request(watched, 1.1).etag is None
    watched.told(check(hours=1 + hours, etag='"2"'))
    assert request(watched, 1 + hours).etag is None
    assert request(watched.told(check(hours=1.1 + hours, etag='"2"')), 50).etag == '"2"'


@pytest.mark.parametrize("failure", ["gone", "failed", "refused"])
def test_what_comes_back_is_read_whole(failure: str) -> None:
    """The same page as before would be called unmodified, and never return."""
    watched = Watched().told(wish()).told(check(etag='"1"')).told(check(failure, hours=1, error="e"))
    assert request(watched, 2).etag is None
    assert request(watched.told(check(hours=3, etag='"1"')), 4).etag == '"1"'
    assert request(watched.told(version("removed", hours=5)), 6).etag is None


def test_what_a_person_asks_for_again_is_read_whole() -> None:
    """A 304 would not tell that it is a feed, which `up` asks for at each start."""
    watched = Watched(FEED).told(wish(FEED, kind=None)).told(check(key=FEED, kind="feed", etag='"1"'))
    watched.told(wish(FEED, kind=None, added_at=NOON + timedelta(days=41)))
    asked = request(watched, 41 * 24)
    assert (asked.kind, asked.etag) == (None, None)
    watched.told(check(key=FEED, kind="feed", etag='"1"', hours=41 * 24))
    assert (watched.schedule.state, request(watched, 41 * 24 + 1).etag) == ("watched", '"1"')


@pytest.mark.parametrize("outcome", ["failed", "refused", "gone"])
def test_what_answers_but_never_well_is_given_up(outcome: str) -> None:
    """After 40 days, as what does not answer; a source is asked for as long as a person wants it."""
    for kind, state in ((None, "given_up"), ("article", "given_up"), ("feed", "watched")):
        watched = Watched().told(wish(kind=kind)).told(check(outcome, kind=kind, error="e"))
        assert watched.schedule.next_check is not None
        watched.told(check(outcome, hours=41 * 24, kind=kind, error="e"))
        assert (watched.schedule.state == "given_up") == (state == "given_up")


def test_the_feeds_of_a_front_page_that_has_moved_are_found() -> None:
    """`example.org` that leads to `www.example.org` is what a person wanted."""
    there, feed = "https://www.eastmere-echo.test/", "https://www.eastmere-echo.test/feed.xml"
    front = Watched("https://eastmere-echo.test/").told(wish("https://eastmere-echo.test/", kind=None))
    (away,) = front.told(check("moved", article=there, final_url=there)).wishes
    moved = Watched(there).told(away)
    assert [each.url for each in moved.told(check(kind="front", feeds=(feed,))).wishes] == [feed]
    found = Watched(there).told(replace(away, is_asked=False))
    assert found.told(check(kind="front", feeds=(feed,))).wishes == []


def test_addresses_that_lead_on_and_on_are_left() -> None:
    """As many as redirects on one host may be; what has led there is not watched any more, and this fails."""
    watched, count = Watched().told(wish()), 0
    while count < 20:
        there = f"https://n{count}.test/2026/03/storm"
        watched.told(check("moved", hours=count, article=there, final_url=there))
        if not watched.wishes:
            break
        watched, count = Watched(there).told(watched.wishes[0]), count + 1
    assert (count, watched.schedule.state, watched.schedule.failures) == (MAX_HOPS, "watched", 1)
    assert "lead on" in (watched.schedule.error or "")


def test_a_redirector_does_not_make_an_article_of_what_has_moved() -> None:
    """It is led on to where that leads: the mobile page stays folded into the article."""
    mobile, short = "https://m.eastmere-echo.test/2026/03/storm", "https://short.test/1"
    watched = Watched(mobile).told(wish(mobile)).told(check("moved", article=URL, final_url=URL))
    watched.told(wish(mobile, found_in=short, replaces=True, hops=1))
    assert (watched.schedule.state, watched.schedule.fixed) == ("moved", False)
    assert [(each.url, each.hops) for each in watched.wishes] == [(URL, 2)]
    article = Watched().told(wish()).told(check())
    before = article.row
    assert article.told(replace(watched.wishes[0])).row == before


def test_a_long_circle_is_found_too() -> None:
    """Of three articles that lead to each other, and were all known before, one is read under its own address."""
    urls = [f"https://eastmere-echo.test/2026/03/storm-{number}" for number in range(3)]
    rows = {url: Watched(url).told(wish(url, found_in=FEED)) for url in urls}
    for url, there in zip(urls, [*urls[1:], urls[0]], strict=True):
        wishes = rows[url].told(check("moved", article=there, final_url=there)).wishes
        while wishes:
            (led,) = wishes
            wishes = rows[led.url].told(led).wishes
    assert [row.schedule.fixed for row in rows.values()].count(True) == 1
    assert [row.schedule.state for row in rows.values()].count("watched") == 1


def test_a_page_that_is_gone_after_timeouts_is_looked_at_for_a_day() -> None:
    """What else went wrong before does not tell that it is gone for good."""
    watched = Watched().told(wish())
    for hours in range(3):
        watched.told(check("failed", hours=hours, error="timeout"))
    assert watched.told(check("gone", hours=3)).schedule.next_check == NOON + timedelta(hours=4)
    assert watched.told(check("gone", hours=4)).schedule.next_check == NOON + timedelta(hours=9)


def test_a_clock_that_was_ahead_silences_nothing() -> None:
    """What was looked at in the future is due at once, and what was given up there is taken up again."""
    for ahead in (30, 3650):
        watched = Watched().told(wish()).told(check()).told(check(hours=24 * ahead))
        now = NOON + timedelta(hours=1)
        assert STEP.due(watched.row or b"", now.timestamp()) == now.timestamp()
        lost = Watched().told(wish()).told(check()).on_time(NOON + timedelta(days=ahead))
        assert STEP.due(lost.row or b"", now.timestamp()) == now.timestamp()
        put_off = watched.on_time(now).told(check("deferred", hours=1, retry_at=now + timedelta(minutes=5)))
        assert STEP.due(put_off.row or b"", now.timestamp()) == (now + timedelta(minutes=5)).timestamp()
        row = watched.on_time(now).told(check(hours=1.1)).schedule
        assert (row.state, row.last_check) == ("watched", NOON + timedelta(hours=1.1))
        assert row.next_check is not None
        assert row.next_check < NOON + timedelta(days=1)


@pytest.mark.parametrize(
    ("key", "url"),
    [
        ("ftp://x/y", "ftp://x/y"),
        ("", ""),
        (URL, f"{URL}-2"),
        ("\ud800", URL),
        (URL, "https://u:secret@eastmere-echo.test/2026/03/storm"),
        (f"https://x.test/{'a' * 9000}", f"https://x.test/{'a' * 9000}"),
    ],
)
def test_a_wish_that_cannot_be_asked_for_is_refused(key: str, url: str) -> None:
    """It would be due at each start of a watcher, and end it; a secret would be kept. The message shows none."""
    record = Record(topics.WATCH, 0, 0, NOON, key.encode("utf-8", "surrogatepass"), encode(wish(url)))
    with pytest.raises(BadRecordError) as error:
        STEP(record, None)
    assert "secret" not in str(error.value)


def test_an_article_is_read_under_a_later_address_where_the_first_one_never_answered() -> None:
    """One feed names a port that nobody listens at; the paper's own names the article as it is."""
    watched = Watched().told(wish("http://eastmere-echo.test:443/2026/03/storm", found_in="https://a.test/feed"))
    watched.told(check("failed", error="no_connection"))
    now = NOON + timedelta(minutes=1)
    row = watched.told(wish(found_in=FEED, added_at=now)).schedule
    assert (row.url, row.next_check) == (URL, now)
    watched.told(check(hours=1))
    other = wish("http://eastmere-echo.test/2026/03/storm", found_in=FEED, added_at=now)
    assert watched.told(check("failed", hours=2)).told(other).schedule.url == URL


def test_a_source_gives_its_name_to_articles_of_its_own_site_only() -> None:
    """Another site's are filed under their own host, and not believed to be edited, unless a person has named it."""
    own, other = (
        Shown("https://m.eastmere-echo.test/2026/03/pier", NOON),
        Shown("https://other.test/2026/03/pier", NOON),
    )
    told = check(key=FEED, kind="feed", name="The Echo", links=(own, other))
    found = Watched(FEED).told(wish(FEED, kind="feed")).told(told).wishes
    assert [(each.source, each.modified) for each in found] == [("The Echo", NOON), (None, None)]
    named = Watched(FEED).told(wish(FEED, kind="feed", source="Mine")).told(told).wishes
    assert [(each.source, each.modified) for each in named] == [("Mine", NOON), ("Mine", None)]


def test_what_a_person_has_named_keeps_its_name_where_it_leads() -> None:
    """So do the feeds of a page; a name that nobody has given does not lead to another site."""
    there = "https://other.test/"
    for name, kept in (("Mine", "Mine"), (None, None)):
        front = Watched(FEED).told(wish(FEED, kind=None, source=name))
        (away,) = front.told(check("moved", article=there, final_url=there)).wishes
        assert (away.source, away.is_named) == (kept, kept is not None)
        moved = Watched(there).told(away)
        (feed,) = moved.told(check(key=there, kind="front", name="Theirs", feeds=("https://feeds.test/1",))).wishes
        assert feed.source == kept


@pytest.mark.parametrize("is_told_first", [True, False])
def test_an_old_article_is_looked_at_as_old_ones_are(*, is_told_first: bool) -> None:
    """Its first version tells its age, whether it or the check is heard first; not a day alone, or one to come."""
    waits = []
    for published in (
        "2024-03-01T12:00:00Z",
        None,
        "2024-03-01",
        "2024-03-01T12:00:00",
        "2026-03-02T12:00:00Z",
        "0001-01-01T00:00:00+14:00",
    ):
        first = replace(version("first", hours=0, number=1), published=published)
        watched = Watched(step=Schedules()).told(wish())
        for event in (first, check()) if is_told_first else (check(), first):
            watched.told(event)
        watched.told(check(hours=2))
        assert watched.schedule.next_check is not None
        waits.append(watched.schedule.next_check - NOON - timedelta(hours=2))
    assert waits[0] > timedelta(days=1)
    assert set(waits[1:]) == {waits[1]}
    assert waits[1] < timedelta(hours=12)
