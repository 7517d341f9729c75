"""Sign-on with a PIN, which opens the shift; lock and sign-on again keep it."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.events import shift_open_fact
from app.domain.shift import Shift, no_shift
from app.domain.staff import TRIES_BEFORE_LOCK, TRIES_BEFORE_WAIT, Attempts, Role, Staff, wait_ms
from app.errors import Refusal
from app.failpoints import Failpoint
from app.ids import EventId, ShiftId, StaffId
from app.services import settings
from app.services.ports import AuditEntry, Transaction
from app.services.till import Session, Till, new_id, sealed

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class StaffChoice:
    """A tile of the sign-on screen."""

    staff_id: StaffId
    staff_no: str
    name: str
    role: Role


def choices(till: Till) -> tuple[StaffChoice, ...]:
    """Who may sign on here, by staff number."""
    return tuple(StaffChoice(one.staff_id, one.staff_no, one.name, one.role) for one in till.essentials.staff())


def sign_on(till: Till, staff_id: StaffId, pin: str) -> Session:
    """The session; opens a shift (event `shift_open`) with the store's usual float unless this person's is open already
    or the store counts the float first: then the session has none, and `shifts.open_shift` opens it.

    Refusal `pin_wrong` (left=tries before a wait), `pin_wait` (seconds), `pin_locked` (minutes), `staff_unknown`,
    `shift_of_other` never: another person's open shift is theirs; signing on as someone else opens their own.
    """
    person = check_pin(till, staff_id, pin)
    return Session(person.staff_id, person.staff_no, person.name, person.role, _signed_on(till, person), person.may)


def check_pin(till: Till, staff_id: StaffId, pin: str, *, denied: str = "sign_on_denied") -> Staff:
    """The person whose PIN it is; their tries are still counted. Refusals as in `sign_on`; a denial is audited."""
    person = next((one for one in till.essentials.staff() if one.staff_id == staff_id), None)
    if person is None:
        raise Refusal("staff_unknown")
    before = till.book.attempts(staff_id)
    _refuse_while_waiting(before, till.clock.now_ms())
    _count_try(till, staff_id, before)  # before the PIN is looked at: ending the program buys no free try
    if not till.pins.verify(person.pin_hash, pin):
        raise _denied(till, staff_id, denied)
    return person


def _refuse_while_waiting(attempts: Attempts, now_ms: int) -> None:
    left_ms = wait_ms(attempts, now_ms)
    if left_ms == 0:
        return
    if attempts.failed >= TRIES_BEFORE_LOCK:
        raise Refusal("pin_locked", minutes=-(-left_ms // MINUTE_MS))
    raise Refusal("pin_wait", seconds=-(-left_ms // 1000))


def _count_try(till: Till, staff_id: StaffId, before: Attempts) -> None:
    with till.book.begin() as write:
        write.set_attempts(staff_id, Attempts(before.failed + 1, till.clock.now_ms()))
        write.commit()


def _denied(till: Till, staff_id: StaffId, kind: str) -> Refusal:
    attempts = till.book.attempts(staff_id)
    with till.book.begin() as write:
        write.add_audit(AuditEntry(till.clock.now_ms(), kind, staff_id, {"failed": attempts.failed}))
        write.commit()
    if attempts.failed < TRIES_BEFORE_WAIT:
        return Refusal("pin_wrong", left=TRIES_BEFORE_WAIT - attempts.failed)
    left_ms = wait_ms(attempts, till.clock.now_ms())
    if attempts.failed >= TRIES_BEFORE_LOCK:
        return Refusal("pin_locked", minutes=-(-left_ms // MINUTE_MS))
    return Refusal("pin_wait", seconds=-(-left_ms // 1000))


def _signed_on(till: Till, person: Staff) -> Shift:
    """Clear the tries, note the sign-on, and open the shift where there is none: one transaction."""
    read = settings.read(till)
    shift = till.book.open_shift_of(person.staff_id)
    with till.book.begin() as write:
        write.set_attempts(person.staff_id, Attempts())
        if shift is None and not read.counts_float:
            shift = new_shift(till, write, person.staff_id, read.float_minor)
        shift = shift or no_shift(person.staff_id)
        write.add_audit(AuditEntry(till.clock.now_ms(), "sign_on", person.staff_id, {"z_no": shift.z_no}))
        till.failpoints.hit(Failpoint.SHIFT_BEFORE_COMMIT)
        write.commit()
    till.failpoints.hit(Failpoint.SHIFT_AFTER_COMMIT)
    return shift


def new_shift(till: Till, write: Transaction, staff_id: StaffId, float_minor: int) -> Shift:
    """Open a shift with its event, inside the caller's transaction."""
    shift = Shift(ShiftId(new_id(till)), write.next_number("z"), staff_id, till.clock.now_ms(), float_minor)
    write.open_shift(shift)
    write.append(sealed(till, shift_open_fact(EventId(new_id(till)), shift), write.head()))
    return shift
