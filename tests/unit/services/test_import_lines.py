"""Lines of member and product files: what is taken, and what is refused with its reason."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from app.domain.card import CardScheme
from app.domain.member import Lot
from app.domain.product import Product
from app.errors import Refusal
from app.services.import_members import ImportedMember, MemberRules, members
from app.services.import_products import products
from app.services.imports import Record, Refused

RULES = MemberRules(CardScheme(), points_scale=1, today_on="2026-09-21", store="s027")


def member(rules: MemberRules = RULES, **cells: str) -> ImportedMember:
    (found,) = members([Record(2, {"member_no": "M1", **cells})], rules)
    assert isinstance(found, ImportedMember), found
    return found


def refused(**cells: str) -> str:
    (found,) = members([Record(2, {"member_no": "M1", **cells})], RULES)
    assert isinstance(found, Refused)
    assert found.line == 2
    return found.reason.code


def test_a_full_line_becomes_a_member() -> None:
    found = member(
        name="张小凡",
        phone="138 1658 2719",
        card="8800000000005",
        birthday_on="1991-12-18",
        tier="Gold",
        points="1,200.5",
        earned_on="2026/1/2",
        expires_on="20261231",
        enrolled_on="2023年5月20日",
        store="s001",
        status="正常",
        tags="敏感肌、会员日|敏感肌",
    )
    assert found == ImportedMember(
        2, "M1", "张小凡", "+8613816582719", "8800000000005", "1991-12-18", "gold", 12_005,
        (Lot(12_005, "2026-01-02", "2026-12-31"),), "2023-05-20", "s001", "active", ("敏感肌", "会员日"),
    )  # fmt: skip


def test_a_bare_line_gets_today_and_this_store() -> None:
    found = member()
    assert (found.points, found.lots, found.enrolled_on, found.store, found.status) == (
        0,
        (),
        "2026-09-21",
        "s027",
        "active",
    )


def test_a_card_alone_is_a_member_number() -> None:
    assert member(member_no="", card="8800000000005").member_no == "8800000000005"


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("13816582719", "+8613816582719"),
        ("+86 138-1658-2719", "+8613816582719"),
        ("8613816582719", "+8613816582719"),
        ("021-6235 1234", "+862162351234"),
        ("+1 415 555 2671", "+14155552671"),
    ],
)
def test_phones_become_e164(typed: str, phone: str) -> None:
    assert member(phone=typed).phone == phone


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"member_no": "", "name": "x"}, "line_empty"),
        ({"member_no": "M 1"}, "line_number_form"),
        ({"name": "x" * 65}, "line_too_long"),
        ({"name": "王 4111 1111 1111 1111"}, "line_payment_card"),
        ({"tags": "5500005555555559"}, "line_payment_card"),
        ({"card": "4111111111111111"}, "line_payment_card"),
        ({"member_no": "4111111111111111"}, "line_payment_card"),
        ({"card": "88"}, "line_card_form"),
        ({"card": "88A0000000005"}, "line_card_form"),
        ({"card": "8800000000004"}, "line_card_check"),
        ({"phone": "138"}, "line_phone_form"),
        ({"phone": "no phone"}, "line_phone_form"),
        ({"birthday_on": "18.12.1991"}, "line_date_form"),
        ({"birthday_on": "1991-02-30"}, "line_date_form"),
        ({"points": "many"}, "line_amount_form"),
        ({"points": "1.25"}, "line_amount_form"),
        ({"points": "999999999999.9"}, "line_amount_form"),
        ({"status": "asleep"}, "line_status_unknown"),
        ({"tags": ",".join(f"t{n}" for n in range(30))}, "line_too_long"),
        ({"tags": "x" * 40}, "line_too_long"),
    ],
)
def test_a_line_that_will_not_do_is_refused(cells: dict[str, str], code: str) -> None:
    assert refused(**cells) == code


def test_a_card_of_another_scheme_or_without_check_is_taken() -> None:
    assert member(card="12345678").card == "12345678"
    assert member(MemberRules(None, 0, "2026-01-01", "s"), card="8800000000004").card == "8800000000004"


def test_a_long_number_that_is_no_payment_card_may_stand_in_words() -> None:
    assert member(tags="4111 1111 1111 1112").tags == ("4111 1111 1111 1112",)


def test_a_debt_has_no_lot() -> None:
    found = member(points="-3")
    assert (found.points, found.lots) == (-30, ())


def test_points_may_be_written_with_idle_decimals() -> None:
    assert member(points="12.50").points == 125
    assert member(points="12.00").points == 120


@pytest.mark.parametrize("text", ["冻结", "Blocked", "挂失"])
def test_blocked_members_stay_blocked(text: str) -> None:
    assert member(status=text).status == "blocked"


def test_a_number_or_card_that_comes_twice_is_refused_with_its_first_line() -> None:
    lines: Iterable[Record | Refused] = [
        Record(2, {"member_no": "A", "card": "8800000000005"}),
        Refused(3, Refusal("line_unreadable")),
        Record(4, {"member_no": "A"}),
        Record(5, {"member_no": "B", "card": "8800000000005"}),
        Record(6, {"member_no": "C"}),
    ]
    found = list(members(lines, RULES))
    codes = [one.reason.code if isinstance(one, Refused) else one.member_no for one in found]
    assert codes == ["A", "line_unreadable", "line_twice", "line_twice", "C"]
    assert isinstance(found[2], Refused)
    assert found[2].reason.facts == {"field": "member_no", "first": 2}


def product(**cells: str) -> Product | Refused:
    (found,) = products([Record(2, {"sku": "g1", "name": "面膜", "price": "49.9", **cells})])
    return found


def test_a_full_line_becomes_a_product() -> None:
    assert product(
        category="skin", brand="B", tax_percent="13%", barcode="6901234567892; 6900000000007", active="是"
    ) == Product("g1", "面膜", "skin", 4990, "B", "13", ("6901234567892", "6900000000007"), True)


def test_a_barcode_alone_is_the_sku() -> None:
    found = product(sku="", barcode="6901234567892")
    assert isinstance(found, Product)
    assert found.sku == "6901234567892"


@pytest.mark.parametrize(("text", "minor"), [("¥1,234.50", 123_450), ("5", 500), ("0.05", 5)])
def test_prices_are_exact(text: str, minor: int) -> None:
    found = product(price=text)
    assert isinstance(found, Product)
    assert found.unit_minor == minor


def test_what_is_no_longer_sold_is_inactive() -> None:
    found = product(active="停售")
    assert isinstance(found, Product)
    assert not found.active


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"sku": ""}, "line_empty"),
        ({"sku": "g 1"}, "line_number_form"),
        ({"name": ""}, "line_empty"),
        ({"name": "x" * 200}, "line_too_long"),
        ({"price": ""}, "line_empty"),
        ({"price": "-5"}, "line_amount_negative"),
        ({"price": "1.234"}, "line_amount_form"),
        ({"price": "999999999"}, "line_amount_large"),
        ({"price": "99999999999999"}, "line_amount_large"),
        ({"tax_percent": "lots"}, "line_amount_form"),
        ({"barcode": "6901234567891"}, "line_barcode_check"),
        ({"barcode": "a*b"}, "line_number_form"),
        ({"barcode": " ".join(f"c{n}" for n in range(30))}, "line_too_long"),
        ({"active": "perhaps"}, "line_status_unknown"),
    ],
)
def test_a_product_line_that_will_not_do_is_refused(cells: dict[str, str], code: str) -> None:
    found = product(**cells)
    assert isinstance(found, Refused)
    assert found.reason.code == code


def test_a_sku_or_barcode_that_comes_twice_is_refused() -> None:
    lines: list[Record | Refused] = [
        Record(2, {"sku": "a", "name": "x", "price": "1", "barcode": "6901234567892"}),
        Record(3, {"sku": "a", "name": "x", "price": "1"}),
        Record(4, {"sku": "b", "name": "x", "price": "1", "barcode": "6901234567892"}),
        Record(5, {"sku": "b", "name": "x", "price": "1"}),
        Refused(6, Refusal("line_unreadable")),
    ]
    found = list(products(lines))
    codes = [one.reason.code if isinstance(one, Refused) else one.sku for one in found]
    assert codes == ["a", "line_twice", "line_twice", "b", "line_unreadable"]
