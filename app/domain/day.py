"""A day of business in figures: of this till from its own facts, of the store as head office counts it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo

from app.ids import StaffId

HOURS = 24


@dataclass(frozen=True, slots=True)
class DayFigures:
    """Sums of a business day (wire.md `day_figures`); points are scaled. `by_hour` is money by local hour, 0 to 23.

    `net_minor` is less what came back; sales taken back whole are not in it.
    """

    sales: int = 0
    returns: int = 0
    gross_minor: int = 0
    net_minor: int = 0
    members: int = 0
    enrolments: int = 0
    points_issued: int = 0
    points_redeemed: int = 0
    by_hour: tuple[int, ...] = (0,) * HOURS

    def plus(self, other: DayFigures) -> DayFigures:
        """Both together."""
        return DayFigures(
            sales=self.sales + other.sales,
            returns=self.returns + other.returns,
            gross_minor=self.gross_minor + other.gross_minor,
            net_minor=self.net_minor + other.net_minor,
            members=self.members + other.members,
            enrolments=self.enrolments + other.enrolments,
            points_issued=self.points_issued + other.points_issued,
            points_redeemed=self.points_redeemed + other.points_redeemed,
            by_hour=tuple(one + two for one, two in zip(self.by_hour, other.by_hour, strict=True)),
        )

    @property
    def member_percent(self) -> int:
        """Of a hundred sales, how many were to members; rounded down."""
        return self.members * 100 // self.sales if self.sales else 0

    @property
    def average_minor(self) -> int:
        """Money of one sale on average, rounded down."""
        return self.net_minor // self.sales if self.sales else 0


@dataclass(frozen=True, slots=True)
class DaySpan:
    """A business day: its date, its first and last moment + 1 in milliseconds since 1970, and the zone of its hours."""

    on: str
    from_ms: int
    until_ms: int
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class TillDay:
    """What only this till knows of its day. `board`: enrolments by person; `often`: members who bought 3 times or more.

    `approvals`, `drawer_opened`, `undone`: things a manager looks at.
    """

    member_minor: int = 0
    other_minor: int = 0
    member_sales: int = 0
    other_sales: int = 0
    new_minor: int = 0
    """Money of members who were enrolled here this day; part of `member_minor`."""
    board: Mapping[StaffId, int] = field(default_factory=dict)
    often: int = 0
    approvals: int = 0
    drawer_opened: int = 0
    undone: int = 0
