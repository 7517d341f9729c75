"""The paper of a sale: what is on the receipt, and what is left out when it is not known."""

from __future__ import annotations

from dataclasses import replace

from app.domain.member import Lot
from app.domain.programme.document import EarnRule, RuleKind, StampCard, When
from app.domain.receipt import Columns, QrCode, Text
from app.domain.sale import FoundBy, Line, Tender, TenderKind
from app.services import checkout, members
from app.services.checkout import Cart
from app.services.members import CustomerFound
from tests.support.demo_people import card_number
from tests.support.fakes import FakeTill, fake_till

CASH, QR = TenderKind.CASH, TenderKind.QR


def demo_cart(fake: FakeTill, code: str | None = "8800000025093") -> Cart:
    """The basket of the pictures: eight pieces, ¥270.20."""
    cart = Cart()
    for product, qty in zip(fake.essentials.products, (2, 1, 1, 1, 2, 1), strict=True):
        cart = checkout.with_product(fake.till, cart, product, qty)
    if code is None:
        return cart
    found = members.identify(fake.till, code)
    assert isinstance(found, CustomerFound)
    return checkout.with_customer(cart, found.customer)


def lines_of(fake: FakeTill, cart: Cart, *tenders: Tender) -> list[str]:
    done = checkout.complete(fake.till, fake.sign_on(), cart, tenders).value
    said = []
    for block in done.receipt.blocks:
        if isinstance(block, Text):
            said.append(block.text)
        elif isinstance(block, Columns):
            said.append(f"{block.left}|{block.right}")
        elif isinstance(block, QrCode):
            said.append(block.data.partition("?")[0])
    return said


def test_a_members_receipt_says_all_there_is_to_say() -> None:
    fake = fake_till()
    assert lines_of(fake, demo_cart(fake), Tender(CASH, 30000)) == [
        "花间生活馆",
        "静安寺店  Till 2",
        "上海市静安区示例路 100 号",
        "Receipt S027-2-000001|2026-12-06 14:33",
        "Cashier 林晓 0271|Member 张*凡 Gold card",
        "玻尿酸补水面膜 5 片装",
        "    2 x 49.90|99.80",
        "氨基酸洁面乳 120g",
        "    1 x 39.00|39.00",
        "棉柔巾 100 抽 三包装",
        "    1 x 29.90|29.90",
        "樱花身体乳 400ml",
        "    1 x 59.00|59.00",
        "薄荷护龈牙膏 180g",
        "    2 x 12.80|25.60",
        "蜂蜜润唇膏 3.5g",
        "    1 x 16.90|16.90",
        "Subtotal (8 pcs)|270.20",
        "Total due|￥270.20",
        "Cash|270.20",
        "Given|300.00",
        "Change|29.80",
        "Points before|16,860",
        "Points earned (Gold card x1.2)|+324",
        "Points now|17,184",
        "Valid until 2027-12-31",
        "1,200 points can be used until 2026-12-31",
        "Spend ￥1,049.80 more to reach Diamond card",
        "https://hui.example/r/S027-2-000001",
        "Scan: points · rate us · opt out · return",
        "Issued offline: points are saved and will upload",
        "Returns within 30 days with this receipt",
    ]


def test_a_receipt_issued_while_head_office_answers_does_not_say_offline() -> None:
    fake = fake_till()
    fake.head_office.online = True
    said = lines_of(fake, demo_cart(fake), Tender(QR))
    assert "Points earned (Gold card x1.2)|+324" in said
    assert not [line for line in said if "offline" in line.lower()]


def test_an_unknown_card_reads_where_its_points_go() -> None:
    fake = fake_till()
    number = card_number("0000009999")
    said = lines_of(fake, demo_cart(fake, number), Tender(QR))
    assert f"Cashier 林晓 0271|Card ending {number[-4:]}" in said
    assert f"Points will follow to the card ending {number[-4:]}" in said
    assert "Points earned|+270" in said


def test_an_anonymous_receipt_has_no_points_block() -> None:
    fake = fake_till()
    said = lines_of(fake, checkout.with_amount(fake.till, Cart(), 8640), Tender(QR))
    assert "Cashier 林晓 0271" in said
    assert "Goods" in said
    assert not [line for line in said if "Points" in line]


def test_a_receipt_promises_behind_its_code_only_what_its_customer_has() -> None:
    fake = fake_till()
    anonymous = lines_of(fake, demo_cart(fake, None), Tender(QR))
    member = lines_of(fake, demo_cart(fake), Tender(QR))
    assert [line for line in anonymous if line.startswith("Scan")] == ["Scan: rate us · return"]
    assert [line for line in member if line.startswith("Scan")] == ["Scan: points · rate us · opt out · return"]


def test_a_member_whose_balance_is_not_here_is_told_so() -> None:
    fake = fake_till()
    fake.members.cached = (replace(fake.members.cached[0], account=None),)
    assert "The balance is shown once head office is reached" in lines_of(fake, demo_cart(fake), Tender(QR))


def test_a_member_being_merged_is_told_that_the_balance_follows() -> None:
    fake = fake_till()
    first = fake.members.cached[0]
    assert first.account
    fake.members.cached = (replace(first, account=replace(first.account, merging=True)),)
    said = lines_of(fake, demo_cart(fake), Tender(QR))
    assert "Two memberships are being merged: the balance follows" in said
    assert "Points earned (Gold card x1.2)|+324" in said
    assert not [line for line in said if line.startswith("Points now")]


def test_a_receipt_without_key_address_or_window_leaves_them_out() -> None:
    fake = fake_till()
    fake.essentials.values.clear()
    programme = fake.essentials.programme
    assert programme
    fake.essentials.programme = replace(programme, returns=replace(programme.returns, window_days=None), currency="HKD")
    fake = replace(fake, till=replace(fake.till, place=replace(fake.till.place, address="")))
    said = lines_of(fake, demo_cart(fake), Tender(QR))
    assert said[:2] == ["静安寺店", "静安寺店  Till 2"]
    assert said[-1] == "Thank you, and see you soon"
    assert "Total due|HKD 270.20" in said
    assert not [line for line in said if line.startswith("https:")]


def test_a_store_may_have_its_own_closing_line() -> None:
    fake = fake_till()
    fake.essentials.values["receipt.closing"] = "周三会员日"
    assert lines_of(fake, demo_cart(fake, None), Tender(QR))[-1] == "周三会员日"


def test_a_discount_is_one_line_on_the_paper() -> None:
    fake = fake_till()
    cart = checkout.with_line(Cart(), Line(1000, 2, name="茶", discount_minor=300))
    said = lines_of(fake, cart, Tender(QR))
    assert "Subtotal (1 pcs)|" not in said
    assert {"Subtotal (2 pcs)|20.00", "Discounts|-3.00", "Total due|￥17.00"} <= set(said)


def test_only_a_cash_sale_opens_the_drawer() -> None:
    fake = fake_till()
    session = fake.sign_on()
    assert checkout.complete(fake.till, session, demo_cart(fake), (Tender(CASH),)).value.receipt.kick_drawer
    assert not checkout.complete(fake.till, session, demo_cart(fake), (Tender(QR),)).value.receipt.kick_drawer


def test_what_comes_later_is_said_with_its_day() -> None:
    fake = fake_till()
    programme = fake.essentials.programme
    assert programme
    later = EarnRule("later", RuleKind.BONUS, When(), points=50, post_after_days=2)
    earn = replace(programme.earn, rules=(later,), available_after_days=14)
    stamps = (StampCard("summer", 10_000, When()),)
    fake.essentials.programme = replace(programme, earn=earn, stamps=stamps)
    said = lines_of(fake, demo_cart(fake), Tender(QR))
    assert {"Usable from 2026-12-20", "To follow|+50", "Stamps summer|+2", "Points earned|+270"} <= set(said)


def test_several_rules_are_told_apart_and_what_ends_soon_is_said() -> None:
    fake = fake_till()
    programme, member = fake.essentials.programme, fake.members.cached[0]
    assert programme is not None
    assert member.account is not None
    bonus = EarnRule("weekend", RuleKind.BONUS, When(), points=20)
    earn = replace(programme.earn, rules=(*programme.earn.rules, bonus))
    fake.essentials.programme = replace(programme, earn=earn)
    fake.essentials.values["rule_names.weekend"] = "周末加赠"
    account = replace(member.account, lots=(Lot(1_200, "2025-06-01", "2027-01-01"),))
    fake.members.cached = (replace(member, account=account), *fake.members.cached[1:])
    session = fake.sign_on()
    cart = checkout.with_amount(fake.till, Cart(), 10_000)
    cart = checkout.with_customer(cart, members.by_id(fake.till, member.member_id, FoundBy.CARD))
    done = checkout.complete(fake.till, session, cart, (Tender(TenderKind.CASH),)).value
    printed = {block.left: block.right for block in done.receipt.blocks if isinstance(block, Columns)}
    assert (printed["    Base points"], printed["    gold"], printed["    周末加赠"]) == ("+100", "+20", "+20")
    said = [block.text for block in done.receipt.blocks if isinstance(block, Text)]
    assert "1,200 points can be used until 2026-12-31" in said
