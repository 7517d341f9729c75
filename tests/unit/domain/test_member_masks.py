"""Names and numbers as a screen may show them."""

from __future__ import annotations

import pytest

from app.domain.member import mask_card, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "shown"), [("张小凡", "张*凡"), ("张三", "张*"), ("欧阳明月", "欧**月"), ("张", "张"), ("", "")]
)
def test_a_name_shows_its_ends(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"), [("+8613812341234", "138****1234"), ("+85291234567", "*******4567"), ("+861234", "**1234")]
)
def test_a_phone_shows_its_tail(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


def test_a_card_shows_its_last_four() -> None:
    assert mask_card("8800000025093") == "5093"
