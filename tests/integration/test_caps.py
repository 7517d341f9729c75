"""A daily cap holds at an offline till, sale after sale, on real files."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from app.domain.sale import Tender, TenderKind
from app.services import checkout, members, signon
from app.services.checkout import Cart
from app.services.members import CustomerFound
from app.wiring.till import open_till
from tests.support import tills

EARN = {"points": 1, "per_minor": 100, "rounding": "whole_steps", "max_points_per_day": 100}


def test_the_second_sale_of_a_day_earns_what_the_cap_leaves(tmp_path: Path) -> None:
    capped = {**tills.PROGRAMME, "earn": EARN}
    data = tills.make(tmp_path / "till", replace(tills.SETUP, programmes=(capped,)))
    opened = open_till(data, os.environ)
    try:
        till = opened.till
        session = signon.sign_on(till, signon.choices(till)[0].staff_id, tills.PIN)
        earned = []
        for _ in range(3):
            found = members.identify(till, "8800000025093")
            assert isinstance(found, CustomerFound)
            cart = checkout.with_customer(checkout.with_amount(till, Cart(), 8640), found.customer)
            earned.append(checkout.complete(till, session, cart, (Tender(TenderKind.CASH),)).value.earned)
    finally:
        opened.close()
    assert earned == [86, 14, 0]
