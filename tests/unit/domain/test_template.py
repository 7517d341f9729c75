"""A template filled with values is a receipt: words, conditions, lists, and how fields are written."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.domain.programme.schema import read_toml
from app.domain.receipt import Align, Barcode, Block, Columns, Cut, Feed, QrCode, Rule, Text
from app.domain.template import PaperKind, Row, Template, fill
from app.domain.template_parse import parse_template

AT = datetime(2026, 12, 6, 14, 33, tzinfo=ZoneInfo("Asia/Shanghai"))


def template(blocks: str, kind: PaperKind = PaperKind.SALE) -> Template:
    return parse_template(read_toml(f'kind = "{kind}"\nblocks = [{blocks}, {{cut = true}}]'), lambda _: None)


def filled(blocks: str, values: Row) -> tuple[Block, ...]:
    return fill(template(blocks), values, "￥")[:-1]


def said(words: str, values: Row) -> str:
    (block,) = filled(f'{{text = "{words}"}}', values)
    assert isinstance(block, Text)
    return block.text


def test_words_stand_as_they_are_and_fields_are_filled() -> None:
    assert said("小票 {{receipt_no}}!", {"receipt_no": "S1"}) == "小票 S1!"
    assert said("{{ receipt_no }}{{staff}}", {"receipt_no": "S1"}) == "S1"


def test_a_value_that_looks_like_a_field_is_a_value() -> None:
    assert said("{{member}}", {"member": "{{link}}", "link": "secret"}) == "{{link}}"


def test_each_kind_of_field_is_written_its_own_way() -> None:
    values: Row = {"due": -123456, "earned": 1200, "at": AT, "valid_until": date(2027, 12, 31)}
    assert said("{{due|money}} {{due|currency}}", values) == "-1,234.56 ￥-1,234.56"
    assert said("{{earned}} {{earned|signed}}", values) == "1,200 +1,200"
    assert said("{{at}} {{at|day}} {{at|time}}", values) == "2026-12-06 14:33 2026-12-06 14:33"
    assert said("{{valid_until}}", values) == "2027-12-31"


def test_a_condition_holds_for_what_is_there_and_nought_is_there() -> None:
    blocks = '{if = "before", then = [{text = "yes"}], else = [{text = "no"}]}'
    for value, words in ((0, "yes"), (5, "yes"), (None, "no")):
        assert filled(blocks, {"before": value}) == (Text(words),)
    for value, words in (("", "no"), ("x", "yes")):
        assert filled(blocks.replace("before", "member"), {"member": value}) == (Text(words),)
    for flag, words in ((False, "no"), (True, "yes")):
        assert filled(blocks.replace("before", "offline"), {"offline": flag}) == (Text(words),)
    assert filled(blocks.replace("before", "goods"), {"goods": []}) == (Text("no"),)
    assert filled('{if = "not member", then = [{text = "nobody"}]}', {}) == (Text("nobody"),)


def test_a_list_is_gone_through_and_its_fields_come_before_those_around() -> None:
    blocks = '{each = "goods", do = [{left = "{{name}} {{brand}}", right = "{{amount|money}}"}]}'
    goods: list[Row] = [{"name": "茶", "amount": 100}, {"name": "糖", "amount": 5}]
    assert filled(blocks, {"goods": goods, "brand": "B", "name": "outer"}) == (
        Columns("茶 B", "1.00"), Columns("糖 B", "0.05"),
    )  # fmt: skip
    assert filled(blocks, {"goods": "not a list"}) == ()


def test_every_other_block_is_what_it_says() -> None:
    blocks = (
        '{text = "a", align = "centre", bold = true, double = true}, {rule = true}, {qr = "{{link}}"}, '
        '{barcode = "{{receipt_no}}"}, {feed = 2}, {left = "l", right = "r", bold = true, double = true}'
    )
    assert filled(blocks, {"link": "https://x", "receipt_no": "S1"}) == (
        Text("a", Align.CENTRE, bold=True, double=True),
        Rule(),
        QrCode("https://x"),
        Barcode("S1"),
        Feed(2),
        Columns("l", "r", bold=True, double=True),
    )
    assert fill(template('{text = "x"}'), {}, "")[-1] == Cut()
