"""The event chain: canonical bytes as RFC 8785 has them, hashes, and what breaks a chain."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.chain import (
    DEPTH_MAX,
    HASH_ZERO,
    INT_MAX,
    BrokenLink,
    Json,
    Link,
    canonical,
    event_hash,
    pii_hash,
    row_hash,
    verify,
)
from app.domain.sale import FoundBy

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
KEYS = st.text(st.characters(max_codepoint=127), max_size=8)
VALUES = st.recursive(
    st.booleans() | st.integers(-INT_MAX, INT_MAX) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def test_rfc_8785_string_vector() -> None:
    value = {"string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/"}
    assert canonical(value) == '{"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'


def test_rfc_8785_literals_and_order_vector() -> None:
    assert (
        canonical({"b": [True, False], "a": {}, "1": 10, "\r": "cr"}) == '{"\\r":"cr","1":10,"a":{},"b":[true,false]}'
    )


def test_control_characters_escape_as_rfc_8785_says() -> None:
    assert canonical({"c": "\b\t\n\f\r\x00\x1f\x7f"}) == '{"c":"\\b\\t\\n\\f\\r\\u0000\\u001f\x7f"}'


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_writing_what_was_read_gives_the_same_text(value: dict[str, Json]) -> None:
    text = canonical(value)
    assert canonical(json.loads(text)) == text


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ({"a": 1.5}, "/a"),
        ({"a": [0, None]}, "/a/1"),
        ({"a": {"b": INT_MAX + 1}}, "/a/b"),
        ({"a": "\ud800"}, "/a"),
        ({"ä": 1}, ""),
        ({"a": b"x"}, "/a"),
    ],
)
def test_what_has_no_place_in_canonical_text_is_named(value: dict[str, Json], pointer: str) -> None:
    with pytest.raises(ValueError, match=f"^{pointer}: "):
        canonical(value)


def test_one_wrong_value_is_found_among_right_ones() -> None:
    value = {"a": True, "b": 1, "c": "x", "d": [False], "e": {}, "f": 0.5}
    with pytest.raises(ValueError, match=r"^/f: float"):
        canonical(value)  # type: ignore[arg-type]


def test_words_of_an_enum_are_text() -> None:
    assert canonical({"a": FoundBy.CARD, "b": {}, "c": [FoundBy.NAME]}) == '{"a":"card","b":{},"c":["name"]}'


def test_depth_is_bounded() -> None:
    value: dict[str, Json] = {"a": 1}
    for _ in range(DEPTH_MAX - 1):
        value = {"a": value}
    canonical(value)
    with pytest.raises(ValueError, match="deeper"):
        canonical({"a": value})


def test_a_list_too_deep_is_refused_too() -> None:
    value: Json = 1
    for _ in range(DEPTH_MAX):
        value = [value]
    with pytest.raises(ValueError, match="deeper"):
        canonical({"a": value})


def test_hashes_are_blake2b_of_the_stated_length() -> None:
    assert len(event_hash(HASH_ZERO, "{}")) == 64
    assert event_hash(HASH_ZERO, "{}") != event_hash("1" * 64, "{}")
    assert len(pii_hash("00" * 32, "{}")) == 64
    assert row_hash("{}") == row_hash("{}")
    assert len(row_hash("{}")) == 16


def chained(count: int) -> list[tuple[int, str, str]]:
    events, previous = [], HASH_ZERO
    for seq in range(1, count + 1):
        raw = canonical({"seq": seq})
        previous = event_hash(previous, raw)
        events.append((seq, raw, previous))
    return events


START = Link(1, 0, HASH_ZERO)


def test_a_whole_chain_verifies_to_its_head() -> None:
    events = chained(3)
    assert verify(events, START) == Link(1, 3, events[-1][2])
    assert verify([], START) == START


def test_each_way_to_break_a_chain_is_named() -> None:
    events = chained(3)
    assert verify([events[0], events[2]], START) == BrokenLink(2, "gap")
    altered = (2, canonical({"seq": 2, "x": 1}), events[1][2])
    assert verify([events[0], altered], START) == BrokenLink(2, "hash")
    other = canonical({"seq": 5})
    assert verify([(1, other, event_hash(HASH_ZERO, other))], START) == BrokenLink(1, "seq")
    for unreadable in ("no json", "[]", "{}"):
        assert verify([(1, unreadable, event_hash(HASH_ZERO, unreadable))], START) == BrokenLink(1, "unreadable")
