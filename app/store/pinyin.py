"""Pinyin of names, syllables apart: what the `pinyin` field of a member row holds. Imports pypinyin: use lazily."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from pypinyin import Style, lazy_pinyin

SURNAMES: Final = {
    "单": "shan", "仇": "qiu", "曾": "zeng", "解": "xie", "任": "ren", "查": "zha", "区": "ou", "朴": "piao",
    "盖": "ge", "尉": "yu", "缪": "miao", "覃": "qin", "翟": "zhai", "乐": "yue", "员": "yun", "折": "she",
    "贾": "jia", "种": "chong", "秘": "bi", "冼": "xian", "洗": "xian", "召": "shao", "宓": "fu", "黑": "he",
}  # fmt: skip
"""Surnames that are read otherwise than the character alone (《通用规范汉字字典》)."""


def pinyin(name: str) -> str:
    """`张小凡` → `zhang xiao fan`; Latin words stay; anything else drops out."""
    words: list[str] = []
    for part in name.split():
        if part.isascii():
            words.append("".join(char for char in part if char.isalpha()))
            continue
        for place, char in enumerate(part):
            reading = SURNAMES.get(char) if place == 0 and not words else None
            words.append(reading or _syllable(char))
    return " ".join(word for word in words if word)


@lru_cache(maxsize=30_000)
def _syllable(char: str) -> str:
    if char.isascii():
        return char if char.isalpha() else ""
    found = lazy_pinyin(char, style=Style.NORMAL, errors="ignore")
    return found[0] if found else ""
