"""One device tried before it is kept: its own connection, its own scans, its own paper; nothing reaches the counter."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.domain.scan import kind_of, read
from app.wiring import device_set
from app.wiring.device_set import Surroundings, seen
from app.wiring.late_jobs import LateJobs
from devices.events import DataEvent, DeviceEvent, Health, Source, StatusUpdate
from devices.printer import sheets
from devices.printer.device import EscPosPrinter, PrinterSession, PrinterSetup
from devices.printer.glyphs import Glyphs, find_fonts, folders
from devices.printer.probe import probe
from devices.printer.profiles import Fence, Profile, profile_for
from devices.printer.status import Trouble
from devices.scanner.scanner import Scanner
from devices.scanner.wedge import Verdict
from devices.scanner.wedge_learning import WedgeLearner
from devices.transport.address import opener, parse
from ui.presenters.device_trial import SAMPLES_WANTED, Completion, Sent, Sheet, Trial
from ui.presenters.devices import DeviceKind
from ui.presenters.devices import Health as CardHealth

PLAIN = Profile("trial", columns=48, dots=576, fence=Fence.NONE, automatic_status=False)
COMPLETIONS = {
    Fence.RESPONSE_ID: Completion.ID,
    Fence.PAPER_STATUS: Completion.PAPER,
    Fence.NONE: Completion.NONE,
}
STOPPING = frozenset(trouble.value for trouble in Trouble if trouble.stops)


class DeviceTrial:
    """A printer or scanner at `address`, or a scanner that types where that is empty. `told`: `now` is another.

    Any thread; no method but `stop` waits. ConfigError `device_address` when made.
    """

    def __init__(self, kind: DeviceKind, address: str, around: Surroundings, told: Callable[[], None]) -> None:
        self._around, self._told = around, told
        self._lock = threading.Lock()
        self._texts: list[str] = []
        self._asked = 0
        self._device: EscPosPrinter | Scanner[Any] | None = None
        self.wedge: LearningWedge | None = None
        """What the keys of a scanner that types belong to."""
        self._now = Trial(kind, address)
        if kind is DeviceKind.PRINTER:
            setup = PrinterSetup(device_set.PRINTER, PLAIN, opener(device_set.PRINTER, parse(address)))
            self._device = EscPosPrinter(setup, LateJobs(), emit=self._heard, clock=around.clock)
        elif address:
            self._device = device_set.scanner(address, around, self._heard)
        else:
            self.wedge = LearningWedge(self._learned)
            self._now = replace(self._now, health=CardHealth.OK)

    def start(self) -> None:
        """Open it; returns at once."""
        if self._device is not None:
            self._device.start()

    def stop(self) -> None:
        """Let go of it; waits as every device does."""
        if self._device is not None:
            self._device.stop()

    def now(self) -> Trial:
        """What is known of it."""
        return self._now

    def again(self) -> None:
        """Forget the samples."""
        if self.wedge is not None:
            self.wedge.again()
        with self._lock:
            self._texts.clear()
        self._become(scans=(), alike=True, settings=None)

    def print(self, sheet: Sheet, columns: int) -> None:
        """A test sheet; `Trial.sent` tells what became of it. A printer that says it stands still is given nothing: it
        would print it whenever a person helped."""

        def data() -> bytes:
            if sheet is Sheet.RULER:
                return sheets.ruler()
            return sheets.chinese(profile_for(columns, Fence.PAPER_STATUS), Glyphs(find_fonts(folders())))

        def send(session: PrinterSession) -> dict[str, object]:
            link = session.link
            heard = link.ask_status()
            if link.status.stops:
                return {"sent": Sent.HELD}
            taken = sheets.send(link, data(), self._around.clock)
            if heard and taken:
                link.ask_status()
            return {"sent": Sent.DONE if taken and not link.status.stops else Sent.FAILED}

        self._ask(send, sheet)

    def probe(self) -> None:
        """Ask the printer how it says that something is on paper; `Trial.completion` has the answer."""

        def ask(session: PrinterSession) -> dict[str, object]:
            fence = probe(session.link, self._around.clock)
            return {"sent": Sent.HELD} if fence is None else {"sent": Sent.DONE, "completion": COMPLETIONS[fence]}

        self._become(completion=None)
        self._ask(ask, None)

    def _ask(self, call: Callable[[PrinterSession], dict[str, object]], sheet: Sheet | None) -> None:
        """Have the printer do one thing now; a question that waited for a lost printer is dropped."""
        printer = self._device
        if not isinstance(printer, EscPosPrinter):
            return
        with self._lock:
            self._asked += 1
            asked = self._asked

        def done(session: PrinterSession) -> None:
            if asked == self._asked and self._now.sent is Sent.GOING:
                self._become(**call(session))

        self._become(sent=Sent.GOING, sheet=sheet)
        if not self._now.here or not printer.submit(done):
            self._become(sent=Sent.HELD)

    def _heard(self, event: DeviceEvent) -> None:
        if isinstance(event, DataEvent):
            with self._lock:
                self._texts.append(event.text)
                alike = len(set(self._texts)) == 1
            self._become(scans=(*self._now.scans, seen(event))[-SAMPLES_WANTED:], alike=alike)
        elif isinstance(event, StatusUpdate):
            here = self._device is not None and self._device.life.is_connected()
            lost = event.health in (Health.OFFLINE, Health.ERROR) and not here and self._now.sent is Sent.GOING
            sent = Sent.FAILED if lost else self._now.sent
            health = CardHealth.WARN if here and event.health is Health.ERROR else CardHealth(event.health.value)
            stopped = event.code in STOPPING
            self._become(health=health, code=event.code, facts=event.facts, sent=sent, stopped=stopped)

    def _learned(self, learner: WedgeLearner[Any]) -> None:
        """The scanner that types has typed one more code."""
        cards, now_ms = self._around.cards, self._around.clock.now_ms()
        events = []
        for text, ended in learner.texts:
            scan = read(text)
            kind = kind_of(scan, cards)
            events.append(DataEvent(device_set.WEDGE, Source.WEDGE, scan.text, kind, scan.symbology, now_ms, ended))
        alike = len({text for text, _ in learner.texts}) == 1
        self._become(scans=tuple(seen(event) for event in events), alike=alike, settings=learner.settings)

    def _become(self, **changes: Any) -> None:
        with self._lock:
            self._now = replace(self._now, **changes)
        self._told()


class LearningWedge:
    """ui.presenters.devices.Wedge that learns: takes keys until enough scans were seen, then they are typed again."""

    def __init__(self, seen_one: Callable[[WedgeLearner[Any]], None]) -> None:
        self._seen_one = seen_one
        self._learner: WedgeLearner[Any] = WedgeLearner()

    def again(self) -> None:
        """Begin anew."""
        self._learner = WedgeLearner()

    def key(self, key: Any, char: str, at_ms: int, *, auto_repeat: bool = False) -> Verdict[Any]:
        """See Wedge."""
        return self._watched(lambda learner: learner.key(key, char, at_ms, auto_repeat=auto_repeat))

    def flush(self) -> Verdict[Any]:
        """See Wedge."""
        return self._watched(lambda learner: learner.flush())

    def _watched(self, given: Callable[[WedgeLearner[Any]], Verdict[Any]]) -> Verdict[Any]:
        learner = self._learner
        if learner.settings is not None:
            return Verdict(swallow=False)
        before = learner.scans
        verdict = given(learner)
        if learner.scans != before:
            self._seen_one(learner)
        return verdict
