"""PIN hashes: argon2id over the peppered PIN, parameters from the hash, nothing below the floor."""

from __future__ import annotations

import argon2
import pytest

from app.store.pins import FLOOR, STANDARD, ArgonPins, PinCost, peppered

PINS = ArgonPins(b"p" * 32, FLOOR)


def test_the_right_pin_verifies_and_a_wrong_one_does_not() -> None:
    held = PINS.hash("2580")
    assert held.startswith("$argon2id$")
    assert PINS.verify(held, "2580")
    assert not PINS.verify(held, "2581")


def test_another_store_s_pepper_does_not_verify() -> None:
    assert not ArgonPins(b"q" * 32, FLOOR).verify(PINS.hash("2580"), "2580")


def test_the_parameters_come_from_the_hash() -> None:
    stronger = ArgonPins(b"p" * 32, PinCost(20 * 1024, 2, 1))
    assert PINS.verify(stronger.hash("2580"), "2580")


def test_new_hashes_cost_what_the_design_asks_for() -> None:
    found = argon2.extract_parameters(ArgonPins(b"p" * 32, STANDARD).hash("1"))
    assert (found.memory_cost, found.time_cost, found.parallelism) == (64 * 1024, 3, 1)


def test_a_hash_below_the_floor_never_verifies() -> None:
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1)
    assert not PINS.verify(weak.hash(peppered(b"p" * 32, "2580")), "2580")


def test_a_hash_of_another_kind_never_verifies() -> None:
    other = argon2.PasswordHasher(2, 19 * 1024, 1, type=argon2.low_level.Type.I)
    assert not PINS.verify(other.hash(peppered(b"p" * 32, "2580")), "2580")


@pytest.mark.parametrize("text", ["", "2580", "$argon2id$v=19$broken"])
def test_what_is_no_hash_verifies_nothing(text: str) -> None:
    assert not PINS.verify(text, "2580")


@pytest.mark.parametrize("cost", [PinCost(18 * 1024, 2), PinCost(64 * 1024, 1)])
def test_cheaper_hashes_are_not_made(cost: PinCost) -> None:
    with pytest.raises(ValueError, match="19 MiB"):
        ArgonPins(b"p" * 32, cost)
