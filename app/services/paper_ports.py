"""What use cases need to put something on paper: which template, and which bytes. Protocols only."""

from __future__ import annotations

from typing import Protocol

from app.domain.receipt import Receipt
from app.domain.template import PaperKind, Template


class Papers(Protocol):
    """What each paper of this till says."""

    def template(self, kind: PaperKind) -> Template:
        """The template in use: the chain's own where it can be printed, else the one that ships. Never fails."""
        ...


class ReceiptRenderer(Protocol):
    """Receipt model → printer bytes; pure."""

    def render(self, receipt: Receipt, copy_no: int = 0) -> bytes:
        """Bytes for this till's printer; `copy_no` above 0 prints the reprint mark first."""
        ...
