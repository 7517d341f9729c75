"""Sign-on and lock: who is at the till, their PIN, and what waits behind the lock.

Shown before the till's files are open, so that the first frame does not wait for them. A scan here is refused with
words: nobody is signed on who could answer for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from app.domain.staff import PIN_DIGITS_MAX, PIN_DIGITS_MIN
from app.errors import GuitaiError, Refusal
from app.services import signon
from app.services.signon import StaffChoice
from app.services.till import Place, Session, Till
from ui.presenters.base import Notice, Presenter, Sounds, Speech, Tasks
from ui.presenters.keys import Key
from ui.theme.names import Role


@dataclass(frozen=True, slots=True)
class Kept:
    """The receipt that waits behind the lock: no names."""

    pieces: int
    payable_minor: int


@dataclass(frozen=True, slots=True)
class SignOnState:
    """`place` None until the till is open. The PIN is shown as dots and leaves only for the check."""

    place: Place | None = None
    people: tuple[StaffChoice, ...] = ()
    chosen: int = 0
    pin: str = ""
    checking: bool = False
    locked: bool = False
    kept: Kept | None = None
    notice: Notice | None = None

    @property
    def ready(self) -> bool:
        """A PIN that can be tried."""
        return bool(self.people) and len(self.pin) >= PIN_DIGITS_MIN and not self.checking


class SignOnPresenter(Presenter[SignOnState]):
    """`signed_on` receives the session."""

    def __init__(self, tasks: Tasks, sounds: Sounds, speech: Speech, *, signed_on: Callable[[Session], None]) -> None:
        super().__init__(SignOnState())
        self._tasks, self._sounds, self._speech, self._signed_on = tasks, sounds, speech, signed_on
        self._till: Till | None = None

    def till_open(self, till: Till, shown: Callable[[], None] = lambda: None) -> None:
        """The files are open: show who may sign on, then call `shown`. A PIN typed meanwhile is kept."""
        self._till = till
        self._become(replace(self.state, place=till.place))

        def people(found: tuple[StaffChoice, ...]) -> None:
            self._people(found)
            shown()

        self._tasks.run(lambda: signon.choices(till), people, self._refuse)

    def refresh(self) -> None:
        """Rows came from head office: other people may sign on. Who is chosen and the PIN typed so far stay."""
        till = self._till
        if till is not None and not self.state.checking:
            self._tasks.run(lambda: signon.choices(till), self._people, self._refuse)

    def lock(self, kept: Kept | None) -> None:
        """Lock the till; `kept` is the receipt that stays."""
        self._become(replace(self.state, pin="", locked=True, kept=kept, notice=None, checking=False))

    def choose(self, number: int) -> None:
        """Choose a person; the PIN starts again when it is another one."""
        if 0 <= number < len(self.state.people) and number != self.state.chosen and not self.state.checking:
            self._become(replace(self.state, chosen=number, pin="", notice=None))

    def move(self, by: int) -> None:
        """The next or previous person."""
        self.choose(self.state.chosen + by)

    def digit(self, digit: str) -> None:
        """A digit of the PIN."""
        if len(self.state.pin) < PIN_DIGITS_MAX and not self.state.checking:
            self._become(replace(self.state, pin=self.state.pin + digit, notice=None))

    def delete(self) -> None:
        """Take back the last digit."""
        if not self.state.checking:
            self._become(replace(self.state, pin=self.state.pin[:-1]))

    def clear(self) -> None:
        """Start the PIN again."""
        if not self.state.checking:
            self._become(replace(self.state, pin="", notice=None))

    def key(self, key: Key) -> bool:
        """A key of the keyboard; False when it means nothing here."""
        moves = {Key.LEFT: -1, Key.RIGHT: 1, Key.UP: -2, Key.DOWN: 2}
        if key in moves:
            self.move(moves[key])
        elif key is Key.ENTER:
            self.enter()
        elif key is Key.ESC:
            self.clear()
        else:
            return False
        return True

    def enter(self) -> None:
        """Try the PIN."""
        till, state = self._till, self.state
        if till is None or not state.ready:
            return
        staff_id, pin = state.people[state.chosen].staff_id, state.pin
        self._become(replace(state, checking=True, notice=None))
        self._tasks.run(lambda: signon.sign_on(till, staff_id, pin), self._done, self._refuse)

    def scan(self, _code: str) -> None:
        """A scan while nobody is signed on."""
        self._refuse(Refusal("scan_signed_off"))

    def _people(self, people: tuple[StaffChoice, ...]) -> None:
        state = self.state
        before = state.people[state.chosen].staff_id if state.people else None
        ids = [one.staff_id for one in people]
        if before in ids:
            self._become(replace(state, people=people, chosen=ids.index(before)))
        else:
            self._become(replace(state, people=people, chosen=0, pin="" if before else state.pin))

    def _done(self, session: Session) -> None:
        self._sounds.ok()
        self._become(replace(self.state, pin="", checking=False, locked=False, kept=None, notice=None))
        self._signed_on(session)

    def _refuse(self, error: GuitaiError) -> None:
        self._sounds.refused()
        pin = self.state.pin if error.code == "scan_signed_off" else ""
        notice = Notice(self._speech.words(error), Role.ERROR)
        self._become(replace(self.state, pin=pin, checking=False, notice=notice))
