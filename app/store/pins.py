"""PIN hashes: argon2id over HMAC-SHA-256 with the store's pepper (security.md, "People"). Takes 40–200 ms a check."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha256

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type


@dataclass(frozen=True, slots=True)
class PinCost:
    """argon2id parameters; memory in KiB. Checks read theirs from the hash, so stronger ones may come any time."""

    memory_kib: int = 64 * 1024
    rounds: int = 3
    lanes: int = 1


STANDARD = PinCost()
FLOOR = PinCost(memory_kib=19 * 1024, rounds=2)
"""The least a stored hash may have cost; anything weaker never verifies."""


class ArgonPins:
    """The `Pins` port. Any thread. `store_pepper`: what head office hashed its staff with, once this till is enrolled;
    people named at this till before that keep its own pepper."""

    def __init__(self, pepper: bytes, cost: PinCost = STANDARD, *, store_pepper: bytes | None = None) -> None:
        if cost.memory_kib < FLOOR.memory_kib or cost.rounds < FLOOR.rounds:
            raise ValueError("PIN hashes cheaper than 19 MiB, t=2 are not made")
        self._peppers = (pepper,) if store_pepper is None else (store_pepper, pepper)
        self._hasher = PasswordHasher(cost.rounds, cost.memory_kib, cost.lanes, type=Type.ID)

    def hash(self, pin: str) -> str:
        """argon2id text for `pin`, with its own salt and parameters."""
        return self._hasher.hash(peppered(self._peppers[0], pin))

    def verify(self, pin_hash: str, pin: str) -> bool:
        """True when the PIN belongs to the hash; False too for a hash below the floor or none at all."""
        try:
            held = extract_parameters(pin_hash)
            if held.type is not Type.ID or held.memory_cost < FLOOR.memory_kib or held.time_cost < FLOOR.rounds:
                return False
        except InvalidHashError:
            return False
        return any(self._fits(pin_hash, peppered(pepper, pin)) for pepper in self._peppers)

    def _fits(self, pin_hash: str, peppered: str) -> bool:
        try:
            return self._hasher.verify(pin_hash, peppered)
        except (VerificationError, InvalidHashError):
            return False


def peppered(pepper: bytes, pin: str) -> str:
    """What is hashed: the PIN itself is never seen by argon2 alone."""
    return hmac.new(pepper, pin.encode("utf-8"), sha256).hexdigest()
