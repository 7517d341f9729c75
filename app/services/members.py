"""Find and identify: what a scan or typed text means, and who the customer is."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.member import MemberView
from app.domain.product import Product
from app.domain.sale import FoundBy
from app.ids import AccountId, MemberId
from app.services.till import Till

RESULTS_MAX = 20


@dataclass(frozen=True, slots=True)
class Customer:
    """Who the points of a sale go to: a known member, or a card number nobody is known for (`member_id` None)."""

    member_id: MemberId | None
    account_id: AccountId | None
    card: str | None
    found_by: FoundBy
    view: MemberView


@dataclass(frozen=True, slots=True)
class ProductFound:
    """The scan was a product of this store."""

    product: Product


@dataclass(frozen=True, slots=True)
class CustomerFound:
    """The scan was a member card. `unknown_card`: no member here; points will go to the card number."""

    customer: Customer
    unknown_card: bool


@dataclass(frozen=True, slots=True)
class FoundMembers:
    """Search results as a screen may show them, best first."""

    customers: tuple[Customer, ...]
    total: int
    more: bool


def identify(till: Till, code: str) -> ProductFound | CustomerFound:
    """What a scanned (or typed and entered) code is.

    Refusal: `payment_code`, `check_digit`, `member_blocked`, `product_unknown`, `code_unknown`, `member_code_later`.
    """
    ...


def find(till: Till, text: str, limit: int = RESULTS_MAX) -> FoundMembers:
    """Members matching typed text: card, phone tail, phone, name, pinyin initials. Empty text finds nobody."""
    ...


def by_id(till: Till, member_id: MemberId, found_by: FoundBy) -> Customer:
    """The customer afresh, as after an enrolment or a sale. Refusal `member_unknown`, `member_blocked`."""
    ...
