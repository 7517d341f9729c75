"""A shift: who sells at this till from when; every sale carries its id."""

from __future__ import annotations

from dataclasses import dataclass

from app.ids import ShiftId, StaffId


@dataclass(frozen=True, slots=True)
class Shift:
    """An open shift. `z_no` counts shifts of this till from 1."""

    shift_id: ShiftId
    z_no: int
    staff_id: StaffId
    opened_ms: int
    float_minor: int = 0


@dataclass(frozen=True, slots=True)
class ShiftFigures:
    """What the idle screen shows of the shift."""

    sales: int
    member_sales: int
    enrolments: int
    gross_minor: int
