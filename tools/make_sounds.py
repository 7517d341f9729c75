"""Writes the till's two sounds: ok (880 Hz, 60 ms) and refused (220 Hz, 90 ms twice, 60 ms apart). Values: look.md.

Run once after changing a value: `python tools/make_sounds.py`; the files are committed.
"""

from __future__ import annotations

import math
import wave
from array import array
from pathlib import Path

RATE_HZ = 44_100
PEAK = 22_000  # of 32,767: soft
FADE_MS = 8  # without it the edges click


def tone(hertz: int, length_ms: int) -> array[int]:
    """Samples of one note with short fades."""
    count, fade = RATE_HZ * length_ms // 1000, RATE_HZ * FADE_MS // 1000
    samples = array("h")
    for number in range(count):
        shape = min(1.0, number / fade, (count - 1 - number) / fade)
        samples.append(round(PEAK * shape * math.sin(2 * math.pi * hertz * number / RATE_HZ)))
    return samples


def silence(length_ms: int) -> array[int]:
    """Nothing, for so long."""
    return array("h", bytes(2 * (RATE_HZ * length_ms // 1000)))


def write(path: Path, samples: array[int]) -> None:
    """One channel, 16 bits."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.tobytes())


if __name__ == "__main__":
    folder = Path(__file__).resolve().parents[1] / "resources" / "sounds"
    folder.mkdir(exist_ok=True)
    write(folder / "ok.wav", tone(880, 60))
    write(folder / "refused.wav", tone(220, 90) + silence(60) + tone(220, 90))
