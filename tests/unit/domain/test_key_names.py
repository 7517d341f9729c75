"""Names as keys of canonical text, there and back."""

from __future__ import annotations

import pytest

from app.domain.chain import canonical
from app.domain.key_names import key_of, name_of


@pytest.mark.parametrize("name", ["gold", "a b/c:d", "满十元", "100 %", "é\u0301", ""])
def test_every_name_has_a_key_of_its_own_that_may_stand_in_canonical_text(name: str) -> None:
    key = key_of(name)
    assert canonical({key: 1}).isascii()
    assert name_of(key) == name
    assert (key == name) == (name.isascii() and "%" not in name)


@pytest.mark.parametrize("key", ["%", "100 %", "%zz", "%ff"])
def test_a_key_nobody_made_stands_for_itself(key: str) -> None:
    assert name_of(key) == key
