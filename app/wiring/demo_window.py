"""The demo with a screen: the till's window as a process of its own, the panel of its simulated devices beside it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from app.resources import resources
from app.wiring.chain_here import ENDS_WITHIN_S, program
from app.wiring.demo_devices import DemoDevices
from app.wiring.display import check_display


def show_window(till: Path, devices: DemoDevices, language: str, *, chosen: bool) -> int:
    """Until the till's window is closed, or a signal ends the demo: the till is then ended in order. Its exit code.

    `chosen`: somebody asked for `language`, so the till's screens begin in it; else in the one they were left in.
    ConfigError `display_missing`, `display_silent`.
    """
    check_display(os.environ)
    from ui.demo_window import PanelStart, run_panel  # lazy: the scripted day is played without Qt

    options: Sequence[str] = ("--lang", language) if chosen else ()
    process = subprocess.Popen(program("till", "--data", till, *options))
    try:
        run_panel(PanelStart(devices, resources(), language, lambda: process.poll() is None))
    finally:
        if process.poll() is None:
            process.terminate()
        code = process.wait(ENDS_WITHIN_S)
    return code
