"""Members are not read one by one: thirty look-ups a minute and till, whatever worker is asked."""

from __future__ import annotations

from sync.hq.database import Database
from sync.hq.office import Limits
from sync.hq.work.rates import Rate, take
from tests.support.head_office import HeadOffice

RATE = Rate(per_min=30, burst=3)
NOW_MS = 1_790_000_000_000


def test_workers_share_the_tokens_and_time_brings_them_back(hq: HeadOffice) -> None:
    sibling = hq.office.database if hq.office.database.is_sqlite else Database(hq.url)

    def asked(database: Database, now_ms: int) -> int:
        return database.run(lambda connection: take(connection, "find/one", RATE, now_ms))

    assert [asked(one, NOW_MS) for one in (hq.office.database, sibling, sibling)] == [0, 0, 0]
    assert [asked(one, NOW_MS) for one in (hq.office.database, sibling)] == [3, 3]
    assert asked(sibling, NOW_MS + 1_000) == 2
    assert asked(sibling, NOW_MS + 2_000) == 0
    assert asked(hq.office.database, NOW_MS + 2_000) == 3
    assert asked(hq.office.database, NOW_MS) == 3, "a clock set back takes nothing away and gives nothing"
    assert hq.write(lambda connection: take(connection, "find/other", RATE, NOW_MS)) == 0
    assert [asked(sibling, NOW_MS + 3_600_000) for _ in range(4)] == [0, 0, 0, 3]
    if sibling is not hq.office.database:
        sibling.close()


def test_a_till_that_looks_everybody_up_is_slowed_and_others_are_not(hq: HeadOffice) -> None:
    hq.office.limits = Limits()
    curious, other = hq.till(), hq.till()
    asked = [curious.call("POST", "members/find", {"phone": f"+86138{number:08d}"}) for number in range(32)]
    assert {one.status for one in asked[:30]} == {200}
    assert (asked[31].status, asked[31].problem) == (429, "rate")
    assert 1 <= int(asked[31].headers["retry-after"]) <= 3
    assert other.call("POST", "members/find", {"phone": "+8613800000000"}).status == 200
