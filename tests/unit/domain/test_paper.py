"""No printed line is wider than its paper, and no character of a receipt gets lost on the way to it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.paper import Line, columns_of, is_native, lay_out, printable, shortened, width, wrap
from app.domain.receipt import Align, Barcode, Columns, Cut, Feed, QrCode, Receipt, Rule, Text
from devices.printer.profiles import PROFILES

CHINESE = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5)
LATIN = st.characters(min_codepoint=0x20, max_codepoint=0x24F)
RARE = st.sampled_from("𠮷𬭩㐂䶮龘鿿€№①ⅧⅡ〇Ω")
EMOJI = st.sampled_from(["😀", "👨‍👩‍👧", "❤️", "🇨🇳", "é", "ก็", "ﷺ"])
MARKS = st.sampled_from("，。、；：？！（）《》“”…—·￥¥ \t\n　－−")
ANYTHING = st.text(max_size=60)
TEXTS = st.one_of(
    st.lists(st.one_of(CHINESE, LATIN, RARE, EMOJI, MARKS), max_size=60).map("".join),
    st.text(CHINESE, max_size=80),
    ANYTHING,
)
BLOCKS = st.one_of(
    st.builds(Text, TEXTS, st.sampled_from(Align), st.booleans(), st.booleans()),
    st.builds(Columns, TEXTS, TEXTS, st.booleans(), st.booleans()),
    st.just(Rule()),
)
COLUMNS = st.sampled_from(sorted({one.columns for one in PROFILES}))


def lines(receipt: Receipt, columns: int) -> list[Line]:
    return [item for item in lay_out(receipt, columns) if isinstance(item, Line)]


def bare(text: str) -> str:
    return "".join(printable(" ".join(text.splitlines())).split())


@given(st.lists(BLOCKS, max_size=6), COLUMNS)
def test_every_line_fits_its_columns(blocks: list[Text | Columns | Rule], columns: int) -> None:
    for line in lines(Receipt(tuple(blocks)), columns):
        assert width(line.text) * (2 if line.double else 1) <= columns


@given(TEXTS, st.sampled_from(Align), st.booleans(), COLUMNS)
def test_wrapping_loses_nothing_but_spaces(text: str, align: Align, double: bool, columns: int) -> None:
    out = lines(Receipt((Text(text, align, double=double),)), columns)
    assert bare("".join(line.text for line in out)) == bare(text)


@given(TEXTS, TEXTS, COLUMNS)
def test_both_sides_of_a_columns_line_stay_whole(left: str, right: str, columns: int) -> None:
    out = "".join(line.text for line in lines(Receipt((Columns(left, right),)), columns))
    assert bare(out) == bare(left) + bare(right)


@given(TEXTS)
def test_a_printable_text_holds_no_control_and_no_half_width_yen(text: str) -> None:
    out = printable(text)
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in out)
    assert "¥" not in out


@given(st.text(CHINESE, min_size=1, max_size=200), COLUMNS)
def test_width_is_the_length_in_gbk(text: str, columns: int) -> None:
    for line in wrap(text, columns):
        assert width(line) == len(line.encode("gbk"))


def test_what_is_native_is_the_same_bytes_in_gbk_and_gb18030() -> None:
    for code in range(0x110000):
        char = chr(code)
        if is_native(char):
            assert char.encode("gbk") == char.encode("gb18030")


@pytest.mark.parametrize(
    ("char", "columns"),
    [("A", 1), ("中", 2), ("￥", 2), ("é", 2), ("ñ", 1), ("𠮷", 2), ("😀", 2), ("\u0301", 0), ("\u200d", 0), ("€", 2)],
)
def test_a_character_has_the_columns_the_printer_gives_it(char: str, columns: int) -> None:
    assert columns_of(char) == columns


def test_punctuation_never_begins_a_line_where_it_can_be_helped() -> None:
    assert wrap("积分已保存，恢复后上传。", 12) == ["积分已保存，", "恢复后上传。"]
    assert wrap("积分已保存，恢复", 10) == ["积分已保", "存，恢复"]


def test_an_opening_mark_never_ends_a_line() -> None:
    assert wrap("本次获得（金卡）", 10) == ["本次获得", "（金卡）"]


def test_latin_words_break_at_spaces_and_long_ones_anywhere() -> None:
    assert wrap("points are safe", 10) == ["points are", "safe"]
    assert wrap("abcdefghijklmnop", 10) == ["abcdefghij", "klmnop"]


def test_a_column_of_only_punctuation_is_cut_all_the_same() -> None:
    assert wrap("。" * 7, 10) == ["。" * 5, "。" * 2]


def test_an_amount_stands_at_the_right_edge() -> None:
    out = lines(Receipt((Columns("应收", "¥250.20", double=True),)), 48)
    assert out == [Line("应收            ￥250.20", double=True)]


def test_a_long_name_wraps_above_its_amount_or_beside_its_last_line() -> None:
    out = lines(Receipt((Columns("玻尿酸补水面膜加量不加价五片装", "99.80"),)), 32)
    assert [line.text for line in out] == ["玻尿酸补水面膜加量不加价五片装", " " * 27 + "99.80"]
    beside = lines(Receipt((Columns("玻尿酸补水面膜加量不加价五片装礼盒", "99.80"),)), 32)
    assert [line.text for line in beside] == ["玻尿酸补水面膜加量不加价五片装礼", "盒" + " " * 25 + "99.80"]


def test_a_right_side_wider_than_the_paper_wraps_below() -> None:
    out = lines(Receipt((Columns("左", "右" * 20),)), 32)
    assert [line.text for line in out] == ["左", "右" * 16, " " * 24 + "右" * 4]


def test_a_centred_text_of_two_lines_is_balanced() -> None:
    out = lines(Receipt((Text("30 天内凭此小票退货，积分原数冲回", Align.CENTRE),)), 32)
    assert [line.text.strip() for line in out] == ["30 天内凭此小票退", "货，积分原数冲回"]


def test_newlines_make_paragraphs_and_empty_text_makes_an_empty_line() -> None:
    assert [line.text for line in lines(Receipt((Text("一\n二"), Text(""))), 32)] == ["一", "二", ""]


def test_codes_feeds_and_cuts_pass_through() -> None:
    blocks = (QrCode("x"), Barcode("1"), Feed(2), Cut())
    assert lay_out(Receipt(blocks), 48) == blocks


@given(TEXTS)
def test_the_width_of_a_text_is_the_sum_of_its_characters(text: str) -> None:
    assert width(text) == sum(map(columns_of, text))


@pytest.mark.parametrize(
    ("text", "columns", "left"),
    [
        ("氨基酸洁面乳", 12, "氨基酸洁面乳"),
        ("氨基酸洁面乳 120g", 14, "氨基酸洁面乳"),
        ("玻尿酸面膜 5 片装", 12, "玻尿酸面膜"),
        ("牙膏180克", 7, "牙膏"),
        ("Mask 2 x 50 ml", 12, "Mask"),
        ("Max, 12 pcs", 7, "Max,"),
        ("Vitamin C12 serum", 12, "Vitamin C12"),
        ("Moisturizer", 6, "Moistu"),
        ("2023 notes", 6, "2023"),
        ("面膜", 1, ""),
    ],
)
def test_a_shortened_name_ends_with_a_word_and_not_with_a_number(text: str, columns: int, left: str) -> None:
    assert shortened(text, columns) == left


@given(ANYTHING, st.integers(-3, 40))
def test_a_shortened_text_fits_and_is_the_beginning(text: str, columns: int) -> None:
    cut = shortened(printable(text), columns)
    assert width(cut) <= max(0, columns)
    assert printable(text).startswith(cut)
