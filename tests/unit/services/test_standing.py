"""How a member stands: the tier's end, what is missing, what is to come, what is owed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.member import Coming, Member, MemberStanding, PointsAccount, TierGap
from app.domain.programme.document import Metric, Programme, Validity, Window
from app.services.standing import standing
from tests.support.fakes import FakeTill, fake_till

TODAY = "2026-12-06"


def gold(fake: FakeTill, **changed: object) -> Member:
    member = fake.members.cached[0]
    assert member.account is not None
    return replace(member, account=replace(member.account, **changed))  # type: ignore[arg-type]


def programme(fake: FakeTill, **tiers: object) -> Programme:
    found = fake.essentials.programme
    assert found is not None
    assert found.tiers is not None
    return replace(found, tiers=replace(found.tiers, **tiers))  # type: ignore[arg-type]


def stands(fake: FakeTill, member: Member, terms: Programme | None = None) -> MemberStanding:
    return standing(fake.till, member, terms or programme(fake), TODAY)


def test_money_is_missing_for_the_next_tier_and_this_one_is_kept() -> None:
    fake = fake_till()
    found = stands(fake, gold(fake))
    assert found.tier_until == "2027-12-31"
    assert found.ahead == TierGap("spend", 132_000, "Diamond card")
    assert found.keep == TierGap("spend", 0, "Gold card")


@pytest.mark.parametrize(
    ("metric", "missing"), [(Metric.SPEND, 450_000), (Metric.POINTS, 45_000), (Metric.VISITS, 450_000)]
)
def test_the_gap_is_said_in_the_metric_of_the_programme(metric: Metric, missing: int) -> None:
    fake = fake_till()
    terms = replace(programme(fake, metric=metric), points_scale=1)
    assert stands(fake, gold(fake, qualifying=150_000), terms).keep == TierGap(metric.value, missing, "Gold card")


def test_nothing_is_missing_at_the_top_or_where_the_next_is_reached_already() -> None:
    fake = fake_till()
    assert stands(fake, gold(fake, tier="diamond", next_tier=None)).ahead is None
    assert stands(fake, gold(fake, qualifying=2_000_000)).ahead is None


def test_a_tier_that_never_ends_needs_nothing_to_keep_it() -> None:
    fake = fake_till()
    assert stands(fake, gold(fake, tier="base")).keep is None
    assert stands(fake, gold(fake, tier_until_on=None)).keep is None
    assert stands(fake, gold(fake), programme(fake, valid=Validity.FOREVER)).keep is None
    assert stands(fake, gold(fake), programme(fake, window=Window.LIFETIME)).keep is None


def test_while_sales_made_here_are_not_counted_nobody_knows_what_is_missing() -> None:
    fake = fake_till()
    found = stands(fake, replace(gold(fake), own_events=1))
    assert (found.ahead, found.keep, found.tier_until) == (None, None, "2027-12-31")


def test_points_to_come_and_points_owed_are_whole_and_those_that_came_are_left_out() -> None:
    fake = fake_till()
    member = gold(
        fake,
        debt=11,
        vesting=(Coming(55, "2026-12-06"), Coming(40, "2026-12-20"), Coming(5, "2026-12-09")),
        to_follow=(Coming(30, "2026-12-31"),),
    )
    found = stands(fake, member, replace(programme(fake), points_scale=1))
    assert (found.debt, found.vesting, found.vesting_on) == (2, 4, "2026-12-09")
    assert (found.to_follow, found.to_follow_on) == (3, "2026-12-31")


def test_without_an_account_or_tiers_there_is_nothing_to_say() -> None:
    fake = fake_till()
    assert stands(fake, replace(gold(fake), account=None)) == MemberStanding()
    without = replace(programme(fake), tiers=None)
    assert stands(fake, gold(fake), without) == MemberStanding(tier_until="2027-12-31")


def test_an_account_says_so_by_itself() -> None:
    account = PointsAccount("a-1", 1, 0)  # type: ignore[arg-type]
    assert (account.vesting, account.to_follow) == ((), ())
