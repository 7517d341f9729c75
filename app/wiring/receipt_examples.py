"""An example for each paper, so that a template can be seen before it is used. The sale is the one of the design."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.domain.template import PaperKind, Row

SIGN = "￥"
AT = datetime(2026, 12, 6, 14, 33, tzinfo=ZoneInfo("Asia/Shanghai"))
LINK = "https://hui.example/r/S027-2-000331?e=0193a1b2c3d47e5f8a9b0c1d2e3f4a5b&t=27020&p=300&m=0123456789abcdef"

_TILL: Row = {
    "brand": "花间生活馆",
    "store": "静安寺店",
    "till_no": "2",
    "address": "上海市静安区示例路 100 号",
    "staff": "林晓",
    "staff_no": "0271",
    "at": AT,
    "offline": True,
}
_MEMBER: Row = {"member": "张*凡", "tier": "金卡"}
_GOODS = (
    ("玻尿酸补水面膜 5 片装", 2, 4990),
    ("氨基酸洁面乳 120g", 1, 3900),
    ("棉柔巾 100 抽 三包装", 1, 2990),
    ("樱花身体乳 400ml", 1, 5900),
    ("薄荷护龈牙膏 180g", 2, 1280),
    ("蜂蜜润唇膏 3.5g", 1, 1690),
)
_SALE: Row = {
    "receipt_no": "S027-2-000331",
    "goods": [{"name": name, "qty": qty, "unit": unit, "amount": qty * unit} for name, qty, unit in _GOODS],
    "pieces": 8,
    "gross": 27620,
    "discount": -600,
    "points_paid": 2000,
    "points_worth": -2000,
    "due": 25020,
    "tenders": [{"name": "扫码支付", "amount": 25020}],
    "known": True,
    "before": 16860,
    "spent": -2000,
    "earned": 300,
    "factor": "1.2",
    "now": 15160,
    "valid_until": date(2027, 12, 31),
    "next_amount": 106980,
    "next_tier": "钻石会员",
    "link": LINK,
    "return_days": 30,
}
_RETURN: Row = {
    "receipt_no": "S027-2-000332",
    "of": "S027-2-000331",
    "goods": [{"name": "樱花身体乳 400ml", "qty": 1, "unit": 5900, "amount": -5900}],
    "refund": 5900,
    "tenders": [{"name": "扫码支付", "amount": 5900}],
    "known": True,
    "before": 15160,
    "reversed": -70,
    "now": 15090,
}
_CASH: Row = {"name": "现金", "amount": 120000}
_SHIFT: Row = {
    "z_no": "42",
    "business_on": "2026-12-06",
    "opened": AT.replace(hour=8, minute=55),
    "sales": 86,
    "member_sales": 61,
    "gross": 920450,
    "discount": -31200,
    "net": 889250,
    "returns": 2,
    "refunded": -11800,
    "undone": 1,
    "enrolments": 5,
    "issued": 8730,
    "redeemed": 12000,
    "tenders": [{"name": "现金", "sold": 118000}, {"name": "扫码支付", "sold": 771250, "refunded": -11800}],
    "float": 50000,
    "moves": [{"name": "缴款入库", "amount": -48000}],
    "no_sales": 1,
    "expected": [_CASH],
    "counted": [{"name": "现金", "amount": 119950}],
    "differences": [{"name": "现金", "amount": -50}],
}
_DAY: Row = {
    "whole_store": True,
    "business_on": "2026-12-06",
    "net": 889250,
    "sales": 86,
    "member_percent": 71,
    "returns": 2,
    "enrolments": 5,
    "issued": 8730,
    "redeemed": 12000,
    "hours": [{"name": "10:00", "amount": 310000}, {"name": "14:00", "amount": 579250}],
}

EXAMPLES: Mapping[PaperKind, Row] = {
    PaperKind.SALE: {**_TILL, **_MEMBER, **_SALE},
    PaperKind.RETURN: {**_TILL, **_MEMBER, **_RETURN},
    PaperKind.ENROLMENT: {**_TILL, "member": "张*凡", "card": "8800000025093"},
    PaperKind.TOPUP: {
        **_TILL,
        **_MEMBER,
        "receipt_no": "S027-2-000333",
        "amount": 50000,
        "tenders": [{"name": "扫码支付", "amount": 50000}],
        "bonus": 5000,
        "stored_before": 1250,
        "stored_now": 56250,
    },
    PaperKind.SHIFT: {**_TILL, **_SHIFT},
    PaperKind.CASH: {**_TILL, "title": "缴款入库", "reason": "保险柜", "approved_by": "吴昊", "amount": 48000},
    PaperKind.CORRECTION: {
        **_TILL,
        **_MEMBER,
        "approved_by": "吴昊",
        "reason": "漏积分",
        "posted": 120,
        "before": 15160,
        "now": 15280,
    },
    PaperKind.DAY: {**_TILL, **_DAY},
}
