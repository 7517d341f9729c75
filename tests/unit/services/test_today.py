"""The figures of the day: this till's own, or the store's with what is still waiting here; who may see them; paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.day import DayFigures
from app.domain.receipt import Columns, Text, from_json
from app.domain.sale import Tender, TenderKind
from app.domain.staff import Capability
from app.errors import Refusal
from app.services import approvals, checkout, today
from app.services.checkout import Cart
from app.services.till import Session
from tests.support.demo_people import DEMO_PIN
from tests.support.fakes import FakeTill, fake_till

WEEK_S = 7 * 24 * 3600


def sell(fake: FakeTill, session: Session, minor: int) -> None:
    cart = checkout.with_amount(fake.till, Cart(), minor)
    checkout.complete(fake.till, session, cart, (Tender(TenderKind.CASH),))


def manager(fake: FakeTill) -> Session:
    return fake.sign_on("0103")


def hours(first: int, *minor: int) -> tuple[int, ...]:
    found = [0] * 24
    found[first : first + len(minor)] = minor
    return tuple(found)


def test_without_head_offices_row_it_is_this_tills_day() -> None:
    fake = fake_till()
    session = manager(fake)
    sell(fake, session, 8_640)
    shown = today.today(fake.till, session)
    assert (shown.business_on, shown.weekday, shown.hour, shown.first_hour) == ("2026-12-06", 6, 14, 4)
    assert (shown.store, shown.figures.sales, shown.figures.net_minor) == (False, 1, 8_640)
    assert (shown.before, shown.change_percent) == (None, None)
    assert shown.figures.by_hour[14] == 8_640
    assert shown.till.other_minor == 8_640
    assert shown.waiting == fake.book.pending_count() > 0


def test_the_stores_day_is_head_offices_row_and_what_waits_here() -> None:
    fake = fake_till()
    session = manager(fake)
    fake.members.store_days["2026-12-06"] = DayFigures(
        sales=9, net_minor=90_000, members=6, points_redeemed=1_000, by_hour=hours(10, 50_000, 40_000)
    )
    fake.members.store_days["2026-11-29"] = DayFigures(sales=8, net_minor=60_000, by_hour=hours(10, 60_000, 0, 0, 0, 9))
    sell(fake, session, 10_000)
    shown = today.today(fake.till, session)
    assert (shown.store, shown.figures.sales, shown.figures.net_minor) == (True, 10, 100_000)
    assert shown.figures.member_percent == 60
    assert (shown.points_redeemed, shown.redeemed_minor) == (1_000, 1_000)
    assert shown.change_percent == 50  # 90,000 against 60,000 until 14:00; the hour that runs is left out


def test_last_week_without_the_row_is_not_compared() -> None:
    fake = fake_till()
    session = manager(fake)
    fake.members.store_days["2026-12-06"] = DayFigures(sales=1, by_hour=hours(10, 100))
    assert today.today(fake.till, session).before is None
    fake.members.store_days["2026-11-29"] = DayFigures(sales=1, by_hour=hours(20, 100))
    assert today.today(fake.till, session).change_percent is None


def test_this_tills_own_last_week_is_compared() -> None:
    fake = fake_till()
    fake.clock.advance_s(-WEEK_S - 3600)
    session = manager(fake)
    sell(fake, session, 10_000)
    fake.clock.advance_s(WEEK_S)
    sell(fake, session, 5_000)
    fake.clock.advance_s(3600)
    assert today.today(fake.till, session).change_percent == -50


def test_before_the_business_day_starts_it_is_still_yesterday() -> None:
    fake = fake_till()
    fake.clock.advance_s(12 * 3600)  # 02:33 of the 7th
    shown = today.today(fake.till, manager(fake))
    assert (shown.business_on, shown.hour) == ("2026-12-06", 2)


def test_enrolments_are_ranked_by_person() -> None:
    fake = fake_till()
    session = manager(fake)
    shown = today.today(fake.till, session)
    assert (shown.board, shown.enrolments_goal) == ((), 8)


def test_a_programme_without_redeeming_values_no_points() -> None:
    fake = fake_till()
    assert fake.essentials.programme is not None
    fake.essentials.programme = replace(fake.essentials.programme, redeem=None)
    assert today.today(fake.till, manager(fake)).redeemed_minor == 0


def test_a_cashier_sees_them_only_with_a_second_persons_agreement() -> None:
    fake = fake_till()
    session = fake.sign_on()
    with pytest.raises(Refusal, match="approval_needed"):
        today.today(fake.till, session)
    by = next(one.staff_id for one in fake.essentials.people if one.staff_no == "0112")
    approval = approvals.approve(fake.till, session, Capability.REPORTS, "report", by=by, pin=DEMO_PIN)
    shown = today.today(fake.till, session, approval)
    assert shown.till.approvals == 1


def test_the_figures_go_to_paper_as_they_are_shown() -> None:
    fake = fake_till()
    session = manager(fake)
    sell(fake, session, 8_640)
    job_id = today.print_today(fake.till, session, today.today(fake.till, session)).value
    blocks = from_json(fake.truth.jobs[job_id - 1].model).blocks
    printed = {block.left: block.right for block in blocks if isinstance(block, Columns)}
    assert (printed["Net"], printed["Sales"], printed["14:00"]) == ("86.40", "1", "86.40")
    assert "This till only" in [block.text for block in blocks if isinstance(block, Text)]
    assert fake.truth.audit[-1].kind == "day_report"
