"""Learning how fast this till's keyboard scanner types: some test scans, then limits with room on both sides.

Stands in the place of the wedge while somebody sets it up: every key is swallowed, nothing reaches a widget. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Generic, TypeVar

from devices.scanner.wedge import CHARS_MIN, TERMINATORS, Timing, Verdict

SCANS_WANTED = 3
SILENCE_MS = 500
"""A pause that ends a scan whose scanner sends no Enter."""
ROOM = 2
GAP_MS_RANGE = (15, 100)
FLUSH_MS_RANGE = (100, 400)

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Learned:
    """What was seen: mean and largest gap of the slowest scan in milliseconds, and whether Enter or Tab ends it."""

    gap_mean_ms: int
    gap_max_ms: int
    terminated: bool

    @property
    def timing(self) -> Timing:
        """Limits for this scanner: twice what was seen, so that a busy till still knows it."""
        gap_ms = _within(self.gap_mean_ms * ROOM, GAP_MS_RANGE)
        first_ms = _within(self.gap_max_ms * ROOM, GAP_MS_RANGE)
        return Timing(first_ms, _within(self.gap_max_ms * ROOM, FLUSH_MS_RANGE), gap_ms)


class WedgeLearner(Generic[K]):
    """Takes keys as a Wedge does; one thread."""

    def __init__(self) -> None:
        self._at_ms: list[int] = []
        self._text = ""
        self._scans: list[tuple[int, int, bool]] = []
        self._texts: list[tuple[str, str]] = []

    @property
    def scans(self) -> int:
        """Scans seen so far."""
        return len(self._scans)

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """What was scanned, and how each ended (DataEvent)."""
        return tuple(self._texts)

    @property
    def learned(self) -> Learned | None:
        """The result, once SCANS_WANTED scans were seen."""
        if self.scans < SCANS_WANTED:
            return None
        means, largest, ended = zip(*self._scans, strict=True)
        return Learned(max(means), max(largest), all(ended))

    @property
    def settings(self) -> Mapping[str, int] | None:
        """The same as the till's set-up keeps it (app.config)."""
        if (learned := self.learned) is None:
            return None
        timing = learned.timing
        return {
            "scanner.wedge_gap_ms": timing.gap_mean_ms_max,
            "scanner.wedge_hold_ms": timing.first_hold_ms,
            "scanner.wedge_flush_ms": timing.flush_ms,
        }

    def key(self, key: K, char: str, at_ms: int, *, auto_repeat: bool = False) -> Verdict[K]:  # noqa: ARG002
        """A key was pressed, as in Wedge.key."""
        if char in TERMINATORS:
            self._end("tab" if char == "\t" else "enter")
            return Verdict(swallow=True)
        if len(char) != 1 or not char.isprintable() or auto_repeat:
            return Verdict(swallow=False)
        if self._at_ms and not 0 <= at_ms - self._at_ms[-1] <= SILENCE_MS:
            self._end("silence")
        self._at_ms.append(at_ms)
        self._text += char
        return Verdict(swallow=True, timer_ms=SILENCE_MS)

    def flush(self) -> Verdict[K]:
        """No key came for SILENCE_MS."""
        self._end("silence")
        return Verdict(swallow=False)

    def _end(self, ended: str) -> None:
        """A run of keys is over; a short one, or one no scanner is slow enough for, was a person."""
        gaps = [after - before for before, after in pairwise(self._at_ms)]
        text, self._text = self._text, ""
        self._at_ms.clear()
        if len(gaps) + 1 < CHARS_MIN:
            return
        mean_ms = -(-sum(gaps) // len(gaps))
        if mean_ms <= GAP_MS_RANGE[1]:
            self._scans.append((mean_ms, max(gaps), ended != "silence"))
            self._texts.append((text, ended))


def _within(value: int, bounds: tuple[int, int]) -> int:
    return min(max(value, bounds[0]), bounds[1])
