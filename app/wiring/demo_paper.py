"""The demo's printer: takes what the till prints and keeps each receipt as bytes, picture and text."""

from __future__ import annotations

from pathlib import Path

from app.wiring.simulate_cli import Album
from devices.printer.glyphs import Glyphs, find_fonts, folders
from devices.printer.profiles import profile
from devices.simulated.paper import Item
from devices.simulated.printer import Faults, SimulatedPrinter

PROFILE = "escpos-80"
CUT = b"\x1dVB\x00"
"""What ends a receipt; the printer may have read on, and that belongs to the next one."""


class PaperTray:
    """A simulated printer whose receipts land in a folder: receipt-NNNN.bin, .png and .txt."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._album = Album(folder, profile(PROFILE).dots, Glyphs(find_fonts(folders())))
        self._taken = 0
        self._first = self._album.next_number
        self._printer = SimulatedPrinter(on_cut=self._cut).start()
        self._plugged = True

    @property
    def count(self) -> int:
        """Receipts so far."""
        return self._album.count

    def settings(self) -> str:
        """The printer's part of a till.toml."""
        return f'[printer]\naddress = "tcp://127.0.0.1:{self.port}"\n'

    @property
    def port(self) -> int:
        """Where the printer listens."""
        return self._printer.port

    @property
    def items(self) -> list[Item]:
        """What is on the paper now."""
        return list(self._printer.paper.items)

    def set_faults(self, faults: Faults) -> None:
        """Behave so from now on; a printer without its plug too, once it has it again."""
        self._printer.set_faults(faults)

    def unplug(self) -> None:
        """Pull the plug; the paper stays."""
        if self._plugged:
            self._plugged = False
            self._printer.stop()

    def plug(self, faults: Faults) -> None:
        """Plug it in again, at the same address, with the same paper."""
        if not self._plugged:
            before = self._printer
            self._taken, self._plugged = 0, True
            self._printer = SimulatedPrinter(port=before.port, on_cut=self._cut, paper=before.paper)
            self._printer.set_faults(faults)
            self._printer.start()

    def close(self) -> None:
        """Power off."""
        self.unplug()

    def _cut(self, items: list[Item]) -> None:
        """On the printer's thread."""
        received = bytes(self._printer.received)
        end = received.find(CUT, self._taken) + len(CUT)
        number = self._first + self._album.count
        (self._folder / f"receipt-{number:04d}.bin").write_bytes(received[self._taken : end])
        self._taken = end
        self._album.add(items)
