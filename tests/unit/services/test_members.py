"""What a scan or typed text means, and what a screen is told about whom it found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.card import luhn_digit
from app.domain.member import MemberStatus, PointsAccount
from app.domain.programme.document import Level, Metric, Tiers
from app.domain.sale import FoundBy
from app.errors import Refusal
from app.ids import MemberId
from app.services import members
from app.services.members import CustomerFound, ProductFound
from app.services.ports import Effect
from tests.support.demo_people import card_number, ean13
from tests.support.fakes import FakeTill, fake_till

ZHANG = "8800000025093"


def found(fake: FakeTill, code: str) -> CustomerFound:
    answer = members.identify(fake.till, code)
    assert isinstance(answer, CustomerFound)
    return answer


def refused(code: str, fake: FakeTill | None = None) -> str:
    with pytest.raises(Refusal) as caught:
        members.identify((fake or fake_till()).till, code)
    return caught.value.code


def test_a_member_card_shows_the_member_masked() -> None:
    customer = found(fake_till(), f" {ZHANG}\r").customer
    view = customer.view
    assert (view.name, view.phone, view.card, view.avatar) == ("张*凡", "138****2719", "5093", "张")
    assert (view.points, view.worth_minor, view.usable_points, view.tier) == (16860, 16860, 0, "gold")
    assert (view.expiring_points, view.expiring_on) == (1200, "2026-12-31")
    assert (view.birthday, view.birthday_hint) == ("12-18", True)
    assert (view.to_next_tier_minor, view.tier_progress_percent) == (132_000, 90)
    assert view.last_visit == "12|S027|15800"
    assert (customer.found_by, view.enrolled_here) == (FoundBy.CARD, False)


def test_an_unknown_card_gets_the_points_by_its_number() -> None:
    fake = fake_till()
    number = card_number("0000009999")
    fake.truth.effects.append(Effect(None, number, 35))
    answer = found(fake, number)
    assert answer.unknown_card
    assert (answer.customer.member_id, answer.customer.card) == (None, number)
    assert (answer.customer.view.points, answer.customer.view.pending_points) == (None, 35)


def test_without_a_cache_every_card_is_unknown_but_usable() -> None:
    fake = fake_till()
    fake.members.loaded = False
    assert found(fake, ZHANG).unknown_card


def test_a_product_is_found_by_its_barcode() -> None:
    fake = fake_till()
    assert members.identify(fake.till, "6901234500011") == ProductFound(fake.essentials.products[0])


def test_a_product_whose_barcode_looks_like_a_card_stays_a_product() -> None:
    fake = fake_till()
    korean = card_number("0955512345")
    wrong_as_card = korean[:-1] + str((int(korean[-1]) + 1) % 10)
    goods = replace(fake.essentials.products[0], barcodes=(korean, wrong_as_card))
    fake.essentials.products = (goods,)
    assert members.identify(fake.till, korean) == ProductFound(goods)
    assert members.identify(fake.till, wrong_as_card) == ProductFound(goods)


def test_an_old_card_of_another_form_still_finds_its_member() -> None:
    fake = fake_till()
    fake.members.cached = (replace(fake.members.cached[0], card="VIP-0007"),)
    assert found(fake, "VIP-0007").customer.view.name == "张*凡"


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("134567890123456789", "payment_code"),
        ("2812345678901234", "payment_code"),
        ("6212345678901234567", "payment_code"),
        ("8800000025094", "check_digit"),
        ("6901234500012", "check_digit"),
        ("5810000000000" + "0" * 10 + luhn_digit("5810000000000" + "0" * 10), "member_code_no_key"),
        ("https://hui.example/r/S027-2-000001?e=0192&t=1&p=1&m=0123456789abcdef", "receipt_scanned"),
        ("GTS0000", "staff_card_scanned"),
        (ean13("690123459999"), "product_unknown"),
        ("hello", "code_unknown"),
        ("", "code_unknown"),
        (card_number("0000007454"), "member_blocked"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_reason(code: str, refusal: str) -> None:
    assert refused(code) == refusal


def test_a_member_who_is_not_loaded_yet_is_told_from_one_who_is_gone() -> None:
    fake = fake_till()
    with pytest.raises(Refusal, match="member_unknown"):
        members.by_id(fake.till, MemberId("nobody"), FoundBy.LIST)
    fake.members.loaded = False
    with pytest.raises(Refusal, match="member_not_loaded"):
        members.by_id(fake.till, fake.members.cached[0].member_id, FoundBy.LIST)


def test_a_blocked_member_is_refused_by_an_old_card_too() -> None:
    fake = fake_till()
    fake.members.cached = (replace(fake.members.cached[0], card="VIP-0007", status=MemberStatus.BLOCKED),)
    assert refused("VIP-0007", fake) == "member_blocked"


def test_initials_find_several_members_masked() -> None:
    answer = members.find(fake_till().till, "zxf", limit=3)
    assert [one.view.name for one in answer.customers] == ["张*凡", "张*芳", "赵*峰"]
    assert (answer.total, answer.more) == (5, False)
    assert {one.found_by for one in answer.customers} == {FoundBy.NAME}


def test_how_a_member_was_found_is_remembered() -> None:
    fake = fake_till()
    assert members.find(fake.till, "2719").customers[0].found_by is FoundBy.PHONE
    assert members.find(fake.till, ZHANG).customers[0].found_by is FoundBy.CARD


def test_no_text_finds_nobody() -> None:
    assert members.find(fake_till().till, "  ").total == 0


def test_a_member_is_read_afresh() -> None:
    fake = fake_till()
    zhang = fake.members.cached[0]
    fake.truth.effects.append(Effect(zhang.account.account_id if zhang.account else None, None, 40))
    view = members.by_id(fake.till, zhang.member_id, FoundBy.LIST).view
    assert (view.points, view.pending_points, view.to_next_tier_minor) == (16900, 40, None)


def test_somebody_gone_or_blocked_cannot_be_chosen() -> None:
    fake = fake_till()
    with pytest.raises(Refusal, match="member_unknown"):
        members.by_id(fake.till, MemberId("gone"), FoundBy.LIST)
    with pytest.raises(Refusal, match="member_blocked"):
        members.by_id(fake.till, fake.members.cached[5].member_id, FoundBy.LIST)


def test_a_member_whose_account_is_not_here_has_no_figures() -> None:
    fake = fake_till()
    bare = replace(fake.members.cached[0], account=None, name=None, phone=None, birthday_on=None, card=None)
    customer = members.customer_of(fake.till, bare, FoundBy.LIST)
    view = customer.view
    assert (view.points, view.worth_minor, view.usable_points, view.expiring_on) == (None, None, None, None)
    assert (view.name, view.phone, view.card, view.last_visit, view.birthday_hint) == ("", "", "", "", False)
    assert customer.account_id is None


def test_debt_is_worth_nothing_and_shows_below_zero() -> None:
    fake = fake_till()
    zhang = fake.members.cached[0]
    assert zhang.account
    fake.members.cached = (replace(zhang, account=replace(zhang.account, balance=-50, lots=(), next_tier=None)),)
    view = found(fake, ZHANG).customer.view
    assert (view.points, view.worth_minor, view.to_next_tier_minor) == (-50, 0, None)


def test_without_redeeming_points_have_no_worth() -> None:
    fake = fake_till()
    assert fake.essentials.programme
    fake.essentials.programme = replace(fake.essentials.programme, redeem=None, tiers=None)
    view = found(fake, ZHANG).customer.view
    assert (view.worth_minor, view.to_next_tier_minor) == (None, None)


def test_progress_is_only_shown_for_a_spend_metric() -> None:
    fake = fake_till()
    assert fake.essentials.programme
    tiers = Tiers((Level("gold", 1),), metric=Metric.VISITS)
    fake.essentials.programme = replace(fake.essentials.programme, tiers=tiers)
    assert found(fake, ZHANG).customer.view.to_next_tier_minor is None


def test_lots_that_end_later_or_never_are_not_called_expiring() -> None:
    fake = fake_till()
    zhang = fake.members.cached[0]
    assert zhang.account
    lots = tuple(replace(lot, expires_on=None) for lot in zhang.account.lots)
    account: PointsAccount = replace(zhang.account, lots=lots, last_visit_ms=None)
    fake.members.cached = (replace(zhang, account=account),)
    view = found(fake, ZHANG).customer.view
    assert (view.expiring_points, view.expiring_on, view.last_visit) == (0, None, "")


def test_a_chain_may_name_its_tiers() -> None:
    fake = fake_till()
    fake.essentials.values["tier_names.gold"] = "尊享金"
    assert found(fake, ZHANG).customer.view.tier_name == "尊享金"
