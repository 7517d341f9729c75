"""Money in minor units and points in scaled integers: exact sharing, rounding and plain text. No floats anywhere."""

from __future__ import annotations

from collections.abc import Sequence

AMOUNT_MINOR_MAX = 100_000_000_00  # one hundred million yuan: above it an amount is a typing mistake


def largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """Share `total` (≥ 0) over `weights` (≥ 0) so that the parts add up exactly.

    Parts are rounded down, the rest goes one by one to the largest fractions, ties to the earliest (programme.md,
    "Settled readings: Price"). All weights zero: everything zero when `total` is 0, else ValueError.
    """
    whole = sum(weights)
    if whole == 0:
        if total:
            raise ValueError("nothing to share over")
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    rest = total - sum(parts)
    if rest:
        for i in sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))[:rest]:
            parts[i] += 1
    return parts


def half_up(numerator: int, denominator: int) -> int:
    """numerator / denominator rounded half up (towards +∞ on a tie), for denominator > 0."""
    return (2 * numerator + denominator) // (2 * denominator)


def plain(minor: int) -> str:
    """`123450` → `1,234.50`, `-5` → `-0.05`: two decimals, grouped, ASCII minus (paper and logs)."""
    sign = "-" if minor < 0 else ""
    whole, cents = divmod(abs(minor), 100)
    return f"{sign}{whole:,}.{cents:02d}"


def on_screen(minor: int) -> str:
    """As `plain` with the true minus sign U+2212 (screens)."""
    return plain(minor).replace("-", "\u2212")
