"""What does not hold at head office."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """`invariant`: I1 … I9 of protocol.md. `where`: a bucket, stream, account, member, till or event."""

    invariant: str
    where: str
    what: str
