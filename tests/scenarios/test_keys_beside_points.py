"""Keys of the document that change no points: each alters what a till writes down or what an account remembers."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from app.domain.programme.facts import AccountFacts, open_account
from app.domain.programme.ledger import Ledger
from app.domain.programme.parse import parse
from app.domain.sale import Line, Tender, TenderKind
from app.services import checkout
from app.services.checkout import Cart
from tests.support.fakes import fake_till
from tests.support.scenarios import document

NIGHT_MS = 1_796_581_800_000  # 02:30 of 7 December 2026 in Shanghai
BASICS: dict[str, Any] = {"business_day_starts": "02:00"}


def facts(**changed: Any) -> tuple[str, str, str]:
    """(programme named in the basis, currency, business day) of an event a till writes at 02:30."""
    fake = fake_till()
    fake.essentials.programme = parse(document(**{**BASICS, **changed}))
    fake.clock.set_ms(NIGHT_MS)
    cart = checkout.with_line(Cart(), Line(1000))
    checkout.complete(fake.till, fake.sign_on(), cart, (Tender(TenderKind.CASH, 1000),))
    event = json.loads(fake.truth.events[-1].raw)
    return event["basis"]["programme"], event["body"]["currency"], event["body"]["business_on"]


@pytest.mark.parametrize(
    ("changed", "after"),
    [
        ({}, ("t:1", "CNY", "2026-12-07")),
        ({"id": "other"}, ("other:1", "CNY", "2026-12-07")),
        ({"version": 2}, ("t:2", "CNY", "2026-12-07")),
        ({"currency": "HKD"}, ("t:1", "HKD", "2026-12-07")),
        ({"business_day_starts": "04:00"}, ("t:1", "CNY", "2026-12-06")),
    ],
)
def test_an_event_says_by_which_programme_in_which_money_and_on_which_business_day(
    changed: dict[str, Any], after: tuple[str, str, str]
) -> None:
    assert facts(**changed) == after


@pytest.mark.parametrize("name", ["hello", "welcome"])
def test_gifts_id_is_how_an_account_remembers_that_it_was_given(name: str) -> None:
    programme = parse(document(gifts=[{"id": name, "on": "enrolment", "points": 5}]))
    day = date(2025, 1, 23)
    account = open_account(programme, AccountFacts("m", enrolled_on=day), day)
    assert Ledger(programme, {"m": account}).look("m", day).gifts == {f"{name}:enrolment"}
