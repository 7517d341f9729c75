"""How an event says that it must wait."""

from __future__ import annotations


class ParkedError(Exception):
    """This event waits for an operator, or for what `waits_for` names (`member:<id>`, `card:<number>` …)."""

    def __init__(self, code: str, waits_for: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.waits_for = waits_for
