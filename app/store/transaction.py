"""One write transaction in till.db: the `Transaction` port. Every statement is fixed text; nothing is read twice."""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Final

import sqlcipher3.dbapi2 as driver

from app.domain.card import luhn_digit
from app.domain.chain import HASH_ZERO, Attachment, Link, SealedEvent, canonical, event_hash
from app.domain.sale import Sale
from app.domain.shift import Shift
from app.domain.spending import Hold, HoldState, SaleReturn
from app.domain.staff import Attempts
from app.errors import Refusal, StoreError
from app.ids import MemberId, ShiftId, StaffId
from app.services.ports import AuditEntry, Effect, Moved, NewJob, OwnMember
from app.store import sales, spending
from app.store.connect import Connection, fault
from app.store.event_key import event_n, head_of
from app.store.mark import Commits

ADD_EVENT: Final = (
    "INSERT INTO event (n, event_id, type, at_ms, points, touches, hash, raw) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
ADD_PII: Final = "INSERT INTO pii (pii_ref, event_id, member_id, salt, pii) VALUES (?, ?, ?, ?, ?)"
ERASED: Final = "SELECT 1 FROM erased WHERE member_id = ?"
ADD_EFFECT: Final = "INSERT INTO effect (key, n, place, points) VALUES (?, ?, ?, ?)"
NEXT: Final = "INSERT INTO counter VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value"
BLOCK: Final = "SELECT block_id, next, last FROM number_block WHERE series = ? AND closed = 0 ORDER BY block_id LIMIT 1"
MOVE_BLOCK: Final = "UPDATE number_block SET next = ?, closed = ? WHERE block_id = ?"
ADD_MEMBER: Final = "INSERT INTO own_member VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
ADD_SHIFT: Final = (
    "INSERT INTO shift (shift_id, z_no, staff_id, opened_ms, float_minor, after_n) VALUES (?, ?, ?, ?, ?, ?)"
)
CLOSE_SHIFT: Final = "UPDATE shift SET closed_ms = ? WHERE shift_id = ? AND closed_ms IS NULL"
FORGET_STEPS: Final = "DELETE FROM code_step WHERE step < ?"
TAKE_STEP: Final = "INSERT OR IGNORE INTO code_step (step, member_id) VALUES (?, ?)"
LAST_AUDIT: Final = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1"
ADD_AUDIT: Final = "INSERT INTO audit (seq, at_ms, kind, raw, hash) VALUES (?, ?, ?, ?, ?)"
ADD_JOB: Final = (
    "INSERT INTO print_job (event_id, kind, state, copy_no, queued_ms, model, payload)"
    " VALUES (?, ?, 'queued', ?, ?, ?, ?)"
)
SET_JOB: Final = "UPDATE event SET job_id = ? WHERE event_id = ?"
SET_ATTEMPTS: Final = (
    "INSERT INTO staff_attempts VALUES (?, ?, ?) ON CONFLICT (staff_id) DO UPDATE SET failed = excluded.failed,"
    " last_ms = excluded.last_ms"
)


class TillTransaction:
    """BEGIN IMMEDIATE on entry; rolled back on exit unless committed. Store thread only.

    StoreError `disk_full`, `store_busy`, `store_io` leave everything as it was before the block.
    """

    def __init__(self, db: Connection, path: Path, epoch: int, now_ms: int, commits: Commits) -> None:
        self._db = db
        self._commits = commits
        self._path = path
        self._epoch = epoch
        self._now_ms = now_ms
        self._head: Link | None = None
        self._sale_ahead: str | None = None

    def __enter__(self) -> TillTransaction:
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except driver.Error as error:
            raise fault(error, self._path) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        if isinstance(error, driver.Error):
            raise fault(error, self._path) from error

    def head(self) -> Link:
        if self._head is None:
            self._head = head_of(self._db, self._epoch)
        return self._head

    def next_number(self, counter: str) -> int:
        value: int = self._db.execute(NEXT, (counter,)).fetchone()[0]
        return value

    def take_number(self, series: str) -> str:
        """See the port. A card block holds numbers without their check digit, which is added here."""
        row = self._db.execute(BLOCK, (series,)).fetchone()
        if row is None:
            raise Refusal("numbers_used_up", series=series)
        block_id, number, last = row
        following = str(int(number) + 1).zfill(len(last))
        self._db.execute(MOVE_BLOCK, (following, int(number == last), block_id))
        return number + luhn_digit(number) if series == "card" else str(number)

    def append(self, event: SealedEvent, effects: tuple[Effect, ...] = ()) -> None:
        """See the port. StoreError `chain_moved` for an event that does not follow: nothing wrong is ever written."""
        head = self.head()
        if (event.epoch, event.seq) != (head.epoch, head.seq + 1) or event_hash(head.hash, event.raw) != event.hash:
            raise StoreError("chain_moved", seq=event.seq)
        if self._sale_ahead not in (None, event.event_id):
            raise ValueError("the event of the sale comes next")
        n = event_n(event.epoch, event.seq)
        keys = [effect.account_id or effect.card or "" for effect in effects]
        counted = [effect.points for effect in effects if effect.of is Moved.POINTS]
        points = sum(counted) if counted else None
        values = (n, event.event_id, event.type, event.at_ms, points, " ".join(keys), event.hash, event.raw)
        self._db.execute(ADD_EVENT, values)
        if event.attachments:
            self._attach(event)
        for place, effect in enumerate(effects):
            self._db.execute(ADD_EFFECT, (keys[place], n, place, effect.points))
        self._head = Link(event.epoch, event.seq, event.hash)
        self._sale_ahead = None

    def add_sale(self, sale: Sale) -> None:
        """The rows of a sale; its event is the next one appended, and shares its key."""
        head = self.head()
        sales.add(self._db, sale, event_n(head.epoch, head.seq + 1))
        self._sale_ahead = sale.event_id

    def add_return(self, back: SaleReturn) -> None:
        head = self.head()
        spending.add_return(self._db, back, event_n(head.epoch, head.seq))

    def add_hold(self, hold: Hold) -> None:
        spending.add_hold(self._db, hold)

    def move_hold(self, hold_id: str, state: HoldState) -> None:
        spending.move_hold(self._db, hold_id, state)

    def add_member(self, member: OwnMember) -> None:
        values = (member.member_id, member.account_id, member.event_id, member.pii_ref, member.member_no, member.card)
        self._db.execute(ADD_MEMBER, (*values, member.home_store_id, member.enrolled_on))

    def open_shift(self, shift: Shift) -> None:
        head = self.head()
        values = (shift.shift_id, shift.z_no, shift.staff_id, shift.opened_ms, shift.float_minor)
        self._db.execute(ADD_SHIFT, (*values, event_n(head.epoch, head.seq)))

    def close_shift(self, shift_id: ShiftId, closed_ms: int) -> None:
        """See the port."""
        if self._db.execute(CLOSE_SHIFT, (closed_ms, shift_id)).rowcount != 1:
            raise Refusal("shift_closed")

    def take_step(self, member_id: MemberId, step: int, forget_before: int) -> bool:
        self._db.execute(FORGET_STEPS, (forget_before,))
        return bool(self._db.execute(TAKE_STEP, (step, member_id)).rowcount)

    def add_audit(self, entry: AuditEntry) -> None:
        """Chain one fact to the last: the hash is that of events, over canonical text (security.md, "Audit")."""
        row = self._db.execute(LAST_AUDIT).fetchone()
        seq, previous = (1, HASH_ZERO) if row is None else (row[0] + 1, row[1])
        raw = canonical(
            {
                "seq": seq,
                "at_ms": entry.at_ms,
                "kind": entry.kind,
                "facts": dict(entry.facts),
                **({} if entry.staff_id is None else {"staff_id": entry.staff_id}),
            }
        )
        self._db.execute(ADD_AUDIT, (seq, entry.at_ms, entry.kind, raw, event_hash(previous, raw)))

    def add_job(self, job: NewJob) -> int:
        values = (job.event_id, job.kind, job.copy_no, self._now_ms, job.model, job.payload)
        job_id: int = self._db.execute(ADD_JOB, values).lastrowid
        if job.event_id is not None:
            self._db.execute(SET_JOB, (job_id, job.event_id))
        return job_id

    def set_attempts(self, staff_id: StaffId, attempts: Attempts) -> None:
        self._db.execute(SET_ATTEMPTS, (staff_id, attempts.failed, attempts.last_ms))

    def commit(self) -> None:
        """Durable when it returns. ValueError for a sale without its event."""
        if self._sale_ahead is not None:
            raise ValueError("a sale is never stored without its event")
        self._commits.commit(self._epoch, self._head)

    def _attach(self, event: SealedEvent) -> None:
        """Personal data beside the event, unless its member was erased meanwhile (fine print 9)."""
        member_id = json.loads(event.raw).get("member_id")
        if member_id is not None and self._db.execute(ERASED, (member_id,)).fetchone() is not None:
            return
        for one in event.attachments:
            self._add_pii(event.event_id, member_id, one)

    def _add_pii(self, event_id: str, member_id: str | None, one: Attachment) -> None:
        self._db.execute(ADD_PII, (one.pii_ref, event_id, member_id, one.salt, one.pii))
