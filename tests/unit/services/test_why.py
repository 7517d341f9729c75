"""Why these points: of the basket, and of a receipt with what was known when it was made."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from app.domain.programme.document import EarnRule, RuleKind, When
from app.domain.programme.explain import Reason, Refused
from app.domain.sale import FoundBy, Tender, TenderKind
from app.errors import Refusal
from app.ids import EventId
from app.services import checkout, members, why
from app.services.checkout import Cart
from app.services.why import Why, WhyRule
from tests.support.fakes import FakeTill, fake_till


def with_rules(*rules: EarnRule) -> FakeTill:
    fake = fake_till()
    programme = fake.essentials.programme
    assert programme is not None
    earn = replace(programme.earn, rules=(*programme.earn.rules, *rules))
    fake.essentials.programme = replace(programme, earn=earn)
    return fake


def cart(fake: FakeTill, *, member: bool = True) -> Cart:
    filled = checkout.with_amount(fake.till, Cart(), 10_000)
    if member:
        who = members.by_id(fake.till, fake.members.cached[0].member_id, FoundBy.CARD)
        filled = checkout.with_customer(filled, who)
    return filled


def sell(fake: FakeTill, filled: Cart) -> EventId:
    return checkout.complete(fake.till, fake.sign_on(), filled, (Tender(TenderKind.CASH),)).value.event_id


def rule(shown: Why, name: str) -> WhyRule:
    return next(one for one in shown.rules if one.rule == name)


def test_a_basket_says_line_by_line_what_each_rule_gives() -> None:
    fake = with_rules()
    shown = why.of_basket(fake.till, cart(fake))
    (line,) = shown.lines
    assert (line.points, line.parts, line.eligible_minor) == (120, (("base", 100), ("gold", 20)), 10_000)
    assert (shown.points, shown.receipt_no, shown.nobody) == (120, "", False)
    refused = rule(shown, "diamond").refused
    assert refused == Refused(Reason.TIERS, ("Diamond card",), ("Gold card",))


def test_rules_and_tiers_are_called_by_the_chains_own_words() -> None:
    fake = with_rules(EarnRule("plus", RuleKind.MULTIPLY, When(), factor=Fraction(11, 10)))
    fake.essentials.values |= {"rule_names.gold": "金卡加赠", "tier_names.diamond": "钻"}
    shown = why.of_basket(fake.till, cart(fake))
    assert shown.lines[0].parts[1] == ("金卡加赠", 20)
    assert rule(shown, "plus").refused == Refused(Reason.BETTER_RULE, found=("金卡加赠",))
    refused = rule(shown, "diamond").refused
    assert refused is not None
    assert refused.wanted == ("钻",)


def test_nobody_is_given_nothing_and_an_empty_basket_is_not_asked() -> None:
    fake = fake_till()
    assert why.of_basket(fake.till, cart(fake, member=False)).nobody
    with pytest.raises(Refusal, match="cart_empty"):
        why.of_basket(fake.till, Cart())


def test_a_receipt_is_explained_by_what_it_promised() -> None:
    fake = with_rules(EarnRule("big", RuleKind.BONUS, When(min_spend_minor=50_000), points=100))
    event_id = sell(fake, cart(fake))
    shown = why.of_receipt(fake.till, event_id)
    assert (shown.points, shown.receipt_no) == (120, "S027-2-000001")
    assert rule(shown, "big").refused == Refused(Reason.MIN_SPEND, ("50000",), ("10000",))
    assert rule(shown, "gold").points == 20


def test_a_receipt_is_answered_from_what_was_known_then() -> None:
    fake = with_rules(EarnRule("once", RuleKind.BONUS, When(), points=5, limit_per_member=1))
    account = fake.members.cached[0].account
    assert account is not None
    used = replace(account, counters={"receipts": 4, "rule.once": 1}, counters_on="2026-12-01")
    fake.members.cached = (replace(fake.members.cached[0], account=used), *fake.members.cached[1:])
    event_id = sell(fake, cart(fake))
    unused = replace(account, tier="diamond", counters={})
    fake.members.cached = (replace(fake.members.cached[0], account=unused), *fake.members.cached[1:])
    shown = why.of_receipt(fake.till, event_id)
    assert rule(shown, "once").refused == Refused(Reason.LIMIT, ("1",), ("1",))
    refused = rule(shown, "diamond").refused
    assert refused is not None
    assert refused.found == ("Gold card",)


def test_a_receipt_without_a_member_and_one_of_a_card_nobody_knows() -> None:
    fake = with_rules(EarnRule("third", RuleKind.BONUS, When(nth_purchase=3), points=5))
    nobody = why.of_receipt(fake.till, sell(fake, cart(fake, member=False)))
    assert (nobody.nobody, {one.refused for one in nobody.rules}) == (True, {Refused(Reason.ANONYMOUS)})
    stranger = checkout.with_customer(cart(fake, member=False), members.unknown_card(fake.till, "8810000000004"))
    shown = why.of_receipt(fake.till, sell(fake, stranger))
    assert shown.points == 100
    assert rule(shown, "third").refused == Refused(Reason.NTH_PURCHASE, ("3",))


def test_a_receipt_of_nowhere_is_not_explained() -> None:
    fake = fake_till()
    with pytest.raises(Refusal, match="receipt_unknown"):
        why.of_receipt(fake.till, EventId("01920000-0000-7000-8000-00000000beef"))
