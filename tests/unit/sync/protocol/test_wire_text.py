"""Canonical text and the value rules of a request (wire.md, "Values")."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.chain import INT_MAX, canonical
from sync.protocol.text import TextError, depth, pointer_of, read_canonical, read_request

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text(st.characters(max_codepoint=127))
VALUES = st.recursive(
    st.booleans() | st.integers(-INT_MAX, INT_MAX) | TEXT,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner, max_size=4)
    ),
    max_leaves=12,
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=5)


@given(OBJECTS)
def test_what_is_written_canonically_is_read_again(value: dict[str, object]) -> None:
    assert read_canonical(canonical(value)) == value  # type: ignore[arg-type]


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        value = read_canonical(text)
    except TextError:
        return
    assert canonical(value) == text


@given(st.binary())
def test_any_body_is_read_or_refused(body: bytes) -> None:
    try:
        value = read_request(body)
    except TextError:
        return
    assert json.loads(body) == value


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1.0}', '{"a":1e3}', '{"a":-0}', '{"a":null}', '{"a":1,"a":1}', '{"b":1,"a":2}', '{"a": 1}', '{"a":NaN}',
        '{"a":9007199254740992}', '{"ä":1}', '{"a":"\\ud800"}', '{"a":"\\u0041"}', '{"a":"\\/"}', "[1]", "1", "", "{",
        '{"a":' + "1" * 5000 + "}", "\ufeff{}", '{"a":"\n"}', '{"a":"\\u001F"}', "{}\n", '{"a":Infinity}',
    ],
)  # fmt: skip
def test_what_rfc_8785_would_write_differently_is_not_canonical(text: str) -> None:
    with pytest.raises(TextError):
        read_canonical(text)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1.0}', b'{"a":1e3}', b'{"a":-0}', b'{"a":null}', b'{"a":1,"a":1}', b'{"a":NaN}', b"\xff", b"", b"{",
        b'{"a":9007199254740992}', b'{"a":-9007199254740992}', '{"ä":1}'.encode(), b'{"a":"\\ud800"}',
        b"[" * 9 + b"]" * 9,
        b"\xef\xbb\xbf{}", b'{"a":' + b"1" * 5000 + b"}", b'{"a":["\\udfff"]}',
    ],
)  # fmt: skip
def test_the_value_rules_hold_in_the_request_too(body: bytes) -> None:
    with pytest.raises(TextError):
        read_request(body)


def test_a_request_need_not_be_canonical() -> None:
    assert read_request(b' {"b" : [1, true], "a":"\\u00e9"} ') == {"b": [1, True], "a": "é"}


def test_sixteen_levels_are_canonical_and_seventeen_are_not() -> None:
    assert read_canonical('{"a":' + "[" * 15 + "]" * 15 + "}")
    with pytest.raises(TextError, match="deeper"):
        read_canonical('{"a":' + "[" * 16 + "]" * 16 + "}")


def test_depth_counts_brackets_outside_strings_only() -> None:
    assert depth('{"a":"[[[\\"[["}') == 1
    assert depth("[[]") == 2


def test_a_problem_points_at_the_member() -> None:
    with pytest.raises(TextError) as found:
        read_request(b'{"a/b":[{"c":null}]}')
    assert found.value.pointer == "/a~1b/0/c"
    assert pointer_of("Expected `str`, got `int` - at `$.events[3].raw`") == "/events/3/raw"
    assert pointer_of("Expected `object`, got `int`") == ""
