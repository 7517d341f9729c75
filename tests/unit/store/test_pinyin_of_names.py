"""Pinyin of names: surnames read their own way, Latin words kept, signs dropped."""

from __future__ import annotations

import pytest

from app.store.pinyin import pinyin


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("张小凡", "zhang xiao fan"),
        ("单雄信", "shan xiong xin"),
        ("曾国藩", "zeng guo fan"),
        ("欧阳明月", "ou yang ming yue"),
        ("mary smith", "mary smith"),
        ("王a明", "wang a ming"),
        ("☆ 星", "xing"),
        ("张1", "zhang"),
        ("", ""),
    ],
)
def test_a_name_is_spoken_syllable_by_syllable(name: str, spoken: str) -> None:
    assert pinyin(name) == spoken
