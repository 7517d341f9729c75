"""The place of the keyboard wedge in the screen's key filter: the till's own machine, a learner's, or nobody's."""

from __future__ import annotations

from typing import Any

from devices.scanner.wedge import Verdict
from ui.presenters.devices import Wedge, WedgeVerdict

PASSED: Verdict[Any] = Verdict(swallow=False)


class WedgeSlot:
    """ui.presenters.devices.Wedge over whoever is in it. Keys come on the UI thread, `machine` is set from any."""

    def __init__(self) -> None:
        self.machine: Wedge | None = None

    def key(self, key: Any, char: str, at_ms: int, *, auto_repeat: bool = False) -> WedgeVerdict:
        """See Wedge; without a machine every key is only typed."""
        machine = self.machine
        return PASSED if machine is None else machine.key(key, char, at_ms, auto_repeat=auto_repeat)

    def flush(self) -> WedgeVerdict:
        """See Wedge."""
        machine = self.machine
        return PASSED if machine is None else machine.flush()
