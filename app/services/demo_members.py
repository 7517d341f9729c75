"""Demo members: plausible Chinese names, phones, tiers, points and visits; the same seed gives the same people.

Nobody real: names are drawn from common surnames and given-name characters, numbers at random.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Final

from app.domain.card import luhn_digit
from app.domain.member import Lot
from app.services.import_members import NOTHING_BESIDE, Beside, ImportedCoupon, ImportedMember, LastVisit

CARD_PREFIX: Final = "88"
CARD_BODY_DIGITS: Final = 10
DAY_MS: Final = 86_400_000
MEMBERS_MAX: Final = 10**CARD_BODY_DIGITS - 1

SURNAMES: Final = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN: Final = (
    "英华玉秀文明兰金国春红建丽平桂志伟梅小海晓军芳云杰凤霞生强峰玲萍燕敏宇雪波辉涛婷欣怡佳晨雨子轩涵梓浩然思琪诗"
    "俊博鹏飞超洋磊娜静洁琳莹颖慧倩蕾岚薇菲帆凡嘉瑞泽恒毅宁安心悦彤依可乐天航旭阳光亮斌勇刚龙虎翔鑫源林森清源"
)
PHONE_STARTS: Final = tuple(
    str(start)
    for first, last in ((130, 139), (150, 153), (155, 159), (176, 178), (180, 183), (185, 189), (198, 199))
    for start in range(first, last + 1)
)
TIERS: Final = (("base", "silver", 300), ("silver", "gold", 2_500), ("gold", "diamond", 9_000), ("diamond", "", 30_000))
TIER_WEIGHTS: Final = tuple(accumulate((62, 25, 11, 2)))
NEXT_TIER_MINOR: Final = 1_000_000
WELCOME, TENTH, STAMP_CARD = "welcome10", "tenth", "hair"
COUPON_DAYS: Final = {WELCOME: 365, TENTH: 90}
"""Coupon types of the demo programme and the days each is valid for."""
STAMPS_GOAL: Final = 6
COUPON_SHARES: Final = ((WELCOME, range(6)), (TENTH, range(5, 8)))
STAMP_SHARE, STORED_SHARE = range(7, 10), range(9, 12)
"""Of a hundred members; where the ranges meet, one has both. Most hold nothing beside points."""
ISSUED_DAYS_MAX: Final = 60
_SURNAME_WEIGHTS: Final = tuple(accumulate(1_000 // (place + 8) for place in range(len(SURNAMES))))

FEATURED: Final = (
    ("张小凡", "13816582719", "gold", 16_860, "12-18", 12, 15_800),
    ("张晓芳", "15921440386", "silver", 2_340, "05-09", 1, 8_640),
    ("赵雪峰", "18630127751", "base", 415, "08-30", 92, 3_990),
    ("郑晓菲", "13755084402", "diamond", 48_120, "11-02", 5, 126_000),
    ("周晓帆", "13560039018", "base", 60, "03-21", 335, 5_900),
)
"""The people of the pictures (look.md, b and f): name, phone, tier, points, birthday, days since, last total."""


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """What to make: how many, from which seed, seen from which moment, for which store among which."""

    count: int
    now_ms: int
    home_store_id: str
    seed: int = 20261122
    store_ids: tuple[str, ...] = ()


def demo_members(plan: DemoPlan) -> Iterator[ImportedMember]:
    """`plan.count` members, one after another; the first ones are those of the pictures."""
    if not 0 <= plan.count <= MEMBERS_MAX:
        raise ValueError("more members than card numbers")
    rng, more = Random(plan.seed), Random(plan.seed + 1)
    today = datetime.fromtimestamp(plan.now_ms / 1000, UTC).date()
    stores = plan.store_ids or (plan.home_store_id,)
    days = [(today - timedelta(days=back)).isoformat() for back in range(3650)]
    year_end = f"{today.year}-12-31"
    next_end = f"{today.year + 1}-12-31"
    for place in range(plan.count):
        if place < len(FEATURED):
            yield _featured(place, plan, today)
            continue
        tier, next_tier, typical = TIERS[_draw(rng, TIER_WEIGHTS)]
        points = int(rng.expovariate(1 / typical)) if rng.random() < 0.94 else 0
        old = points // 4 if points > 200 else 0
        since = min(int(rng.expovariate(1 / 60)), 900)
        enrolled = since + int(rng.random() * 2000)
        lots = [Lot(old, days[min(enrolled, since + 200)], year_end)] if old else []
        if points - old:
            lots.append(Lot(points - old, days[since], next_end))
        yield ImportedMember(
            line=place + 2,
            member_no=_member_no(place),
            name=_name(rng),
            phone=f"+86{PHONE_STARTS[int(rng.random() * len(PHONE_STARTS))]}{int(rng.random() * 10**8):08d}",
            card=card_number(place),
            birthday_on=_birthday(rng),
            tier=tier,
            points=points,
            lots=tuple(lots),
            enrolled_on=days[enrolled],
            store=stores[int(rng.random() * len(stores))],
            status="active" if rng.random() < 0.998 else "blocked",
            visit=LastVisit(
                plan.now_ms - since * DAY_MS, stores[int(rng.random() * len(stores))], 990 + int(rng.random() * 30_000)
            ),
            qualifying=int(rng.random() * NEXT_TIER_MINOR),
            next_tier=next_tier,
            beside=_beside(more, today),
        )


def card_number(place: int) -> str:
    """The card of the demo member with that place from 0: prefix, ten digits, check digit."""
    body = f"{CARD_PREFIX}{place:0{CARD_BODY_DIGITS}d}"
    return body + luhn_digit(body)


def _featured(place: int, plan: DemoPlan, today: date) -> ImportedMember:
    name, phone, tier, points, birthday, since, total_minor = FEATURED[place]
    expiring = min(1_200, points // 3)
    earned = (today - timedelta(days=since)).isoformat()
    return ImportedMember(
        line=place + 2,
        member_no=_member_no(place),
        name=name,
        phone=f"+86{phone}",
        card=card_number(place),
        birthday_on=f"1991-{birthday}",
        tier=tier,
        points=points,
        lots=(
            Lot(expiring, f"{today.year - 1}-06-01", f"{today.year}-12-31"),
            Lot(points - expiring, earned, f"{today.year + 1}-12-31"),
        ),
        enrolled_on=f"{today.year - 3}-05-20",
        store=plan.home_store_id,
        status="active",
        tags=("敏感肌",) if place == 0 else (),
        visit=LastVisit(plan.now_ms - since * DAY_MS, plan.home_store_id, total_minor),
        qualifying=868_000 if tier == "gold" else 120_000,
        next_tier=next((after for one, after, _ in TIERS if one == tier), ""),
        beside=Beside(
            (*(_coupon(WELCOME, today, back) for back in (30, 20, 10)), _coupon(TENTH, today, 10)),
            ((STAMP_CARD, STAMPS_GOAL - 2),),
            20_000,
        )
        if place == 0
        else NOTHING_BESIDE,
    )


def _beside(rng: Random, today: date) -> Beside:
    """What a member holds beside points, drawn apart from who they are: the same people as without it."""
    lot = int(rng.random() * 100)
    if lot >= STORED_SHARE.stop:
        return NOTHING_BESIDE
    return Beside(
        tuple(
            _coupon(kind, today, int(rng.random() * ISSUED_DAYS_MAX)) for kind, share in COUPON_SHARES if lot in share
        ),
        ((STAMP_CARD, 1 + int(rng.random() * (STAMPS_GOAL - 1))),) if lot in STAMP_SHARE else (),
        1_000 * (1 + int(rng.random() * 50)) if lot in STORED_SHARE else 0,
    )


def _coupon(kind: str, today: date, back: int) -> ImportedCoupon:
    issued = today - timedelta(days=back)
    return ImportedCoupon(kind, issued.isoformat(), (issued + timedelta(days=COUPON_DAYS[kind])).isoformat())


def _member_no(place: int) -> str:
    return f"{place + 1:012d}"


def _name(rng: Random) -> str:
    surname = SURNAMES[_draw(rng, _SURNAME_WEIGHTS)]
    first = GIVEN[int(rng.random() * len(GIVEN))]
    if rng.random() < 0.18:
        return surname + first
    return surname + first + GIVEN[int(rng.random() * len(GIVEN))]


def _birthday(rng: Random) -> str:
    if rng.random() < 0.15:
        return ""
    return f"{1950 + int(rng.random() * 58)}-{1 + int(rng.random() * 12):02d}-{1 + int(rng.random() * 28):02d}"


def _draw(rng: Random, totals: tuple[int, ...]) -> int:
    """A place with the probability of its share of the running totals."""
    wanted = rng.random() * totals[-1]
    low, high = 0, len(totals) - 1
    while low < high:
        middle = (low + high) // 2
        if totals[middle] <= wanted:
            low = middle + 1
        else:
            high = middle
    return low
