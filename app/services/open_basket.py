"""Goods on a receipt when the program ends: the port that remembers it over the end, and a till without one."""

from __future__ import annotations

from typing import Protocol


class OpenBasket(Protocol):
    """Remembers over the end of the program that goods were on a receipt; nothing about whose or what."""

    def take_left(self) -> bool:
        """Whether the program before this one ended with goods on a receipt; True once."""
        ...

    def keep(self, *, is_open: bool) -> None:
        """Goods are on the receipt, or none any more. Never fails."""
        ...


class NoOpenBasket:
    """Remembers nothing: a till without a counter."""

    def take_left(self) -> bool:
        """See OpenBasket."""
        return False

    def keep(self, *, is_open: bool) -> None:
        """See OpenBasket."""
