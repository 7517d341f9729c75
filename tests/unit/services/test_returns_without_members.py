"""Goods come back while the members' file is lost: the points still move on the account the sale earned on."""

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
