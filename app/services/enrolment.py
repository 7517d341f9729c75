"""Enrol a member at the counter, with consent per purpose and a card that works at once, offline too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.domain import receipt as paper_model
from app.domain.card import CARD_DIGITS_MAX, CARD_DIGITS_MIN, is_payment_card, is_payment_code
from app.domain.consent import Consent, Purpose
from app.domain.events import NewMember, attachment, enrolment_fact
from app.domain.member import mask_phone
from app.domain.numbering import business_on, local_on
from app.domain.person import NAME_CHARS_MAX, clean_name
from app.domain.receipt import Receipt
from app.domain.sale import FoundBy
from app.errors import Refusal
from app.failpoints import Failpoint
from app.ids import AccountId, EventId, MemberId
from app.services import paper, settings
from app.services.members import Customer, card_form_holds, customer_of
from app.services.ports import AuditEntry, NewJob, OwnMember, Transaction
from app.services.till import Outcome, Session, Till, Topic, new_id, sealed
from app.services.views import new_member_view

NOTICE_VERSION_DEFAULT = settings.NOTICE_VERSION_DEFAULT
REGION_DEFAULT = "CN"
SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed and chosen. `card` None: the card number comes from the till's block. `phone` as typed."""

    phone: str
    name: str
    consents: tuple[Consent, ...]
    card: str | None = None
    birthday_on: str | None = None


@dataclass(frozen=True, slots=True)
class PhoneCheck:
    """A typed phone number: its E.164 form, how it is shown, and members who have it already."""

    phone: str
    masked: str
    duplicates: tuple[Customer, ...]
    lost: bool = False
    """No duplicate is not known to be none: members cannot be looked up here now."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A new member, ready to earn. `card` is the full number for the card QR on screen and paper."""

    customer: Customer
    member_no: str
    card: str
    job_id: int
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class _Checked:
    """The form after all its rules."""

    personal: dict[str, str]
    consents: tuple[Consent, ...]
    card: str | None


def check_phone(till: Till, phone: str) -> PhoneCheck:
    """Refusal `phone_form` when it is no phone number (mainland numbers need no +86), `payment_card_number`."""
    number = _e164(phone)
    known = till.members.by_phone(number)
    customers = tuple(customer_of(till, member, FoundBy.PHONE) for member in known)
    return PhoneCheck(number, mask_phone(number), customers, lost=till.members.count() is None)


def check_card(till: Till, card: str) -> str:
    """A card the customer brings, checked.

    Refusal `payment_code`, `payment_card_number`, `card_form`, `check_digit`, `card_taken`.
    """
    number = card.strip()
    if is_payment_code(number):
        raise Refusal("payment_code")
    if is_payment_card(number):
        raise Refusal("payment_card_number")
    if not (number.isascii() and number.isdigit() and CARD_DIGITS_MIN <= len(number) <= CARD_DIGITS_MAX):
        raise Refusal("card_form")
    if not till.place.cards.owns(number):
        raise Refusal("card_form")
    if not card_form_holds(number, till.place.cards):
        raise Refusal("check_digit")
    if till.members.by_card(number) is not None:
        raise Refusal("card_taken")
    return number


def enrol(till: Till, session: Session, form: Form) -> Outcome[Enrolled]:
    """One transaction: numbers, event with its attachment, own member, audit, print job.

    Refusal `phone_form`, `name_form`, `birthday_form`, `consent_service`, `card_taken`, `check_digit`, `card_form`,
    `payment_card_number`, `numbers_used_up`.
    A phone already known never stops it (the duplicate becomes a merge proposal at head office).
    """
    checked = _checked(till, form)
    till.failpoints.hit(Failpoint.ENROLMENT_BEFORE_BEGIN)
    with till.book.begin() as write:
        enrolled = _write(till, session, checked, write)
        till.failpoints.hit(Failpoint.ENROLMENT_BEFORE_COMMIT)
        write.commit()
    till.failpoints.hit(Failpoint.ENROLMENT_AFTER_COMMIT)
    return Outcome(enrolled, frozenset({Topic.MEMBER, Topic.SHIFT, Topic.PENDING, Topic.JOBS}), provisional=True)


def _checked(till: Till, form: Form) -> _Checked:
    personal = {"phone": _e164(form.phone), "name": _name(form.name)}
    if form.birthday_on:
        personal["birthday_on"] = _birthday(till, form.birthday_on)
    given = {consent.purpose: consent.given for consent in form.consents}
    if not given.get(Purpose.SERVICE, False):
        raise Refusal("consent_service")
    answers = tuple(Consent(purpose, given.get(purpose, False)) for purpose in Purpose)
    return _Checked(personal, answers, check_card(till, form.card) if form.card else None)


def _write(till: Till, session: Session, checked: _Checked, write: Transaction) -> Enrolled:
    now_ms = till.clock.now_ms()
    programme = till.essentials.programme_at(now_ms)
    member = NewMember(
        member_id=MemberId(new_id(till)),
        account_id=AccountId(new_id(till)),
        member_no=write.take_number("member"),
        card=checked.card or _free_card(till, write),
        home_store_id=till.place.store_id,
        enrolled_on=business_on(now_ms, programme.zone, programme.business_day_starts),
        staff_id=session.staff_id,
    )
    till.failpoints.hit(Failpoint.ENROLMENT_AFTER_NUMBER)
    personal = attachment(new_id(till), till.random_bytes(SALT_BYTES), checked.personal)
    till.failpoints.hit(Failpoint.ENROLMENT_AFTER_ATTACHMENT)
    event_id = EventId(new_id(till))
    fact = enrolment_fact(
        event_id,
        now_ms,
        member,
        consents=checked.consents,
        notice=settings.read(till).notice_version,
        personal=personal,
    )
    event = sealed(till, fact, write.head())
    write.append(event)
    till.failpoints.hit(Failpoint.ENROLMENT_AFTER_EVENT)
    write.add_member(
        OwnMember(
            member.member_id,
            member.account_id,
            event_id,
            personal.pii_ref,
            member.member_no,
            member.card,
            member.home_store_id,
            member.enrolled_on,
        )
    )
    write.add_audit(AuditEntry(now_ms, "enrolment", session.staff_id, {"seq": event.seq}))
    return _with_slip(till, session, write, member=member, event_id=event_id, personal=checked.personal)


def _with_slip(
    till: Till, session: Session, write: Transaction, *, member: NewMember, event_id: EventId, personal: dict[str, str]
) -> Enrolled:
    card = member.card or ""
    view = new_member_view(member.member_id, card, personal)
    customer = Customer(member.member_id, member.account_id, member.card, FoundBy.LIST, view)
    slip = paper.enrolment_slip(till, session, customer, card)
    job_id = write.add_job(NewJob(event_id, "enrolment", till.renderer.render(slip), paper_model.to_json(slip)))
    return Enrolled(customer, member.member_no, card, job_id, slip)


def _free_card(till: Till, write: Transaction) -> str:
    """The next card of the block that nobody has: a number already known is passed over."""
    while True:
        number = write.take_number("card")
        if till.members.by_card(number) is None:
            return number


def _e164(typed: str) -> str:
    """A typed phone number in E.164."""
    import phonenumbers  # lazy: its metadata costs 60 ms that no sale needs

    text = typed.strip()
    if is_payment_card("".join(char for char in text if char.isdigit())):
        raise Refusal("payment_card_number")
    try:
        number = phonenumbers.parse(text, REGION_DEFAULT)
    except phonenumbers.NumberParseException:
        raise Refusal("phone_form") from None
    if not phonenumbers.is_valid_number(number):
        raise Refusal("phone_form")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _name(typed: str) -> str:
    if any(is_payment_card(part) for part in "".join(c if c.isdigit() else " " for c in typed).split()):
        raise Refusal("payment_card_number")
    name = clean_name(typed)
    if name is None:
        raise Refusal("name_form", chars_max=NAME_CHARS_MAX)
    return name


def _birthday(till: Till, typed: str) -> str:
    try:
        birthday = date.fromisoformat(typed)
    except ValueError:
        raise Refusal("birthday_form") from None
    if not "1900-01-01" <= birthday.isoformat() <= local_on(till.clock.now_ms(), till.place.zone):
        raise Refusal("birthday_form")
    return birthday.isoformat()
