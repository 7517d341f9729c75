"""The demo's simulated devices behind its control panel: the same printer, scanner and pole display as in the tests."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle
from pathlib import Path

from app.services.demo_members import card_number
from app.services.demo_products import PICTURED, demo_products
from app.wiring.demo_paper import PROFILE, PaperTray
from devices.printer.glyphs import Glyphs, find_fonts, folders
from devices.printer.profiles import profile
from devices.simulated.display import SimulatedDisplay
from devices.simulated.paper import CutOnPaper, Pulse
from devices.simulated.picture import draw
from devices.simulated.printer import Faults
from devices.simulated.scanner import TcpScanner
from ui.presenters.demo_panel import Code, Fault, Picture, Seen

MEMBERS = 3
PAY_CODE = "134567890123456789"
RECEIPTS_SHOWN = 2


class DemoDevices:
    """ui.presenters.demo_panel.Simulators. One thread; `close` ends it all. `ports`: printer, scanner, display."""

    def __init__(self, folder: Path) -> None:
        self._tray = PaperTray(folder)
        self._scanner: TcpScanner | None = TcpScanner()
        self._display: SimulatedDisplay | None = SimulatedDisplay().start()
        self.ports = (self._tray.port, self._scanner.port, self._display.port)
        self._faults: frozenset[Fault] = frozenset()
        self._pushed_in = 0
        self._glyphs = Glyphs(find_fonts(folders()))
        self._codes: Mapping[Code, cycle[str]] = {
            Code.MEMBER: cycle(map(card_number, range(MEMBERS))),
            Code.PRODUCT: cycle([one.barcodes[0] for one in demo_products()[: len(PICTURED)]]),
            Code.PAYMENT: cycle((PAY_CODE,)),
        }

    def settings(self) -> str:
        """Their part of a till.toml."""
        _, scanner, display = self.ports
        return (
            f'{self._tray.settings()}\n[scanner]\naddress = "tcp://127.0.0.1:{scanner}"\n'
            f'\n[display]\naddress = "tcp://127.0.0.1:{display}"\nscreen = "window"\n'
        )

    def look(self) -> Seen:
        """See Simulators."""
        items = self._tray.items
        pulses = sum(isinstance(item, Pulse) for item in items)
        pole = self._display.lines if self._display is not None else ("", "")
        return Seen(self._faults, len(items), pulses, pulses > self._pushed_in, pole)

    def paper(self) -> Picture:
        """See Simulators: the receipt being printed and those before it."""
        items = self._tray.items
        cuts = [place for place, item in enumerate(items) if isinstance(item, CutOnPaper)]
        start = cuts[-RECEIPTS_SHOWN - 1] + 1 if len(cuts) > RECEIPTS_SHOWN else 0
        drawn = draw(items[start:], profile(PROFILE).dots, self._glyphs)
        return Picture(drawn.width, drawn.height, drawn.tobytes())

    def switch(self, fault: Fault, *, on: bool) -> None:
        """See Simulators."""
        self._faults = self._faults | {fault} if on else self._faults - {fault}
        if fault is Fault.PRINTER_UNPLUGGED:
            self._tray.unplug() if on else self._tray.plug(self._of_printer())
        elif fault is Fault.SCANNER_UNPLUGGED:
            self._plug_scanner(plugged=not on)
        elif fault is Fault.DISPLAY_UNPLUGGED:
            self._plug_display(plugged=not on)
        else:
            self._tray.set_faults(self._of_printer())

    def scan(self, code: Code) -> None:
        """See Simulators."""
        if self._scanner is not None:
            self._scanner.scan(next(self._codes[code]))

    def close_drawer(self) -> None:
        """See Simulators."""
        self._pushed_in = self.look().pulses

    def close(self) -> None:
        """Everything off."""
        self._plug_scanner(plugged=False)
        self._plug_display(plugged=False)
        self._tray.close()

    def _of_printer(self) -> Faults:
        return Faults(
            stalled=Fault.STALLED in self._faults,
            paper_out_after=0 if Fault.PAPER_OUT in self._faults else None,
            cover_open=Fault.COVER_OPEN in self._faults,
            paper_low=Fault.PAPER_LOW in self._faults,
        )

    def _plug_scanner(self, *, plugged: bool) -> None:
        if self._scanner is not None:
            self._scanner.stop()
        self._scanner = TcpScanner(port=self.ports[1]) if plugged else None

    def _plug_display(self, *, plugged: bool) -> None:
        if self._display is not None:
            self._display.stop()
        self._display = SimulatedDisplay(port=self.ports[2]).start() if plugged else None
