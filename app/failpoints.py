"""Named places where a test may end the process, to prove that a crash there loses and doubles nothing.

`GUITAI_FAILPOINT=<name>[:<n>]` kills the process with SIGKILL the n-th time (default first) the place is reached;
without the variable a failpoint costs one look at a tuple. `guitai dev failpoints` lists them.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from enum import StrEnum


class Failpoint(StrEnum):
    """Every place; the value is the name used outside."""

    SALE_BEFORE_BEGIN = "sale.before_begin"
    SALE_AFTER_ROWS = "sale.after_rows"
    SALE_AFTER_EVENT = "sale.after_event"
    SALE_BEFORE_COMMIT = "sale.before_commit"
    SALE_AFTER_COMMIT = "sale.after_commit"
    SALE_AFTER_DONE = "sale.after_done"
    ENROLMENT_BEFORE_BEGIN = "enrolment.before_begin"
    ENROLMENT_AFTER_NUMBER = "enrolment.after_number"
    ENROLMENT_AFTER_ATTACHMENT = "enrolment.after_attachment"
    ENROLMENT_AFTER_EVENT = "enrolment.after_event"
    ENROLMENT_BEFORE_COMMIT = "enrolment.before_commit"
    ENROLMENT_AFTER_COMMIT = "enrolment.after_commit"
    CODE_BEFORE_COMMIT = "code.before_commit"
    CODE_AFTER_COMMIT = "code.after_commit"
    HOLD_AFTER_WRITTEN = "hold.after_written"
    HOLD_AFTER_ANSWER = "hold.after_answer"
    HOLD_AFTER_RELEASE = "hold.after_release"
    RETURN_BEFORE_BEGIN = "return.before_begin"
    RETURN_BEFORE_COMMIT = "return.before_commit"
    RETURN_AFTER_COMMIT = "return.after_commit"
    UNDO_BEFORE_BEGIN = "undo.before_begin"
    UNDO_BEFORE_COMMIT = "undo.before_commit"
    UNDO_AFTER_COMMIT = "undo.after_commit"
    TOPUP_BEFORE_BEGIN = "topup.before_begin"
    TOPUP_BEFORE_COMMIT = "topup.before_commit"
    TOPUP_AFTER_COMMIT = "topup.after_commit"
    SHIFT_BEFORE_COMMIT = "shift.before_commit"
    SHIFT_AFTER_COMMIT = "shift.after_commit"
    SHIFT_CLOSE_BEFORE_COMMIT = "shift_close.before_commit"
    SHIFT_CLOSE_AFTER_COMMIT = "shift_close.after_commit"
    CASH_MOVE_BEFORE_COMMIT = "cash_move.before_commit"
    CASH_MOVE_AFTER_COMMIT = "cash_move.after_commit"
    ADJUSTMENT_BEFORE_COMMIT = "adjustment.before_commit"
    ADJUSTMENT_AFTER_COMMIT = "adjustment.after_commit"
    PRINT_BEFORE_SENDING = "print.before_sending"
    PRINT_AFTER_SENDING_MARK = "print.after_sending_mark"
    PRINT_AFTER_FIRST_BYTES = "print.after_first_bytes"
    PRINT_AFTER_BYTES = "print.after_bytes"
    PRINT_AFTER_SENT_MARK = "print.after_sent_mark"
    PRINT_BEFORE_FINAL_MARK = "print.before_final_mark"
    PRINT_AFTER_FINAL_MARK = "print.after_final_mark"
    SETTLE_AFTER_QUEUED = "settle.after_queued"
    SETTLE_AFTER_MARK = "settle.after_mark"
    MIGRATION_BEFORE_BACKUP = "migration.before_backup"
    MIGRATION_AFTER_BACKUP = "migration.after_backup"
    MIGRATION_BEFORE_COMMIT = "migration.before_commit"
    MIGRATION_AFTER_COMMIT = "migration.after_commit"
    SYNC_BEFORE_PUSH = "sync.before_push"
    SYNC_AFTER_PUSH = "sync.after_push"
    SYNC_BEFORE_RESULTS = "sync.before_results"
    SYNC_AFTER_RESULTS = "sync.after_results"
    SYNC_BEFORE_PAGE = "sync.before_page"
    SYNC_AFTER_PAGE = "sync.after_page"
    SYNC_BEFORE_PIECE = "sync.before_piece"
    SYNC_AFTER_PIECE = "sync.after_piece"
    SYNC_BEFORE_LOAD = "sync.before_load"
    SYNC_AFTER_LOAD = "sync.after_load"
    SYNC_BEFORE_SWITCH = "sync.before_switch"
    SYNC_AFTER_SWITCH = "sync.after_switch"
    HQ_BEFORE_PUSH = "hq.before_push"
    HQ_AFTER_APPLY = "hq.after_apply"
    HQ_BEFORE_COMMIT = "hq.before_commit"
    HQ_AFTER_COMMIT = "hq.after_commit"
    HQ_HOLD_BEFORE_COMMIT = "hq.hold_before_commit"
    HQ_HOLD_AFTER_COMMIT = "hq.hold_after_commit"
    HQ_ENROL_BEFORE_COMMIT = "hq.enrol_before_commit"
    HQ_ENROL_AFTER_COMMIT = "hq.enrol_after_commit"


class Failpoints:
    """Armed from the environment once per process; passed to whoever has a place."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        text = environment.get("GUITAI_FAILPOINT", "")
        name, _, count = text.partition(":")
        self._armed = Failpoint(name) if name else None
        self._left = int(count) if count else 1

    def hit(self, place: Failpoint) -> None:
        """End this process here if the place is armed and its count is reached."""
        if self._armed is not place:
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


NO_FAILPOINTS = Failpoints({})
