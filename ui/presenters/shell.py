"""The till as a whole: which screen is up, where a scan and a key go, lock, badge, start and its errors.

A scan goes to the receipt, whatever has the focus: over help, status or a receipt preview it closes them first; with
payment or enrolment open those presenters decide (see there); with nobody signed on it is refused in words.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.clock import Clock
from app.domain.money import on_screen
from app.domain.receipt import JobState
from app.errors import GuitaiError
from app.services.till import Place, Session, Till, Topic
from ui.presenters.base import Desk, Presenter, Sounds, Speech, Tasks
from ui.presenters.device_trial import Trials
from ui.presenters.devices import Health
from ui.presenters.head_office import ALONE, NOBODY, HeadOffice, HeadOfficeState
from ui.presenters.keys import Key, Screen
from ui.presenters.sign_on import Kept, SignOnPresenter
from ui.presenters.toasts import ToastPresenter

if TYPE_CHECKING:
    from app.domain.staff import Approval
    from app.services.checkout import Done
    from app.services.returns import Returned
    from ui.presenters.open_till import OpenTill

IDLE_LOCK_S = 300
OVER = (Screen.HELP, Screen.STATUS, Screen.DEVICES, Screen.SETUP, Screen.RECEIPT, Screen.WHY)


@dataclass(frozen=True, slots=True)
class ShellState:
    """What the frame shows. `attention`: a device, a paper or a file wants a person. `fatal` belongs to RECOVERY."""

    screen: Screen = Screen.SIGN_ON
    place: Place | None = None
    staff_name: str = ""
    now_ms: int = 0
    pending: int = 0
    attention: bool = False
    head_office: HeadOfficeState = ALONE
    fatal: GuitaiError | None = None
    starting: bool = True


@dataclass(frozen=True, slots=True)
class Outside:
    """What the till's screens are given: the way off the UI thread, sounds, language, clock, devices."""

    tasks: Tasks
    sounds: Sounds
    speech: Speech
    clock: Clock
    devices: Trials
    head_office: HeadOffice = NOBODY


class Shell(Presenter[ShellState]):
    """One per process. `till` is None until the files are open and the people shown; then `on_open` is called.

    UI thread.
    """

    def __init__(self, outside: Outside) -> None:
        super().__init__(ShellState(now_ms=outside.clock.now_ms()))
        self._outside = outside
        self.toasts = ToastPresenter()
        self.sign_on = SignOnPresenter(outside.tasks, outside.sounds, outside.speech, signed_on=self._signed_on)
        self.till: OpenTill | None = None
        self.on_open: Callable[[], None] = _nothing
        self.later: Callable[[Callable[[], None]], None] = _at_once
        """Puts work off until what is on screen has been painted."""
        self.load: Callable[[], None] = _nothing
        """Called on the store thread when the people are on screen, before `on_open`; may fail with a GuitaiError."""
        self._files: Till | None = None
        self._early: Session | None = None
        self._session: Session | None = None
        self._under = Screen.COUNTER
        self._active_s = outside.clock.monotonic_s()

    # ---- start

    def start(self, open_till: Callable[[], Till]) -> None:
        """Open the files on the store thread; the sign-on screen is up meanwhile."""
        self._become(replace(self.state, screen=Screen.SIGN_ON, fatal=None, starting=True))
        self._outside.tasks.run(open_till, self._opened, self._failed)

    def _opened(self, till: Till) -> None:
        self._files = till
        self._become(replace(self.state, place=till.place))
        self.sign_on.till_open(till, shown=lambda: self.later(self._load))

    def _load(self) -> None:
        def load() -> None:
            importlib.import_module("ui.presenters.open_till")
            self.load()

        self._outside.tasks.run(load, lambda _: self._screens(), self._failed)

    def _screens(self) -> None:
        """Make the screens behind the sign-on, once."""
        till, out = self._files, self._outside
        if till is None or self.till is not None:
            return
        from ui.presenters.open_till import OpenTill  # loaded by now: see _load

        desk = Desk(
            till, out.tasks, out.sounds, out.clock, out.speech, self.toasts.show, self.session, self.topics_changed
        )
        self.till = OpenTill(self, desk, out.devices, out.head_office)
        self._become(replace(self.state, starting=False))
        self.on_open()
        early, self._early = self._early, None
        if early is not None:
            self._signed_on(early)

    def _failed(self, error: GuitaiError) -> None:
        self._become(replace(self.state, screen=Screen.RECOVERY, fatal=error, starting=False))

    # ---- who is at the till

    def session(self) -> Session:
        """The session of whoever is signed on; asked only by screens that need one."""
        if self._session is None:
            raise RuntimeError("nobody is signed on")
        return self._session

    def _signed_on(self, session: Session) -> None:
        if self.till is None:  # quicker with the PIN than the till is with its screens
            self._early = session
            return
        self._session = session
        self.active()
        self._become(replace(self.state, staff_name=session.staff_name))
        self.show(self._under)  # typing was off behind the lock
        self.topics_changed(frozenset({Topic.SHIFT}))
        if not session.shift.is_open and self._under is Screen.COUNTER:
            self.open_by_hand()

    def session_changed(self, session: Session) -> None:
        """The person at the till opened or closed their shift."""
        self._session = session
        self.topics_changed(frozenset({Topic.SHIFT}))

    def lock(self) -> None:
        """F9 or five idle minutes: nobody works, the receipt and every open form stay."""
        if self.till is None or self.state.screen is Screen.SIGN_ON or self.till.pay.busy:
            return
        cart = self.till.counter.cart.state
        kept = Kept(cart.quote.pieces, cart.quote.due_minor) if cart.quote and cart.payable else None
        if self.state.screen not in OVER:
            self._under = self.state.screen
        self.sign_on.lock(kept)
        self.show(Screen.SIGN_ON)

    def active(self) -> None:
        """Somebody pressed, touched or scanned something."""
        self._active_s = self._outside.clock.monotonic_s()

    def tick(self) -> None:
        """Once a second: the time shown, the form's seconds, the idle lock."""
        clock = self._outside.clock
        now_ms = clock.now_ms()
        if now_ms // 60_000 != self.state.now_ms // 60_000:
            self._become(replace(self.state, now_ms=now_ms))
        if self.till is not None:
            self.till.tick()
        if clock.monotonic_s() - self._active_s >= IDLE_LOCK_S:
            self.lock()

    # ---- screens

    def show_counter(self) -> None:
        """Payment or enrolment is over."""
        self.show(Screen.COUNTER)

    def open_pay(self) -> None:
        """F10 on a receipt with something on it."""
        if self.till is not None and self.till.counter.cart.state.payable:
            self.till.counter.put_away()
            self.till.pay.open()
            self.show(Screen.PAY)

    def open_redeem(self) -> None:
        """F4 on a receipt with a customer; from payment too, which is begun again afterwards."""
        till = self.till
        if till is None or till.counter.cart.state.cart.customer is None or till.pay.busy:
            return
        if self.state.screen is Screen.PAY:
            till.pay.back()
        till.counter.put_away()
        till.redeem.open()

    def open_return(self) -> None:
        """F7."""
        if self.till is not None:
            self.till.counter.put_away()
            self.till.returning.open()
            self.show(Screen.RETURN)

    def returned(self, done: Returned) -> None:
        """The return is durable."""
        tr = self._outside.speech.tr
        self.toasts.show(tr("Taken back, ¥{amount} to return", amount=on_screen(done.refund_minor)))
        self.show(Screen.COUNTER)

    def open_by_hand(self) -> None:
        """F8; at sign-on where the float is counted first."""
        if self.till is not None:
            self.till.counter.put_away()
            self.till.by_hand.open()
            self.show(Screen.BY_HAND)

    def open_today(self, approval: Approval | None) -> None:
        """The figures of the day, from F8."""
        if self.till is not None:
            self.till.today.open(approval)
            self.show(Screen.TODAY)

    def open_why(self) -> None:
        """?: why these points."""
        if self.till is not None and self.till.open_why(self.state.screen):
            self.show(Screen.WHY)

    def open_enrol(self) -> None:
        """F3."""
        if self.till is not None:
            self.till.counter.put_away()
            self.till.enrol.open()
            self.show(Screen.ENROL)

    def open_receipt(self) -> None:
        """F5: the last sale's receipt, when there is one."""
        last = self.till.counter.cart.last_sale() if self.till is not None else None
        if self.till is not None and last is not None:
            self.till.receipt.open(last.summary)
            self.show(Screen.RECEIPT)

    def open_status(self) -> None:
        """F12 or the badge."""
        if self.till is not None:
            self.till.status.open()
            self.show(Screen.STATUS)

    def open_help(self) -> None:
        """F1."""
        if self.till is not None:
            self.till.help.open()
            self.show(Screen.HELP)

    def close_over(self) -> None:
        """Help, status or preview is closed: back to what was under it."""
        self.show(self._under)

    def sold(self, done: Done) -> None:
        """The sale is durable."""
        if self.till is None:
            return
        tr = self._outside.speech.tr
        self.till.counter.find.clear()  # its results would hide the change
        self.till.counter.cart.sold(done)
        self.till.drawer.sold(done)
        self._mark()
        self.show(Screen.COUNTER)
        self.toasts.show(tr("Done, +{points} points", points=f"{done.earned:,}") if done.earned else tr("Done"))

    # ---- scans and news

    def scan(self, code: str) -> None:
        """A code from any scanner, or typed and entered."""
        self.active()
        till, screen = self.till, self.state.screen
        if till is None or screen in (Screen.SIGN_ON, Screen.RECOVERY):
            self.sign_on.scan(code)
            return
        if till.takes(screen, code):
            return
        if screen in OVER:
            self.close_over()
            screen = self.state.screen
        till.scan(screen, code)

    def job_changed(self, job_id: int, state: JobState) -> None:
        """News of a print job."""
        if self.till is not None:
            self.till.receipt.job_changed(job_id, state)
            if self._session is not None:
                self.till.counter.cart.job_changed(job_id, state)

    def devices_changed(self) -> None:
        """A device has other news than before."""
        if self.till is not None:
            self.till.devices_changed()
        self._badge()

    def sync_status(self, state: HeadOfficeState) -> None:
        """The link to head office is another than before."""
        if state != self.state.head_office:
            self._become(replace(self.state, head_office=state))
        if self.till is not None:
            self.till.status.sync_status(state)

    def sync_changed(self, topic: str) -> None:
        """Rows or results came from head office."""
        if topic == "members" and self._session is None:
            self.sign_on.refresh()
        if self.till is not None:
            self.till.status.sync_changed()
            if self._session is not None:
                self.topics_changed(frozenset({Topic.PENDING}))  # a pull never changes a receipt being built

    def topics_changed(self, topics: frozenset[Topic]) -> None:
        """A use case changed these: fetch what shows them."""
        if Topic.JOBS in topics:
            self._outside.devices.print_waiting()
        if self.till is not None:
            self.till.counter.cart.refresh(renew=Topic.MEMBER in topics)

    def counter_changed(self) -> None:
        """The receipt or what surrounds it changed."""
        if self.till is not None:
            self.till.pay.follow()
            self.till.by_hand.follow()
        self._mark()
        self._badge()

    def key(self, key: Key) -> bool:
        """A key with a meaning; False when it has none on this screen."""
        self.active()
        till, screen = self.till, self.state.screen
        if screen is Screen.SIGN_ON:
            return self.sign_on.key(key)
        if till is None or screen is Screen.RECOVERY:
            return False
        if key is not Key.ESC and not (key is Key.F6 and till.counter.cart.state.undoing):
            till.counter.cart.keep()
            till.enrol.keep()
        action = self._common(key) or self._actions(till, screen).get(key)
        if action is None:
            return False
        action()
        self._mark()
        return True

    def _mark(self) -> None:
        if self.till is not None:
            self.till.follow(self.state.screen)

    def _common(self, key: Key) -> Callable[[], None] | None:
        return {Key.F1: self.open_help, Key.F9: self.lock, Key.F12: self.open_status}.get(key)

    def _actions(self, till: OpenTill, screen: Screen) -> dict[Key, Callable[[], None]]:
        if screen is Screen.COUNTER:
            own = {
                Key.F3: self.open_enrol,
                Key.F5: self.open_receipt,
                Key.F7: self.open_return,
                Key.F11: till.open_tray,
                Key.F8: self.open_by_hand,
                Key.F10: self.open_pay,
            }
            return {**own, **till.counter.actions()}  # F5 answers for a doubtful paper
        return till.actions(screen)

    def show(self, screen: Screen) -> None:
        """Bring a screen up; behind the lock the one that follows the PIN."""
        if screen not in OVER and screen is not Screen.SIGN_ON:
            self._under = screen
        if self.sign_on.state.locked and screen is not Screen.SIGN_ON:
            return
        if self.till is not None:
            self.till.shown(screen)
        self._become(replace(self.state, screen=screen))

    def _badge(self) -> None:
        if self.till is None:
            return
        cart = self.till.counter.cart.state
        sick = any(card.health in (Health.OFFLINE, Health.ERROR) for card in self._outside.devices.cards())
        lost = cart.shift is not None and cart.shift.members_lost
        attention = sick or lost or cart.unknown_job is not None
        if (cart.pending, attention) != (self.state.pending, self.state.attention):
            self._become(replace(self.state, pending=cart.pending, attention=attention))


def _at_once(work: Callable[[], None]) -> None:
    work()


def _nothing() -> None:
    """Nobody waits for the till."""
