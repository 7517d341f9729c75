"""Find and identify: what a scan or typed text means, and who the customer is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.domain import member_code, scan
from app.domain.card import CardScheme, CodeKind, luhn_holds
from app.domain.member import Member, MemberStatus, MemberView
from app.domain.member_code import Verdict
from app.domain.product import Product
from app.domain.sale import FoundBy
from app.domain.scan import Scan
from app.errors import Refusal
from app.failpoints import Failpoint
from app.ids import AccountId, MemberId
from app.services import labels, settings
from app.services.till import Till
from app.services.views import card_view, member_view

RESULTS_MAX = 20
TEXT_CHARS_MAX = 64


@dataclass(frozen=True, slots=True)
class Customer:
    """Who the points of a sale go to: a known member, or a card number nobody is known for (`member_id` None)."""

    member_id: MemberId | None
    account_id: AccountId | None
    card: str | None
    found_by: FoundBy
    view: MemberView
    code_step: int | None = None
    """The step of the dynamic code that was checked; None for anybody found otherwise."""


@dataclass(frozen=True, slots=True)
class ProductFound:
    """The scan was a product of this store."""

    product: Product


@dataclass(frozen=True, slots=True)
class CustomerFound:
    """The scan was a member card. `unknown_card`: no member here; points will go to the card number.

    `lost`: nobody can tell whose it is, because members cannot be looked up here now.
    """

    customer: Customer
    unknown_card: bool
    lost: bool = False


@dataclass(frozen=True, slots=True)
class FoundMembers:
    """Search results as a screen may show them, best first."""

    customers: tuple[Customer, ...]
    total: int
    more: bool
    lost: bool = False
    """Only members enrolled at this till could be looked through; the others' file is damaged or not there."""


def identify(till: Till, code: str) -> ProductFound | CustomerFound:
    """What a scanned (or typed and entered) code is; a scanner's symbology identifier (`]E0`) may stand before it.

    A dynamic member code is used up by it, durably, before the member is known to anybody.

    Refusal: `payment_code`, `check_digit`, `member_blocked`, `product_unknown`, `code_unknown`, `receipt_scanned`,
    `staff_card_scanned`, `gs1_unreadable`, `label_without_price`; of a dynamic code `member_code_…`.
    """
    scanned = scan.read(code)
    kind = scan.kind_of(scanned, till.place.cards, scan.table(settings.read(till).codes))
    if kind in REFUSED:
        raise Refusal(REFUSED[kind])
    if kind is CodeKind.GS1:
        return ProductFound(labels.of_gs1(till, scanned.text))
    if kind is CodeKind.MEMBER_CARD:
        return _card(till, scanned)
    if kind is CodeKind.MEMBER_CODE:
        return CustomerFound(_by_code(till, scanned.text), unknown_card=False)
    return _product_or_member(till, scanned, kind)


REFUSED = {
    CodeKind.PAYMENT: "payment_code",
    CodeKind.RECEIPT: "receipt_scanned",
    CodeKind.STAFF_CARD: "staff_card_scanned",
}


def find(till: Till, text: str, limit: int = RESULTS_MAX) -> FoundMembers:
    """Members matching typed text: card, phone tail, phone, name, pinyin initials. Empty text finds nobody."""
    sought = text.strip()[:TEXT_CHARS_MAX]
    if not sought:
        return FoundMembers((), 0, False)
    found = till.members.find(sought, limit)
    return FoundMembers(
        tuple(customer_of(till, member, _found_by(member, sought)) for member in found.hits),
        found.total,
        found.more,
        lost=not found.hits and till.members.count() is None,
    )


def by_id(till: Till, member_id: MemberId, found_by: FoundBy) -> Customer:
    """The customer, as after an enrolment. Refusal `member_unknown`, `member_not_loaded`, `member_blocked`."""
    member = till.members.by_id(member_id)
    if member is None:
        raise Refusal("member_not_loaded" if till.members.count() is None else "member_unknown")
    return _open(till, member, found_by)


def again(till: Till, customer: Customer) -> Customer:
    """The same customer as the files say now, found as they were; a bare card as it was. Refusals as `by_id`."""
    if customer.member_id is None:
        return customer
    return replace(by_id(till, customer.member_id, customer.found_by), code_step=customer.code_step)


def customer_of(till: Till, member: Member, found_by: FoundBy) -> Customer:
    """A member as the customer of a sale, masked, whatever its status."""
    account_id = member.account.account_id if member.account else None
    return Customer(member.member_id, account_id, member.card, found_by, member_view(till, member))


def unknown_card(till: Till, number: str) -> Customer:
    """A customer nobody is known for: points go to the card number."""
    return Customer(None, None, number, FoundBy.CARD, card_view(till, number))


def _open(till: Till, member: Member, found_by: FoundBy) -> Customer:
    if member.status is MemberStatus.BLOCKED:
        raise Refusal("member_blocked")
    return customer_of(till, member, found_by)


def _card(till: Till, scanned: Scan) -> ProductFound | CustomerFound:
    """A card number with a right check digit. Goods whose barcode looks the same (880… is Korea) stay goods, unless
    the scanner says that it was not printed as goods are."""
    number = scanned.text
    member = till.members.by_card(number)
    if member is not None:
        return CustomerFound(_open(till, member, FoundBy.CARD), unknown_card=False)
    product = None if scanned.symbology else till.essentials.product(number)
    if product is not None:
        return ProductFound(product)
    return CustomerFound(unknown_card(till, number), unknown_card=True, lost=till.members.count() is None)


def _by_code(till: Till, text: str) -> Customer:
    """Who shows this dynamic code. Its step is written down before anything is said: a process that ends now took it.

    The time is head office's as last measured, where it was: a phone has it from its network.
    """
    code, keys = member_code.read(text), till.essentials.week_keys()
    checked = member_code.check(code, keys, till.clock.now_ms() + till.head_office.clock_offset().offset_ms)
    if checked.verdict is not Verdict.RIGHT:
        raise Refusal(CODE_REFUSED[checked.verdict])
    member = till.members.by_number(code.member_no)
    if member is None:
        raise Refusal("member_code_nobody" if till.members.count() is not None else "member_code_lost")
    customer = replace(_open(till, member, FoundBy.CODE), code_step=checked.step)
    oldest = min(key.from_ms for key in keys) // member_code.STEP_MS
    with till.book.begin() as write:
        if not write.take_step(member.member_id, checked.step, oldest):
            raise Refusal("member_code_used")
        till.failpoints.hit(Failpoint.CODE_BEFORE_COMMIT)
        write.commit()
    till.failpoints.hit(Failpoint.CODE_AFTER_COMMIT)
    return customer


CODE_REFUSED = {
    Verdict.NO_KEY: "member_code_no_key",
    Verdict.EXPIRED: "member_code_expired",
    Verdict.EARLY: "member_code_early",
    Verdict.WRONG: "member_code_wrong",
    Verdict.NEWER: "member_code_newer",
}


def _product_or_member(till: Till, scanned: Scan, kind: CodeKind) -> ProductFound | CustomerFound:
    text = scanned.text
    product = labels.product_of(till, text)
    if product is not None:
        return ProductFound(product)
    member = till.members.by_card(text)  # a partner's or an old card, outside the chain's number form
    if member is not None:
        return CustomerFound(_open(till, member, FoundBy.CARD), unknown_card=False)
    product = labels.of_scales(till, text)
    if product is not None:
        return ProductFound(product)
    misread = till.place.cards.owns(text) and not scanned.as_ean  # a misread card may pass the EAN test
    if kind is CodeKind.WRONG_CHECK_DIGIT or misread:
        raise Refusal("check_digit")
    raise Refusal("product_unknown" if kind is CodeKind.PRODUCT else "code_unknown")


def _found_by(member: Member, sought: str) -> FoundBy:
    if sought == member.card:
        return FoundBy.CARD
    return FoundBy.PHONE if any(char.isdigit() for char in sought) else FoundBy.NAME


def card_form_holds(number: str, scheme: CardScheme) -> bool:
    """True when a number may be given out as a member card: form and check digit."""
    return scheme.owns(number) and luhn_holds(number)
