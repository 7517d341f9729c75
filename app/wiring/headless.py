"""A till without a screen: does what a script says, through the same use cases, files and devices (docs/headless.md).

Every step answers with one JSON line. A sale's answer is written only after its commit: it is this till's "done".
"""

from __future__ import annotations

import json
import queue
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from app.domain.consent import Consent, Purpose
from app.domain.receipt import JobState
from app.domain.sale import Line, Tender, TenderKind
from app.errors import ConfigError, GuitaiError, Refusal
from app.failpoints import Failpoint
from app.i18n import Translator
from app.ids import EventId, MemberId
from app.messages import words
from app.services import checkout, enrolment, members, receipts, signon, status, stored_value, tray
from app.services.checkout import Cart
from app.services.members import Customer, CustomerFound
from app.services.returns import Returned
from app.services.till import Session, Till
from app.wiring.headless_shift import HeadlessShift
from app.wiring.headless_spending import HeadlessSpending, shown_tray, told
from app.wiring.headless_sync import HeadlessSync
from app.wiring.headless_views import HeadlessViews
from app.wiring.script import Step, read
from app.wiring.till_devices import TillDevices
from app.workers import Worker

T = TypeVar("T")
Answer = Mapping[str, object]
SCAN_WAIT_S = 10
PRINT_WAIT_S = 60
FINAL = frozenset((JobState.CONFIRMED, JobState.SPOOLED, JobState.FAILED_CLEAN, JobState.UNKNOWN, JobState.CANCELLED))


@dataclass
class News:
    """What the devices said, kept until the script asks."""

    scans: queue.SimpleQueue[str] = field(default_factory=queue.SimpleQueue)
    jobs: queue.SimpleQueue[tuple[int, JobState]] = field(default_factory=queue.SimpleQueue)

    def scanned(self, code: str) -> None:
        """A scanner read a code."""
        self.scans.put(code)

    def job_changed(self, job_id: int, state: JobState) -> None:
        """A print job is in another state."""
        self.jobs.put((job_id, state))

    def devices_changed(self) -> None:
        """A script asks for what it wants to know."""

    def raise_window(self) -> None:
        """There is no window."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What the headless till works with. `send_scan` puts a code into a simulated scanner, None: there is none.

    `sync` None: this till was never enrolled at head office.
    """

    store: Worker
    devices: TillDevices
    news: News
    tr: Translator
    write: Callable[[str], None]
    send_scan: Callable[[str], None] | None = None
    sync: HeadlessSync | None = None


class HeadlessTill:
    """One cashier, one cart. Runs on the main thread; the till is used on the store thread only."""

    def __init__(self, till: Till, outside: Outside) -> None:
        self._till = till
        self._out = outside
        self._cart = Cart()
        self._session: Session | None = None
        self._last_event: EventId | None = None
        self._last_job: int | None = None
        self._ended: dict[int, JobState] = {}
        self._stored: tuple[Tender, ...] = ()
        self._spending = HeadlessSpending(till, self._on_store)
        self._shifts = HeadlessShift(till, self._on_store)
        self._views = HeadlessViews(till, self._on_store)

    def run(self, lines: Iterable[str]) -> int:
        """Do every step; the number of those that did not go as expected."""
        return sum(not self._done(step) for step in read(lines))

    def _done(self, step: Step) -> bool:
        try:
            answer = self._doing(step)(step)
        except GuitaiError as error:
            ok = step.expect == error.code
            self._say(step, {"ok": ok, "code": error.code, "words": words(error, self._out.tr)})
            return ok
        self._say(step, {"ok": not step.expect, **answer})
        if self._out.sync is not None:
            self._out.sync.sold()
        if step.do == "pay":
            self._till.failpoints.hit(Failpoint.SALE_AFTER_DONE)
        return not step.expect

    def _doing(self, step: Step) -> Callable[[Step], Answer]:
        found = {**self._doings(), **(self._out.sync.steps() if self._out.sync else {})}.get(step.do)
        if found is None:
            raise ConfigError("not_enrolled")
        return found

    def _doings(self) -> Mapping[str, Callable[[Step], Answer]]:
        return {
            "sign_on": self._sign_on,
            "scan": self._scan,
            "wait_scan": self._wait_scan,
            "find": self._find,
            "nobody": lambda _: self._become(checkout.with_customer(self._cart, None)),
            "amount": self._amount,
            "line": self._line,
            "qty": self._qty,
            "clear": lambda _: self._become(Cart()),
            "redeem": self._redeem,
            "keep_points": lambda _: self._become(replace(self._cart, spend=None)),
            "top_up": self._top_up,
            "stored_value": self._stored_value,
            "tray": self._tray,
            "take": self._take,
            "leave": lambda step: self._become(tray.leave(self._cart, step.text("id"))),
            "return": self._return,
            "undo": self._undo,
            "pay": self._pay,
            "enrol": self._enrol,
            "shift_open": self._shift_open,
            "shift_close": self._shift_close,
            "x_report": lambda step: self._shifts.x_report(step, self._signed_on()),
            "cash": self._cash,
            "today": lambda step: self._views.today(step, self._signed_on()),
            "why": lambda _: self._views.why(self._cart, self._last_event),
            "adjust": lambda step: self._by_hand(step, self._shifts.adjust),
            "give_coupon": lambda step: self._by_hand(step, self._shifts.give_coupon),
            "wait_printed": self._wait_printed,
            "reprint": self._reprint,
            "settle": self._settle,
            "status": self._status,
        }

    # ---- who

    def _sign_on(self, step: Step) -> Answer:
        def job() -> Session:
            for choice in signon.choices(self._till):
                if choice.staff_no == step.text("staff_no"):
                    return signon.sign_on(self._till, choice.staff_id, step.text("pin"))
            raise Refusal("staff_unknown")

        self._session = self._on_store(job)
        return {"staff_no": self._session.staff_no, "shift_id": self._session.shift.shift_id}

    def _signed_on(self) -> Session:
        if self._session is None:
            raise Refusal("sign_on_first")
        return self._session

    def _shift_open(self, step: Step) -> Answer:
        self._session = session = self._shifts.opened(step, self._signed_on())
        return {"shift_id": session.shift.shift_id, "z_no": session.shift.z_no}

    def _shift_close(self, step: Step) -> Answer:
        self._session, answer = self._shifts.closed(step, self._signed_on())
        self._printing(answer)
        return answer

    def _cash(self, step: Step) -> Answer:
        answer = self._shifts.cash(step, self._signed_on())
        self._printing(answer)
        return answer

    def _by_hand(self, step: Step, act: Callable[[Step, Session, MemberId | None], Answer]) -> Answer:
        customer = self._cart.customer
        answer = act(step, self._signed_on(), customer.member_id if customer else None)
        self._out.devices.print_waiting()
        return answer

    def _printing(self, answer: Answer) -> None:
        job_id = answer["job_id"]
        self._last_job = job_id if isinstance(job_id, int) else None
        self._out.devices.print_waiting()

    # ---- what

    def _scan(self, step: Step) -> Answer:
        if self._out.send_scan is None:
            return self._identified(step.text("code"))
        self._out.send_scan(step.text("code"))
        return self._wait_scan(step)

    def _wait_scan(self, step: Step) -> Answer:
        try:
            code = self._out.news.scans.get(timeout=step.number("timeout_s", SCAN_WAIT_S))
        except queue.Empty:
            raise Refusal("nothing_scanned") from None
        return self._identified(code)

    def _identified(self, code: str) -> Answer:
        found = self._on_store(lambda: members.identify(self._till, code))
        if isinstance(found, CustomerFound):
            self._become(checkout.with_customer(self._cart, found.customer))
            return {"found": "card" if found.unknown_card else "member", **_who(found.customer)}
        self._become(self._on_store(lambda: checkout.with_product(self._till, self._cart, found.product)))
        return {"found": "product", "sku": found.product.sku, "lines": len(self._cart.basket.lines)}

    def _find(self, step: Step) -> Answer:
        found = self._on_store(lambda: members.find(self._till, step.text("text")))
        pick = step.number("pick", -1)
        if pick < 0:
            return {"total": found.total, "members": [_who(one) for one in found.customers]}
        chosen = found.customers[pick] if pick < len(found.customers) else None
        if chosen is None or chosen.member_id is None:
            raise Refusal("member_unknown")
        member_id = chosen.member_id
        customer = self._on_store(lambda: members.by_id(self._till, member_id, chosen.found_by))
        self._become(checkout.with_customer(self._cart, customer))
        return {"total": found.total, **_who(customer)}

    def _amount(self, step: Step) -> Answer:
        amount_minor = checkout.parse_amount(step.text("amount"))
        return self._become(self._on_store(lambda: checkout.with_amount(self._till, self._cart, amount_minor)))

    def _line(self, step: Step) -> Answer:
        name = step.text("name") or None
        line = Line(
            step.number("unit_minor"), step.number("qty", 1), name=name, discount_minor=step.number("discount_minor")
        )
        return self._become(checkout.with_line(self._cart, line))

    def _qty(self, step: Step) -> Answer:
        number, qty = step.number("line"), step.number("qty")
        return self._become(self._on_store(lambda: checkout.with_qty(self._till, self._cart, number, qty)))

    def _redeem(self, step: Step) -> Answer:
        self._cart = cart = self._spending.redeem(step, self._signed_on(), self._cart)
        quote = self._on_store(lambda: checkout.quote(self._till, cart))
        return {"points": quote.points_used, "minor": quote.points_minor, "due_minor": quote.due_minor}

    def _top_up(self, step: Step) -> Answer:
        session, customer = self._signed_on(), self._cart.customer
        kind = TenderKind(step.text("kind", TenderKind.CASH.value))
        till, minor = self._till, step.number("minor")
        done = self._on_store(lambda: stored_value.pay_in(till, session, customer, minor, kind)).value
        self._out.devices.print_waiting()
        self._last_event, self._last_job = done.event_id, done.job_id
        return {"done": True, "receipt_no": done.receipt_no, "stored_minor": done.balance_minor}

    def _stored_value(self, step: Step) -> Answer:
        """Hold an amount for the next `pay`."""
        tender = self._spending.stored_value(step, self._signed_on(), self._cart)
        self._stored = (*self._stored, tender)
        return {"minor": tender.minor}

    def _tray(self, _step: Step) -> Answer:
        cart = self._cart
        return shown_tray(self._on_store(lambda: tray.look(self._till, cart)))

    def _take(self, step: Step) -> Answer:
        self._become(self._spending.take(step, self._signed_on(), self._cart))
        cart = self._cart
        quote = self._on_store(lambda: checkout.quote(self._till, cart))
        return {"payable_minor": quote.payable_minor, "points_used": quote.points_used}

    def _return(self, step: Step) -> Answer:
        return self._taken_back(self._spending.returned(step, self._signed_on()))

    def _undo(self, _step: Step) -> Answer:
        return self._taken_back(self._spending.undone(self._signed_on()))

    def _taken_back(self, done: Returned) -> Answer:
        self._out.devices.print_waiting()
        self._last_event, self._last_job = done.event_id, done.job_id
        return told(done)

    def _become(self, cart: Cart) -> Answer:
        cart = self._on_store(lambda: tray.fitting(self._till, cart))
        self._spending.give_back(self._cart, cart)
        self._cart = cart
        return {"lines": len(cart.basket.lines), "gross_minor": cart.basket.gross_minor}

    # ---- facts

    def _pay(self, step: Step) -> Answer:
        session, cart = self._signed_on(), self._cart
        tenders = tuple(_tender(raw, step.line) for raw in step.items("tenders")) or (Tender(TenderKind.CASH),)
        keep = step.flag("keep_change")
        tenders = (*self._stored, *tenders)
        done = self._on_store(lambda: checkout.complete(self._till, session, cart, tenders, keep_change=keep)).value
        self._out.devices.print_waiting()
        self._stored = ()
        self._cart, self._last_event, self._last_job = Cart(), done.event_id, done.job_id
        return {
            "done": True,
            "receipt_no": done.receipt_no,
            "event_id": done.event_id,
            "payable_minor": done.payable_minor,
            "change_minor": done.change_minor,
            "earned": done.earned,
            "points_used": done.points_used,
            "points_after": done.points_after,
            "job_id": done.job_id,
        }

    def _enrol(self, step: Step) -> Answer:
        session = self._signed_on()
        given = step.items("consents") or [Purpose.SERVICE.value]
        form = enrolment.Form(
            phone=step.text("phone"),
            name=step.text("name"),
            consents=tuple(Consent(purpose, purpose.value in given) for purpose in Purpose),
            card=step.text("card") or None,
            birthday_on=step.text("birthday_on") or None,
        )
        new = self._on_store(lambda: enrolment.enrol(self._till, session, form)).value
        self._out.devices.print_waiting()
        self._become(checkout.with_customer(self._cart, new.customer))
        self._last_job = new.job_id
        return {"done": True, "member_no": new.member_no, "card": new.card, "job_id": new.job_id}

    def _reprint(self, _step: Step) -> Answer:
        session = self._signed_on()
        last = self._on_store(lambda: self._till.book.last_sale(session.shift.shift_id))
        event_id = self._last_event or (last.event_id if last else None)
        if event_id is None:
            raise Refusal("receipt_unknown")
        self._last_job = self._on_store(lambda: receipts.reprint(self._till, session, event_id)).value
        self._out.devices.print_waiting()
        return {"job_id": self._last_job}

    def _wait_printed(self, step: Step) -> Answer:
        job_id = self._last_job
        if job_id is None:
            raise Refusal("receipt_unknown")
        while job_id not in self._ended:
            try:
                ended, state = self._out.news.jobs.get(timeout=step.number("timeout_s", PRINT_WAIT_S))
            except queue.Empty:
                raise Refusal("not_printed") from None
            if state in FINAL:
                self._ended[ended] = state
        return {"job_id": job_id, "state": self._ended.pop(job_id).value}

    def _settle(self, step: Step) -> Answer:
        session, came_out = self._signed_on(), step.flag("paper_came_out")
        unknown = self._on_store(self._till.jobs.unknown)
        if not unknown:
            raise Refusal("job_settled")
        job_id = unknown[0].job_id
        outcome = self._on_store(lambda: receipts.settle_unknown(self._till, session, job_id, paper_came_out=came_out))
        self._last_job = outcome.value or self._last_job
        self._out.devices.print_waiting()
        return {"settled": job_id} if outcome.value is None else {"settled": job_id, "job_id": outcome.value}

    def _status(self, _step: Step) -> Answer:
        shown = self._on_store(lambda: status.till_status(self._till))
        found: dict[str, object] = {
            "pending": shown.pending,
            "members": shown.members,
            "unknown_jobs": [paper.job_id for paper in shown.unknown_papers],
            "holds": len(shown.holds),
        }
        return found if self._out.sync is None else {**found, "sync": self._out.sync.status()}

    # ---- the way to the store thread, and out

    def _on_store(self, job: Callable[[], T]) -> T:
        return self._out.store.submit(job).result()

    def _say(self, step: Step, answer: Answer) -> None:
        self._out.write(json.dumps({"line": step.line, "do": step.do, **answer}, ensure_ascii=False))


def _who(customer: Customer) -> dict[str, object]:
    """A customer for the answer: masked, as a screen would show it."""
    view = customer.view
    return {"name": view.name, "card": view.card, "points": view.points, "pending_points": view.pending_points}


def _tender(raw: object, line: int) -> Tender:
    """`{"kind": "cash", "minor": 30000}`; without an amount it pays the rest."""
    if isinstance(raw, dict) and raw.get("kind") in set(TenderKind):
        minor = raw.get("minor")
        if minor is None or type(minor) is int:
            return Tender(TenderKind(raw["kind"]), minor)
    raise Refusal("tender_form", line=line)
