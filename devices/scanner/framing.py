"""Bytes of a serial scanner → frames. Pure: the caller says what time it is.

A frame ends with CR, LF, CRLF or ETX, or after 200 ms of silence (scanners set up without a terminator). STX is
skipped. A frame over the maximum length is cut off, marked, and swallowed to its end, so the next one starts clean.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.card import CODE_CHARS_MAX

IDLE_FLUSH_S = 0.2
FRAME_BYTES_MAX = CODE_CHARS_MAX
STX, ETX, CR, LF = 0x02, 0x03, 0x0D, 0x0A
ENDS = {ETX: "etx", CR: "cr", LF: "lf"}


@dataclass(frozen=True, slots=True)
class Frame:
    """The bytes between two ends; `too_long` when the rest of it was thrown away; `ended`: cr, lf, etx or silence."""

    data: bytes
    too_long: bool = False
    ended: str = field(default="", compare=False)


class Framer:
    """Collects bytes of one connection; one thread."""

    def __init__(self, *, bytes_max: int = FRAME_BYTES_MAX, idle_s: float = IDLE_FLUSH_S) -> None:
        self._bytes_max = bytes_max
        self._idle_s = idle_s
        self._held = bytearray()
        self._too_long = False
        self._last_s = 0.0

    def feed(self, data: bytes, now_s: float) -> list[Frame]:
        """The frames that `data`, come at `now_s`, completes; silence before it completes one too."""
        frames = self.idle(now_s)
        for byte in data:
            if byte in ENDS:
                frames += self._flush(ENDS[byte])
            elif byte == STX and not self._held:
                continue
            elif len(self._held) < self._bytes_max:
                self._held.append(byte)
            else:
                self._too_long = True
        self._last_s = now_s
        return frames

    def idle(self, now_s: float) -> list[Frame]:
        """The frame that silence up to `now_s` has ended, if one has."""
        return self._flush("silence") if self._held and now_s >= self._last_s + self._idle_s else []

    def wait_s(self, now_s: float) -> float | None:
        """Seconds until silence would end a frame; None while nothing is held."""
        return max(0.0, self._last_s + self._idle_s - now_s) if self._held else None

    def _flush(self, ended: str) -> list[Frame]:
        if not self._held:
            return []
        frame = Frame(bytes(self._held), self._too_long, ended)
        self._held.clear()
        self._too_long = False
        return [frame]
