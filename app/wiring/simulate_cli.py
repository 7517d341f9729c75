"""`guitai simulate`: printer, scanner and pole display for demonstrations, training and tests, without hardware."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import click

from app.errors import ConfigError
from devices.printer.glyphs import Glyphs, find_fonts, folders
from devices.printer.profiles import profile
from devices.simulated.display import SimulatedDisplay
from devices.simulated.paper import Item, TextRow
from devices.simulated.picture import draw
from devices.simulated.printer import SimulatedPrinter
from devices.simulated.scanner import PtyScanner, TcpScanner
from devices.simulated.scanner_faults import play


@click.group()
def simulate() -> None:
    """Devices made of software: a printer that draws its paper, a scanner you type for, a display you read."""


@simulate.command("printer")
@click.option("--port", default=9100, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free port.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("receipts"), show_default=True)
@click.option(
    "--profile",
    "profile_name",
    default="escpos-80",
    show_default=True,
    help="How wide its paper is; it answers every question of any profile.",
)
def simulate_printer(port: int, out: Path, profile_name: str) -> None:
    """Listen on TCP; draw each receipt as receipt-NNNN.png (and .txt) in the folder OUT. Ctrl-C ends it."""
    try:
        album = Album(out, profile(profile_name).dots, Glyphs(find_fonts(folders())))
    except OSError as error:
        raise ConfigError("folder_unwritable_here", folder=str(out)) from error
    try:
        printer = SimulatedPrinter(port=port, on_cut=album.add)
    except OSError as error:
        raise ConfigError("port_in_use", port=port) from error
    click.echo(f"printer tcp://127.0.0.1:{printer.port} {out}")
    try:
        printer.start()
        while not printer.wait_for(lambda _: False, timeout_s=1.0):
            continue
    except KeyboardInterrupt:
        click.echo(f"{album.count}")
    finally:
        printer.stop()


@simulate.command("display")
@click.option("--port", default=9101, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free port.")
def simulate_display(port: int) -> None:
    """A pole display (CD5220) on TCP; says its two lines whenever they change. Ctrl-C ends it."""
    try:
        display = SimulatedDisplay(port=port, on_change=_say_lines)
    except OSError as error:
        raise ConfigError("port_in_use", port=port) from error
    click.echo(f"display tcp://127.0.0.1:{display.port}")
    try:
        display.start()
        while not display.wait_for(lambda _: False, timeout_s=1.0):
            continue
    except KeyboardInterrupt:
        click.echo()
    finally:
        display.stop()


def _say_lines(lines: tuple[str, str]) -> None:
    """On the display's thread."""
    if any(lines):
        click.echo(f"| {lines[0]}\n| {lines[1]}")


@simulate.command("scanner")
@click.option("--pty", "as_pty", is_flag=True, help="A pseudo terminal (not on Windows).")
@click.option("--port", type=click.IntRange(0, 65535), help="A TCP port; 0 takes a free one.")
def simulate_scanner(as_pty: bool, port: int | None) -> None:
    """Send every line of standard input as one scan. The address to put into the settings is printed first.

    Lines that begin with ! are faults: !split CODE, !double CODE, !open CODE (no end), !half CODE (then the plug is
    pulled), !garbage, !endless, !unplug.
    """
    if as_pty == (port is not None):
        raise click.UsageError("choose --pty or --port")
    if as_pty:
        with PtyScanner() as scanner:
            click.echo(f"scanner serial:{scanner.name}")
            _send_lines(scanner, sys.stdin)
        return
    tcp = TcpScanner(port=port or 0)
    click.echo(f"scanner tcp://127.0.0.1:{tcp.port}")
    try:
        _send_lines(tcp, sys.stdin)
    finally:
        tcp.stop()


def _send_lines(scanner: PtyScanner | TcpScanner, lines: Iterable[str]) -> None:
    for line in lines:
        if code := line.strip():
            play(scanner, code)


class Album:
    """A folder of drawn receipts, numbered on from those that are there. OSError when it cannot be written."""

    def __init__(self, folder: Path, dots: int, glyphs: Glyphs) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass  # now, not at the first receipt
        self._folder = folder
        self._dots = dots
        self._glyphs = glyphs
        self.count = 0
        self.next_number = 1 + max((int(path.stem[8:]) for path in folder.glob("receipt-[0-9]*.png")), default=0)

    def add(self, items: list[Item]) -> None:
        """Draw one receipt (a cut ends it)."""
        name = f"receipt-{self.next_number:04d}"
        text = "\n".join(item.text for item in items if isinstance(item, TextRow))
        (self._folder / f"{name}.txt").write_text(text + "\n", encoding="utf-8")
        draw(items, self._dots, self._glyphs).save(self._folder / f"{name}.png")
        self.next_number += 1
        self.count += 1
