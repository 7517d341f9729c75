"""Sign-on with a PIN, which opens the shift; lock and sign-on again keep it."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.staff import Role
from app.ids import StaffId
from app.services.till import Session, Till


@dataclass(frozen=True, slots=True)
class StaffChoice:
    """A tile of the sign-on screen."""

    staff_id: StaffId
    staff_no: str
    name: str
    role: Role


def choices(till: Till) -> tuple[StaffChoice, ...]:
    """Who may sign on here, by staff number."""
    ...


def sign_on(till: Till, staff_id: StaffId, pin: str) -> Session:
    """The session; opens a shift (event `shift_open`) unless this person's is open already.

    Refusal `pin_wrong` (left=tries before a wait), `pin_wait` (seconds), `pin_locked` (minutes), `staff_unknown`,
    `shift_of_other` never: another person's open shift is theirs; signing on as someone else opens their own.
    """
    ...
