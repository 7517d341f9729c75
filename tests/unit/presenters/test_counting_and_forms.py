"""The drawer counted and the short forms: what keys do to them."""

from __future__ import annotations

import pytest

from app.domain.sale import TenderKind
from app.domain.shift import CASH_REASONS, CashKind, KindMinor
from app.errors import Refusal
from ui.presenters import count as counting
from ui.presenters import hand_form
from ui.presenters.count import Count
from ui.presenters.hand_form import Form


def type_rows(count: Count, *texts: str) -> Count:
    for row, text in enumerate(texts):
        count = counting.moved(count, row)
        for key in text:
            count = counting.typed(count, key)
    return count


def test_notes_and_sums_come_to_what_is_in_the_drawer() -> None:
    count = type_rows(counting.begin("CNY"), "6", "", "2", "", "", "", "", "3", "12.5", "80", "0")
    assert count.cash_minor() == 60_000 + 4_000 + 30 + 1_250
    assert count.counted() == (
        KindMinor(TenderKind.CASH, 65_280), KindMinor(TenderKind.CARD, 8_000), KindMinor(TenderKind.QR, 0)
    )  # fmt: skip


def test_what_was_not_typed_was_not_counted() -> None:
    assert counting.begin("CNY").counted() == ()
    assert type_rows(counting.begin("XXX"), "0").counted() == (KindMinor(TenderKind.CASH, 0),)


def test_pieces_take_no_point_and_a_sum_one() -> None:
    count = type_rows(counting.begin("CNY"), "1.5", *[""] * 7, "1.2.5")
    assert (count.texts[0], count.texts[8]) == ("15", "1.25")


def test_a_half_typed_sum_is_refused_in_words() -> None:
    with pytest.raises(Refusal, match="amount_form"):
        type_rows(counting.begin("XXX"), ".").counted()


def test_a_row_holds_so_much_and_loses_its_last_character() -> None:
    count = type_rows(counting.begin("CNY"), "1234567")
    assert count.texts[0] == "12345"
    assert counting.deleted(count).texts[0] == "1234"


def test_the_ends_of_the_rows_stay() -> None:
    count = counting.begin("CNY")
    assert (counting.moved(count, -1).row, counting.moved(count, 99).row) == (0, count.rows - 1)


def test_each_way_of_moving_cash_has_its_reasons() -> None:
    form = hand_form.choose_reason(hand_form.cash_form(), 1)
    assert (form.kind_code, form.reason_code) == ("pay_in", "float")
    out = hand_form.choose_kind(form, 1)
    assert (out.kind_code, out.reasons, out.reason) == ("pay_out", CASH_REASONS[CashKind.PAY_OUT], 0)
    assert hand_form.choose_kind(out, 9) is out
    assert hand_form.choose_reason(out, -1) is out


def test_another_coupon_keeps_the_reason() -> None:
    form = hand_form.choose_reason(hand_form.coupon_form(("ten", "five")), 2)
    assert hand_form.choose_kind(form, 1).reason == 2


def test_points_have_a_sign_and_no_point() -> None:
    form = hand_form.points_form()
    for key in "12.345678-":
        form = hand_form.typed_points(form, key)
    assert (form.text, form.points) == ("1234567", -1_234_567)
    assert hand_form.typed_points(form, "+").points == 1_234_567
    assert hand_form.deleted(form).text == "123456"
    assert (Form().points, Form().kind_code, Form().reason_code) == (0, "", "")


def test_money_is_kept_as_typed() -> None:
    assert hand_form.typed_money(hand_form.typed_money(Form(), "1"), "。").text == "1."
