"""How fast what is left gets less, and how long it will take, from what was left a while ago. Pure: time is given."""

from __future__ import annotations

from dataclasses import dataclass

WINDOW_MS = 20_000
SURE_MS = 1_000
MS_PER_S = 1_000


@dataclass(frozen=True, slots=True)
class Pace:
    """`rate_per_s` and `left_s` of what is left at present, 0 while unknown; `seen`: (ms, left) of the last while."""

    rate_per_s: int = 0
    left_s: int = 0
    seen: tuple[tuple[int, int], ...] = ()


def after(pace: Pace, now_ms: int, left: int) -> Pace:
    """The pace after one more look. More left than before, or nothing: what was measured is of another load."""
    if not left or (pace.seen and left > pace.seen[-1][1]):
        return Pace(seen=((now_ms, left),) if left else ())
    seen = (*(one for one in pace.seen if now_ms - one[0] <= WINDOW_MS), (now_ms, left))
    passed_ms, done = now_ms - seen[0][0], seen[0][1] - left
    if passed_ms < SURE_MS or not done:
        return Pace(pace.rate_per_s, pace.left_s, seen)
    return Pace(max(1, done * MS_PER_S // passed_ms), -(-left * passed_ms // (done * MS_PER_S)), seen)
