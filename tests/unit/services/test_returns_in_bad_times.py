"""Goods come back in bad times: the members' file lost, the clock set back; the points move all the same."""

from __future__ import annotations

from dataclasses import replace

from app.services import returns
from tests.support.fakes import fake_till
from tests.unit.services.test_returns import sold


def test_a_return_lies_over_what_its_sale_lay_over() -> None:
    fake = fake_till()
    session = fake.sign_on()
    done = sold(fake, session)
    earned = fake.truth.effects[-1]
    fake.members.cached = ()
    found = returns.find(fake.till, done.receipt_no)
    assert found.customer is None
    everything = {number: line.qty for number, line in enumerate(found.bought.lines)}
    returns.confirm(fake.till, session, found, everything)
    assert fake.truth.effects[-1] == replace(earned, points=-earned.points)


def test_a_clock_set_back_leaves_the_points_of_a_return_what_they_are() -> None:
    fake = fake_till()
    session = fake.sign_on()
    done = sold(fake, session)
    earned = fake.truth.effects[-1].points
    fake.clock.advance_s(-30 * 24 * 3600)
    found = returns.find(fake.till, done.receipt_no)
    returns.confirm(fake.till, session, found, {n: line.qty for n, line in enumerate(found.bought.lines)})
    assert (earned > 0, fake.truth.effects[-1].points) == (True, -earned)
