"""Enrol a member at the counter, with consent per purpose and a card that works at once, offline too."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.consent import Consent
from app.domain.receipt import Receipt
from app.services.members import Customer
from app.services.till import Outcome, Session, Till

NOTICE_VERSION_DEFAULT = 1


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


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A new member, ready to earn. `card` is the full number for the card QR on screen and paper."""

    customer: Customer
    member_no: str
    card: str
    job_id: int
    receipt: Receipt


def check_phone(till: Till, phone: str) -> PhoneCheck:
    """Refusal `phone_form` when it is no phone number (mainland numbers need no +86), `payment_card_number`."""
    ...


def enrol(till: Till, session: Session, form: Form) -> Outcome[Enrolled]:
    """One transaction: numbers, event with its attachment, own member, audit, print job.

    Refusal `phone_form`, `name_form`, `consent_service`, `card_taken`, `check_digit`, `card_form`, `numbers_used_up`.
    A phone already known never stops it (the duplicate becomes a merge proposal at head office).
    """
    ...
