"""How a member stands, in words on the member card."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.member import Coming, TierGap
from app.i18n import ENGLISH
from tests.gui.screens.conftest import Open
from ui.views.standing import ahead_words, keep_words


@pytest.mark.parametrize(
    ("gap", "ahead", "keep"),
    [
        (TierGap("spend", 12_000, "Gold"), "¥120 more to Gold", "¥120 more keeps it"),
        (TierGap("points", 1_200, "Gold"), "1,200 points more to Gold", "1,200 points more keep it"),
        (TierGap("visits", 3, "Gold"), "3 visits more to Gold", "3 visits more keep it"),
        (TierGap("visits", 0, "Gold"), "0 visits more to Gold", "kept for another term"),
    ],
)
def test_a_gap_has_words_for_each_metric(gap: TierGap, ahead: str, keep: str) -> None:
    assert (ahead_words(gap, ENGLISH), keep_words(gap, ENGLISH)) == (ahead, keep)


def test_the_card_says_what_is_to_come_and_what_is_owed(open_till: Open) -> None:
    till = open_till().sign_on()
    member = till.stage.fake.members.cached[0]
    assert member.account is not None
    account = replace(
        member.account, debt=120, vesting=(Coming(30, "2026-12-20"),), to_follow=(Coming(50, "2026-12-31"),)
    )
    till.stage.fake.members.cached = (replace(member, account=account), *till.stage.fake.members.cached[1:])
    till.stage.scan(till.stage.card())
    till.settle()
    rows = till.work.counter.member.standing
    assert "until 2027-12-31" in rows.tier.accessibleName()
    assert "30 from 12-20 · 50 follow 12-31" in rows.coming.accessibleName()
    assert "120, paid by the next points" in rows.debt.accessibleName()
    assert "¥1,320 more to Diamond card" in till.work.counter.member.progress.accessibleName()


def test_a_member_of_whom_nothing_is_to_be_said_has_no_rows(open_till: Open) -> None:
    till = open_till().sign_on()
    till.stage.scan(till.stage.card(2))
    till.settle()
    assert till.work.counter.member.standing.debt.isHidden()
