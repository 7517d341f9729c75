"""Reading CSV: encodings, delimiters, columns by name, lines that cannot be read."""

from __future__ import annotations

import io
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ConfigError
from app.services.imports import Record, detect_encoding, parse_mapping, read_table, records


class Field(StrEnum):
    NAME = "name"
    PHONE = "phone"


SYNONYMS = {Field.NAME: ("姓名", "full name"), Field.PHONE: ("手机号", "mobile")}
NEEDED = ((Field.NAME,),)
TEXT = "姓名,手机号\n张小凡,138\n"


def read(data: bytes, encoding: str | None = None, **mapping: str) -> list[tuple[int, object]]:
    file = io.BytesIO(data)
    table = read_table(file, "m.csv", SYNONYMS, mapping=mapping, needed=NEEDED, encoding=encoding)
    return [(row.line, dict(row.cells) if isinstance(row, Record) else row.reason.code) for row in records(file, table)]


def code_of(data: bytes, encoding: str | None = None, **mapping: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(data, encoding, **mapping)
    return caught.value.code


GOOD = [(2, {"name": "张小凡", "phone": "138"})]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_encoding_is_found_by_reading(encoding: str) -> None:
    assert read(TEXT.encode(encoding)) == GOOD


@pytest.mark.parametrize("named", ["utf-8", "UTF_8", "gb18030", "gbk"])
def test_a_named_encoding_is_used(named: str) -> None:
    assert read(TEXT.encode(named), named) == GOOD


def test_a_named_utf_8_may_carry_its_mark() -> None:
    assert read(TEXT.encode("utf-8-sig"), "utf-8") == GOOD


def test_an_encoding_nobody_knows_says_so() -> None:
    assert code_of(TEXT.encode(), "klingon") == "import_unreadable"


def test_bytes_that_are_no_text_say_so() -> None:
    assert code_of(b"name\n\xff\xff\xff\n") == "import_unreadable"


def test_a_large_file_is_detected_in_pieces() -> None:
    data = "姓名\n".encode("gb18030") + "张小凡\n".encode("gb18030") * 400_000
    assert detect_encoding(io.BytesIO(data), "m.csv") == "gb18030"


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found_in_the_header(delimiter: str) -> None:
    assert read(TEXT.replace(",", delimiter).encode()) == GOOD


@pytest.mark.parametrize("header", ["Name,Phone", "FULL NAME,Mobile", "full_name,手机号", " 姓 名 ,mobile"])
def test_headers_are_known_by_many_names(header: str) -> None:
    assert read(f"{header}\n张小凡,138\n".encode()) == GOOD


def test_a_column_can_be_named() -> None:
    data = "甲,乙,姓名\nx,138,张小凡\n".encode()
    assert read(data, phone="乙") == GOOD
    assert read(data, name="甲", phone="乙") == [(2, {"name": "x", "phone": "138"})]


@pytest.mark.parametrize(
    ("data", "mapping", "code"),
    [
        (b"", {}, "import_no_header"),
        (b",,\n", {}, "import_no_header"),
        ("电话\n1\n".encode(), {}, "import_column_missing"),
        (b"name,phone,Name\nx,1,y\n", {}, "import_column_twice"),
        (b"name\nx\n", {"name": "nobody"}, "import_column_unknown"),
        (b"name\nx\n", {"surname": "name"}, "import_field_unknown"),
    ],
)
def test_a_header_that_will_not_do_says_so(data: bytes, mapping: dict[str, str], code: str) -> None:
    assert code_of(data, **mapping) == code


def test_lines_are_numbered_as_an_editor_numbers_them() -> None:
    data = b'name,phone\r\n"a\nb",1\r\n\r\nc,2\r\n'
    assert read(data) == [(2, {"name": "a\nb", "phone": "1"}), (5, {"name": "c", "phone": "2"})]


def test_a_line_with_other_columns_is_refused_and_the_next_is_read() -> None:
    assert read(b"name,phone\na\nb,1\nc,1,2\n") == [
        (2, "line_columns"),
        (3, {"name": "b", "phone": "1"}),
        (4, "line_columns"),
    ]


def test_a_line_that_is_no_text_is_refused() -> None:
    assert read(b"name,phone\n\xff\xfe,1\nb,1\na\0b,1\n", "utf-8") == [
        (2, "line_unreadable"),
        (3, {"name": "b", "phone": "1"}),
        (4, "line_unreadable"),
    ]


def test_a_cell_without_end_is_refused_not_swallowed_whole() -> None:
    data = b'name,phone\n"' + b"x" * 200_000 + b"\nb,1\n"
    found = read(data)
    assert found[0] == (2, "line_unreadable")


def test_cells_are_trimmed_and_columns_nobody_asked_for_left_out() -> None:
    assert read("姓名,备注,手机号\n 张小凡 ,secret, 138 \n".encode()) == GOOD


def test_mapping_is_field_and_column() -> None:
    assert parse_mapping(["name=姓名", "phone = 手机 号"]) == {"name": "姓名", "phone": "手机 号"}


@pytest.mark.parametrize("text", ["name", "=x", "name="])
def test_a_mapping_of_another_form_says_so(text: str) -> None:
    with pytest.raises(ConfigError, match="import_map_form"):
        parse_mapping([text])


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_with_words(data: bytes) -> None:
    found: list[object] = []
    try:
        found = read(data)
    except ConfigError as error:
        found = [error.code]
    assert all(isinstance(one, tuple) or str(one).startswith("import_") for one in found)
