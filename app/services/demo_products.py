"""Demo products: two hundred articles of a drugstore with valid EAN-13 barcodes; always the same."""

from __future__ import annotations

from typing import Final

from app.domain.card import ean_holds
from app.domain.product import Product

EAN_PREFIX: Final = "6901234"
PRODUCTS: Final = 200
TAX_PERCENT: Final = "13"

PICTURED: Final = (
    ("玻尿酸补水面膜 5 片装", "skin", 4_990),
    ("氨基酸洁面乳 120g", "skin", 3_900),
    ("棉柔巾 100 抽 三包装", "paper", 2_990),
    ("樱花身体乳 400ml", "body", 5_900),
    ("薄荷护龈牙膏 180g", "oral", 1_280),
    ("蜂蜜润唇膏 3.5g", "lips", 1_690),
)
"""The basket of the pictures (look.md, b)."""

SCENTS: Final = ("樱花", "薰衣草", "绿茶", "蜂蜜", "薄荷", "玫瑰", "柑橘", "茉莉", "燕麦", "芦荟")
ARTICLES: Final = (
    ("沐浴露 500ml", "body", 3_290),
    ("洗发水 400ml", "hair", 4_590),
    ("护发素 400ml", "hair", 4_290),
    ("护手霜 50g", "hand", 1_990),
    ("洁面泡沫 150ml", "skin", 3_590),
    ("爽肤水 200ml", "skin", 6_800),
    ("保湿面霜 50g", "skin", 8_900),
    ("身体磨砂膏 200g", "body", 4_990),
    ("香皂 120g", "body", 690),
    ("洗手液 300ml", "hand", 1_590),
    ("牙膏 120g", "oral", 1_190),
    ("漱口水 500ml", "oral", 2_990),
    ("湿巾 80 抽", "paper", 990),
    ("抽纸 3 层 6 包", "paper", 1_890),
    ("洗衣液 2kg", "home", 3_990),
    ("洗洁精 1kg", "home", 1_290),
    ("空气清新剂 320ml", "home", 1_790),
    ("足膜 2 双装", "body", 2_490),
    ("发膜 250g", "hair", 5_290),
    ("唇膜 20g", "lips", 3_890),
)


def demo_products() -> tuple[Product, ...]:
    """The pictured articles first, then scents by articles until there are PRODUCTS."""
    named = list(PICTURED)
    for number in range(PRODUCTS - len(PICTURED)):
        name, category, minor = ARTICLES[number % len(ARTICLES)]
        scent = SCENTS[number // len(ARTICLES) % len(SCENTS)]
        named.append((f"{scent}{name}", category, minor + number // len(ARTICLES) * 50))
    return tuple(
        Product(f"g{place + 1:04d}", name, category, minor, tax_percent=TAX_PERCENT, barcodes=(barcode(place),))
        for place, (name, category, minor) in enumerate(named)
    )


def barcode(place: int) -> str:
    """The EAN-13 of the product with that place from 0."""
    body = f"{EAN_PREFIX}{place + 1:05d}"
    return next(body + str(digit) for digit in range(10) if ean_holds(body + str(digit)))
