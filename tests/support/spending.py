"""Carts and holds for the tests of spending and returning, over the fake till."""

from __future__ import annotations

from dataclasses import replace

from app.services import checkout, holding, members, redemption
from app.services.checkout import Cart
from app.services.members import Customer, CustomerFound
from app.services.till import Session
from tests.support.fakes import FakeTill, fake_till

ZHANG = "8800000025093"


def online() -> FakeTill:
    fake = fake_till()
    fake.head_office.online = True
    return fake


def customer(fake: FakeTill, code: str = ZHANG) -> Customer:
    found = members.identify(fake.till, code)
    assert isinstance(found, CustomerFound)
    return found.customer


def basket_of(fake: FakeTill, code: str | None = ZHANG) -> Cart:
    """The basket of the pictures, ¥270.20, for 张小凡 with 16,860 points."""
    cart = Cart()
    for product, qty in zip(fake.essentials.products, (2, 1, 1, 1, 2, 1), strict=True):
        cart = checkout.with_product(fake.till, cart, product, qty)
    return checkout.with_customer(cart, customer(fake, code) if code else None)


def held(fake: FakeTill, session: Session, cart: Cart, points: int = 2_000) -> Cart:
    """The cart with so many points held for it."""
    asked = redemption.begin(fake.till, session, cart, points)
    answer = holding.ask(fake.till.head_office, asked.hold)
    return replace(cart, spend=redemption.settle(fake.till, asked, answer).value)
