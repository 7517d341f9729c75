"""A till with its presenters on a fake stage: what presenter tests, screen tests and the screenshots stand on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from app.domain.card import CodeKind
from app.domain.receipt import JobState, Receipt
from app.errors import GuitaiError
from app.i18n import ENGLISH, Translator
from app.services.till import Till
from tests.support.demo_people import DEMO_PIN
from tests.support.fakes import FakeTill, fake_till
from ui.presenters.base import Speech
from ui.presenters.counter import CounterPresenter
from ui.presenters.device_trial import FoundDevice, Sent, Sheet, Trial
from ui.presenters.devices import Checked, CheckLevel, DeviceCard, DeviceKind, Health, Listener, ScanSeen, Wedge
from ui.presenters.devices import Stage as DeviceStage
from ui.presenters.head_office import Listener as HeadOfficeListener
from ui.presenters.open_till import OpenTill
from ui.presenters.shell import Outside, Shell

T = TypeVar("T")


class StageTasks:
    """Jobs run in order when told to, or at once. `hold` keeps them back."""

    def __init__(self) -> None:
        self.waiting: deque[Callable[[], None]] = deque()
        self.hold = False
        self._running = False

    def run(self, job: Callable[[], T], done: Callable[[T], None], refused: Callable[[GuitaiError], None]) -> None:
        def whole() -> None:
            try:
                value = job()
            except GuitaiError as error:
                refused(error)
            else:
                done(value)

        self.waiting.append(whole)
        if not self.hold and not self._running:
            self.run_all()

    def away(self, job: Callable[[], T], done: Callable[[T], None], refused: Callable[[GuitaiError], None]) -> None:
        self.run(job, done, refused)

    def step(self) -> None:
        """Run the oldest waiting job."""
        self.waiting.popleft()()

    def run_all(self) -> None:
        """Run what waits, and what that asks for."""
        self._running = True
        try:
            while self.waiting:
                self.step()
        finally:
            self._running = False


class StageSounds:
    """Remembers what would be heard."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def ok(self) -> None:
        self.heard.append("ok")

    def refused(self) -> None:
        self.heard.append("refused")


CARDS = (
    DeviceCard(
        "printer", DeviceKind.PRINTER, Health.OK, "tcp://192.168.1.50:9100", done=97, testable=True, hours=6,
        stage=DeviceStage.ENABLED,
    ),
    DeviceCard(
        "scanner", DeviceKind.SCANNER, Health.OK, "usb:05e0:1701", done=1204, failed=3, last="88…93", testable=True,
        hours=6, reconnects=1, stage=DeviceStage.ENABLED,
        scan=ScanSeen("serial", CodeKind.MEMBER_CARD, "88…93", 13, "C0"),
    ),
    DeviceCard("drawer", DeviceKind.DRAWER, Health.NONE),
)  # fmt: skip


class StageDevices:
    """Devices without devices."""

    def __init__(self) -> None:
        self.listener: Listener | None = None
        self.now_cards: tuple[DeviceCard, ...] = CARDS
        self.plugged_in: tuple[FoundDevice, ...] = ()
        self.kept: dict[str, str | int | bool] = {}
        self.checks_asked: list[tuple[str, CheckLevel]] = []
        self.answers_at_once = False
        self.on_trial: Trial | None = None
        self.trials_ended = 0
        self.sheets: list[tuple[Sheet, int]] = []
        self.refuse_with: GuitaiError | None = None
        self.prints_asked = 0
        self.poles: list[Receipt] = []
        self.machine: Wedge | None = None
        self.closed = False

    def start(self, listener: Listener) -> None:
        self.listener = listener

    def cards(self) -> tuple[DeviceCard, ...]:
        return self.now_cards

    def check(self, name: str, level: CheckLevel) -> None:
        self.checks_asked.append((name, level))
        if self.answers_at_once:
            self.answer(name, Checked(level, Health.OK))

    def answer(self, name: str, checked: Checked) -> None:
        """The device of that name has been asked."""
        self.now_cards = tuple(replace(card, checked=checked) if card.name == name else card for card in self.now_cards)

    def print_waiting(self) -> None:
        self.prints_asked += 1

    def show_customer(self, receipt: Receipt) -> None:
        self.poles.append(receipt)

    def wedge(self) -> Wedge | None:
        return self.machine

    def search(self) -> tuple[FoundDevice, ...]:
        if self.refuse_with is not None:
            raise self.refuse_with
        return self.plugged_in

    def begin_trial(self, kind: DeviceKind, address: str) -> None:
        if self.refuse_with is not None:
            raise self.refuse_with
        self.on_trial = Trial(kind, address, Health.OK)

    def trial(self) -> Trial | None:
        return self.on_trial

    def try_sheet(self, sheet: Sheet, columns: int) -> None:
        self.sheets.append((sheet, columns))
        self.becomes(sheet=sheet, sent=Sent.GOING)

    def try_probe(self) -> None:
        self.becomes(sheet=None, sent=Sent.GOING)

    def try_again(self) -> None:
        self.becomes(scans=(), alike=True, settings=None)

    def becomes(self, **changes: Any) -> None:
        """The device on trial has other news."""
        assert self.on_trial is not None, "nothing is on trial"
        self.on_trial = replace(self.on_trial, **changes)

    def end_trial(self) -> None:
        self.trials_ended += 1
        self.on_trial = None

    def keep(self, changes: Mapping[str, str | int | bool]) -> None:
        if self.refuse_with is not None:
            raise self.refuse_with
        self.on_trial = None
        self.kept |= changes

    def close(self) -> None:
        self.closed = True


class StageHeadOffice:
    """Counts who asks; news comes from the test."""

    def __init__(self) -> None:
        self.asked = 0
        self.listener: HeadOfficeListener | None = None

    def start(self, listener: HeadOfficeListener) -> None:
        self.listener = listener

    def sync_now(self) -> None:
        self.asked += 1


@dataclass
class Stage:
    """One till on the stage. `shell` is at the sign-on screen until `sign_on`."""

    tr: Translator = ENGLISH
    fake: FakeTill = field(init=False)
    tasks: StageTasks = field(default_factory=StageTasks)
    sounds: StageSounds = field(default_factory=StageSounds)
    devices: StageDevices = field(default_factory=StageDevices)
    head_office: StageHeadOffice = field(default_factory=StageHeadOffice)
    shell: Shell = field(init=False)

    def __post_init__(self) -> None:
        self.fake = fake_till(self.tr)
        outside = Outside(self.tasks, self.sounds, Speech(self.tr), self.fake.clock, self.devices, self.head_office)
        self.shell = Shell(outside)

    def start(self) -> Stage:
        """Open the files."""
        self.shell.start(self.open_till)
        return self

    def open_till(self) -> Till:
        return self.fake.till

    def sign_on(self, staff_no: str = "0271") -> Stage:
        """林晓, or whoever it is, types the PIN and presses Enter."""
        if self.shell.till is None:
            self.start()
        sign_on = self.shell.sign_on
        sign_on.choose(next(n for n, one in enumerate(sign_on.state.people) if one.staff_no == staff_no))
        for digit in DEMO_PIN:
            self.shell.sign_on.digit(digit)
        self.shell.sign_on.enter()
        return self

    @property
    def till(self) -> OpenTill:
        assert self.shell.till is not None, "the till is not open"
        return self.shell.till

    @property
    def cart(self) -> CounterPresenter:
        return self.till.counter.cart

    def card(self, place: int = 0) -> str:
        """The card number of a member of the pictures: 0 is 张小凡."""
        card = self.fake.members.cached[place].card
        assert card is not None
        return card

    def barcode(self, place: int = 0) -> str:
        """The barcode of an article of the pictures."""
        return self.fake.essentials.products[place].barcodes[0]

    def scan(self, *codes: str) -> Stage:
        """Codes from the scanner, one after another."""
        for code in codes:
            self.shell.scan(code)
        return self

    def basket_of_the_pictures(self) -> Stage:
        """Six articles, eight pieces, for 张小凡."""
        self.scan(self.card())
        for place, quantity in enumerate((2, 1, 1, 1, 2, 1)):
            for _ in range(quantity):
                self.scan(self.barcode(place))
        return self

    def sell(self) -> Stage:
        """Pay what is on the receipt, in cash."""
        self.shell.open_pay()
        self.till.pay.finish()
        return self

    def print_ends(self, job_id: int, state: JobState) -> None:
        """The printer worker marks a job and says so."""
        self.fake.jobs.mark(job_id, state)
        self.shell.job_changed(job_id, state)
