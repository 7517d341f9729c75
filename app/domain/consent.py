"""Consent per purpose, as the customer gave or declined it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    SERVICE = "service"
    MARKETING = "marketing"
    PROFILING = "profiling"
    SHARING = "sharing"


@dataclass(frozen=True, slots=True)
class Consent:
    """One answer. Unanswered counts as declined (look.md, picture g)."""

    purpose: Purpose
    given: bool
