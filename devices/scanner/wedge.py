"""Keyboard-wedge scanners: a burst of keys becomes a scan, typing stays typing. A pure state machine.

The first printable key is held 40 ms; once a second came within 40 ms, keys are held until 150 ms of silence. A burst
(mean gap ≤ 40 ms, at least 6 characters, ended by Enter or Tab) is a scan and none of its keys reaches a widget;
everything else is given back untouched, in order. A till may have learned other limits (wedge_learning). Times are the
key events' own (milliseconds), never the time of their handling: a busy screen must not pull a burst apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from app.clock import Clock
from app.domain.card import CODE_CHARS_MAX, CardScheme
from devices.events import CheckLevel, Emit, Source
from devices.health import HealthChecks
from devices.lifecycle import Lifecycle
from devices.scanner.router import route, scan_event

FIRST_HOLD_MS = 40
FLUSH_MS = 150
GAP_MEAN_MS_MAX = 40
CHARS_MIN = 6
JUDGED_KEYS_MIN = 4
TERMINATORS = frozenset("\r\n\t")

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Timing:
    """Limits in milliseconds: how long the first key is held, how long the others, and the mean gap of a burst."""

    first_hold_ms: int = FIRST_HOLD_MS
    flush_ms: int = FLUSH_MS
    gap_mean_ms_max: int = GAP_MEAN_MS_MAX


@dataclass(frozen=True, slots=True)
class Verdict(Generic[K]):
    """What the caller does with a key, in this order: deliver `replay`, then the key itself unless `swallow`.

    `scan` is the text of a finished burst. `timer_ms`: call `flush` after so long without another key; None: no timer.
    """

    swallow: bool
    replay: tuple[K, ...] = ()
    scan: str | None = None
    timer_ms: int | None = None


class Wedge(Generic[K]):
    """Holds keys of any type `K` (a copy of the toolkit's event); one thread."""

    def __init__(self, timing: Timing | None = None) -> None:
        self._timing = timing or Timing()
        self._keys: list[K] = []
        self._text = ""
        self._first_ms = 0
        self._last_ms = 0

    def key(self, key: K, char: str, at_ms: int, *, auto_repeat: bool = False) -> Verdict[K]:
        """A key was pressed. `char` is its text, empty for keys without (arrows, F-keys, Ctrl combinations).

        Presses of Shift and other bare modifiers are not given here: scanners send them inside a burst.
        """
        if char in TERMINATORS:
            return self._end(at_ms)
        if len(char) != 1 or not char.isprintable() or auto_repeat:
            return Verdict(swallow=False, replay=self._give_back())
        replay = () if self._goes_on(at_ms) else self._give_back()
        self._hold(key, char, at_ms)
        return Verdict(swallow=True, replay=replay, timer_ms=self._hold_ms())

    def flush(self) -> Verdict[K]:
        """The timer ran out: what is held was typing."""
        return Verdict(swallow=False, replay=self._give_back())

    def _hold(self, key: K, char: str, at_ms: int) -> None:
        if not self._keys:
            self._first_ms = at_ms
        self._keys.append(key)
        self._text += char
        self._last_ms = at_ms

    def _goes_on(self, at_ms: int) -> bool:
        """Whether a printable key at `at_ms` can belong to what is held."""
        gap_ms = at_ms - self._last_ms
        if not self._keys or gap_ms < 0 or len(self._keys) >= CODE_CHARS_MAX:
            return False
        if len(self._keys) < JUDGED_KEYS_MIN:
            return gap_ms <= self._hold_ms()
        return gap_ms <= self._timing.flush_ms and self._is_fast(at_ms, len(self._keys))

    def _is_fast(self, end_ms: int, gaps: int) -> bool:
        return end_ms - self._first_ms <= gaps * self._timing.gap_mean_ms_max

    def _hold_ms(self) -> int:
        return self._timing.first_hold_ms if len(self._keys) == 1 else self._timing.flush_ms

    def _end(self, at_ms: int) -> Verdict[K]:
        in_time = 0 <= at_ms - self._last_ms <= self._timing.flush_ms
        is_scan = in_time and len(self._keys) >= CHARS_MIN and self._is_fast(self._last_ms, len(self._keys) - 1)
        if not is_scan:
            return Verdict(swallow=False, replay=self._give_back())
        text = self._text
        self._give_back()
        return Verdict(swallow=True, scan=text)

    def _give_back(self) -> tuple[K, ...]:
        held = tuple(self._keys)
        self._keys.clear()
        self._text = ""
        return held


class WedgeScanner(Generic[K]):
    """A wedge whose scans become DataEvents; wiring gives it to the screen's key filter (UI thread).

    It has no thread and no connection: a keyboard cannot be asked whether it is there.
    """

    def __init__(
        self, name: str, scheme: CardScheme, *, emit: Emit, clock: Clock, timing: Timing | None = None
    ) -> None:
        self.life = Lifecycle(name, emit)
        self._checks = HealthChecks(emit)
        self._scheme = scheme
        self._emit = emit
        self._clock = clock
        self._wedge: Wedge[K] = Wedge(timing)

    def start(self) -> None:
        """open, claim, enable."""
        self.life.start()

    def halt(self) -> None:
        """Nothing of its own runs."""

    def stop(self, timeout_s: float) -> None:  # noqa: ARG002  nothing is waited for
        """disable, release, close."""
        self.life.stop()

    def check_health(self, level: CheckLevel) -> None:
        """INTERACTIVE is answered by the next scan; nothing else can be asked."""
        if level is CheckLevel.INTERACTIVE:
            self._checks.begin(level)
        else:
            self._checks.say(level, self.life.status)

    def key(self, key: K, char: str, at_ms: int, *, auto_repeat: bool = False) -> Verdict[K]:
        """As Wedge.key; a scan has been emitted when this returns."""
        verdict = self._wedge.key(key, char, at_ms, auto_repeat=auto_repeat)
        if verdict.scan is not None:
            self._deliver(verdict.scan)
        return verdict

    def flush(self) -> Verdict[K]:
        """As Wedge.flush."""
        return self._wedge.flush()

    def _deliver(self, text: str) -> None:
        self.life.count("data")
        name, at_ms = self.life.name, self._clock.now_ms()
        self._emit(scan_event(name, Source.WEDGE, route(text, self._scheme), at_ms))
        self._checks.answer(self.life.status)
