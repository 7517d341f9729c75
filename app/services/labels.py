"""Goods sold by what their label says: its price or its weight, from a GS1 code or a store's own scales."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from app.domain import gs1, instore
from app.domain.gs1 import Measure
from app.domain.product import Product
from app.errors import Refusal
from app.services import settings
from app.services.till import Till

GRAM = 3
MINOR_DECIMALS = 2


def product_of(till: Till, code: str) -> Product | None:
    """The product with that barcode, however many zeros stand before it."""
    forms = gs1.gtin_forms(code) if code.isascii() and code.isdigit() and 8 <= len(code) <= 14 else ()
    return _first(till, (code, *forms))


def of_scales(till: Till, code: str) -> Product | None:
    """The goods of a label printed in the store, at its price; None when `code` is none of the chain's patterns.

    Refusal `product_unknown`, `label_without_price`.
    """
    found = instore.read(code, instore.patterns(settings.read(till).instore))
    if found is None:
        return None
    product = _first(till, (found.item, found.item.lstrip("0"), code[: code.find(found.item) + len(found.item)]))
    if product is None:
        raise Refusal("product_unknown")
    weight = None if found.grams is None else Measure(found.grams, GRAM)
    return _sold(product, found.price_minor, weight)


def of_gs1(till: Till, text: str) -> Product:
    """The goods of a GS1 element string. Refusal `gs1_unreadable`, `product_unknown`, `label_without_price`."""
    this_year = datetime.fromtimestamp(till.clock.now_ms() // 1000, till.place.zone).year
    elements = gs1.read(text, this_year)
    goods = gs1.goods(elements) if elements is not None else None
    if goods is None:
        raise Refusal("gs1_unreadable")
    product = _first(till, (goods.gtin, *gs1.gtin_forms(goods.gtin)))
    if product is None:
        raise Refusal("product_unknown")
    price = None if goods.price is None else _rounded(goods.price.digits * 10**MINOR_DECIMALS, goods.price.decimals)
    return _sold(product, price, goods.weight)


def _first(till: Till, codes: Iterable[str]) -> Product | None:
    found = (till.essentials.product(code) for code in dict.fromkeys(codes) if code)
    return next((product for product in found if product is not None), None)


def _sold(product: Product, price_minor: int | None, weight: Measure | None) -> Product:
    """The product as this label sells it; its own price is per kilogram where only a weight is printed."""
    if price_minor is None and weight is None:
        return product
    if price_minor is None and weight is not None:
        price_minor = _rounded(product.unit_minor * weight.digits, weight.decimals)
    if not price_minor:
        raise Refusal("label_without_price")
    name = product.name if weight is None else f"{product.name} {_decimal(weight)} kg"
    return replace(product, unit_minor=price_minor, name=name)


def _rounded(digits: int, decimals: int) -> int:
    """digits × 10^-decimals, half up."""
    one = int(10**decimals)
    return (2 * digits + one) // (2 * one)


def _decimal(measure: Measure) -> str:
    digits = str(measure.digits).zfill(measure.decimals + 1)
    return f"{digits[: -measure.decimals]}.{digits[-measure.decimals :]}" if measure.decimals else digits
