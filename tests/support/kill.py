"""One case of the kill matrix: a till whose process is ended at a failpoint, and what must hold afterwards."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.receipt import JobState
from app.failpoints import Failpoint
from app.store.connect import Connection
from devices.simulated.paper import Item, TextRow
from devices.simulated.printer import SimulatedPrinter
from tests.support.commands import Ran, guitai, open_till_db, script
from tests.support.tills import PIN, opened

SIGN_ON: Mapping[str, object] = {"do": "sign_on", "staff_no": "1001", "pin": PIN}
SELL: Sequence[Mapping[str, object]] = (
    {"do": "amount", "amount": "86.40"},
    {"do": "scan", "code": "6901234567892"},
    {"do": "pay"},
)
ENROL: Mapping[str, object] = {"do": "enrol", "phone": "13912345678", "name": "王小明"}
KILLED = -9


@dataclass
class Papers:
    """What came out of the simulated printer, receipt by receipt."""

    printer: SimulatedPrinter = field(init=False)
    texts: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Papers:
        self.printer = SimulatedPrinter(on_cut=self._cut)
        self.printer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.printer.stop()

    def _cut(self, items: list[Item]) -> None:
        with self._lock:
            self.texts.append("\n".join(item.text for item in items if isinstance(item, TextRow)))

    def settled(self) -> None:
        """Wait until the printer has done with everything sent so far: it serves one connection after another."""
        before = self.printer.connections
        with socket.create_connection(("127.0.0.1", self.printer.port)):
            assert self.printer.wait_for(lambda printer: printer.connections > before)

    def of(self, receipt_no: str, *, marked: bool) -> int:
        """Receipts with this number that carry, or do not carry, the reprint mark."""
        with self._lock:
            return sum(receipt_no in text and ("REPRINT" in text) is marked for text in self.texts)


def headless(data: Path, steps: Sequence[Mapping[str, object]], **environment: str) -> Ran:
    """Do the steps in one process."""
    return guitai("till", "--headless", "--script", "-", "--data", data, given=script(steps), environment=environment)


def killed_at(place: Failpoint, data: Path, steps: Sequence[Mapping[str, object]], **environment: str) -> Ran:
    """Do the steps until SIGKILL at the place, the first time it is reached."""
    ran = headless(data, steps, GUITAI_FAILPOINT=place.value, **environment)
    assert ran.code == KILLED, f"{place.value} was never reached: {ran.out}{ran.err}"
    return ran


def done(ran: Ran, what: str) -> list[dict[str, object]]:
    """Answers that said "done" before the end."""
    return [answer for answer in ran.answers if answer["do"] == what and answer.get("done")]


def check_returns(data: Path) -> list[bool]:
    """Every return is whole: row, event, audit entry and one print job. Whether each takes a whole sale back."""
    files = opened(data)
    db = open_till_db(data)
    try:
        kinds = ("sale_return", "undo")
        raws = [
            json.loads(raw)
            for raw in _column(db, "SELECT raw FROM event WHERE type IN ('sale_return', 'undo') ORDER BY n")
        ]
        assert db.execute("SELECT count(*) FROM sale_return").fetchone()[0] == len(raws)
        for raw in raws:
            assert raw["type"] in kinds
            (back,) = [one for one in files.book.returns_of(raw["body"]["of"]) if one.event_id == raw["event_id"]]
            assert back.undo == (raw["type"] == "undo")
            jobs = db.execute("SELECT count(*) FROM print_job WHERE event_id = ?", (raw["event_id"],)).fetchone()
            assert jobs[0] == 1
        audits = db.execute("SELECT count(*) FROM audit WHERE kind IN ('return', 'undo')").fetchone()
        assert audits[0] == len(raws)
        return [raw["type"] == "undo" for raw in raws]
    finally:
        db.close()
        files.close()


def check_by_hand(data: Path, kind: str) -> int:
    """Every event of that type has its audit entry and its paper; how many there are."""
    db = open_till_db(data)
    try:
        events = _column(db, f"SELECT event_id FROM event WHERE type = '{kind}' ORDER BY n")
        for event_id in events:
            (jobs,) = _column(db, f"SELECT count(*) FROM print_job WHERE event_id = '{event_id}'")
            assert jobs == 1
        audits = _column(db, f"SELECT count(*) FROM audit WHERE kind IN ('{kind}', 'no_sale')")
        assert audits[0] == len(events)
        return len(events)
    finally:
        db.close()


def check_sales(data: Path) -> list[str]:
    """Every sale is whole: rows, event, audit entry and exactly one unmarked print job each. Their event ids."""
    files = opened(data)
    db = open_till_db(data)
    try:
        raws = [json.loads(raw) for raw in _column(db, "SELECT raw FROM event WHERE type = 'sale' ORDER BY n")]
        sales = [raw["event_id"] for raw in raws]
        assert db.execute("SELECT count(*) FROM sale").fetchone()[0] == len(sales)
        for raw in raws:
            sale = files.book.sale(raw["event_id"])
            assert sale is not None
            body = raw["body"]
            assert [line.unit_minor for line in sale.basket.lines] == [line["unit_minor"] for line in body["lines"]]
            assert [tender.minor for tender in sale.tenders] == [tender["minor"] for tender in body["tenders"]]
            assert sale.result.payable_minor == body["result"]["payable_minor"]
        jobs = _column(db, "SELECT event_id FROM print_job WHERE kind = 'sale' AND copy_no = 0 ORDER BY job_id")
        assert jobs == sales
        assert db.execute("SELECT count(*) FROM audit WHERE kind = 'sale'").fetchone()[0] == len(sales)
        numbers = [raw["body"]["receipt_no"] for raw in raws]
        assert numbers == [f"S027-1-{number:06d}" for number in range(1, len(sales) + 1)]
        return sales
    finally:
        db.close()
        files.close()


def check_enrolments(data: Path) -> list[str]:
    """Every enrolment is whole: event, attachment, own member, audit, print job; numbers gapless. Their numbers."""
    db = open_till_db(data)
    try:
        members = _column(db, "SELECT member_no FROM own_member ORDER BY member_no")
        events = _column(db, "SELECT event_id FROM event WHERE type = 'enrolment' ORDER BY n")
        assert _column(db, "SELECT event_id FROM own_member ORDER BY member_no") == events
        assert sorted(_column(db, "SELECT event_id FROM pii")) == sorted(events)
        assert _column(db, "SELECT event_id FROM print_job WHERE kind = 'enrolment' ORDER BY job_id") == events
        assert db.execute("SELECT count(*) FROM audit WHERE kind = 'enrolment'").fetchone()[0] == len(events)
        assert members == [f"{1000 + number:012d}" for number in range(len(members))]
        return members
    finally:
        db.close()


def check_shifts(data: Path) -> int:
    """Every shift has its event; their number."""
    db = open_till_db(data)
    try:
        shifts = _column(db, "SELECT shift_id FROM shift ORDER BY z_no")
        opened = _column(
            db, "SELECT json_extract(raw, '$.body.shift_id') FROM event WHERE type = 'shift_open' ORDER BY n"
        )
        assert opened == shifts
        return len(shifts)
    finally:
        db.close()


def asks_a_person(data: Path) -> bool:
    """Whether the next start has a print job of unknown fate; what a crash left half-way becomes one here."""
    files = opened(data)
    try:
        files.jobs.recover()
        return bool(files.jobs.unknown())
    finally:
        files.close()


def job_states(data: Path) -> list[tuple[int, str]]:
    """(copy_no, state) of every print job, oldest first."""
    db = open_till_db(data)
    try:
        return [tuple(row) for row in db.execute("SELECT copy_no, state FROM print_job ORDER BY job_id")]
    finally:
        db.close()


def check_chains(data: Path) -> None:
    """`guitai verify` says intact."""
    verified = guitai("verify", "--data", data)
    assert verified.code == 0, verified.err


def older(data: Path) -> None:
    """Turn till.db back to the first schema, with everything in it."""
    db = open_till_db(data)
    try:
        for table in (
            "head_office",
            "sync",
            "event_result",
            "till_row",
            "hold",
            "sale_return",
            "code_key",
            "code_step",
            "template",
        ):
            db.execute(f"DROP TABLE {table}")
        first = {"key", "n", "place", "points", "settled_incarnation_no", "settled_ver"}
        for column in _column(db, "SELECT name FROM pragma_table_info('effect')"):
            if column not in first:
                db.execute(f"ALTER TABLE effect DROP COLUMN {column}")
        db.execute("ALTER TABLE sale DROP COLUMN gross_minor")
        db.execute("DROP INDEX ix_event_enrolment")
        db.execute("UPDATE alembic_version SET version_num = 'till_0001'")
    finally:
        db.close()


def _column(db: Connection, statement: str) -> list[str]:
    return [row[0] for row in db.execute(statement)]


FINAL_STATES = frozenset((JobState.CONFIRMED.value, JobState.SPOOLED.value, JobState.CANCELLED.value))
