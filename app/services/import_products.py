"""One line of a product file, checked: sku, price, barcodes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final

from app.domain.card import ean_holds
from app.domain.money import AMOUNT_MINOR_MAX
from app.domain.product import Product
from app.domain.sale import TEXT_CHARS_MAX
from app.errors import Refusal
from app.services.imports import Record, Refused

SKU_CHARS_MAX: Final = 64
BARCODES_MAX: Final = 20
_SKU = re.compile(r"[A-Za-z0-9:_.-]{1,64}")
_PRICE = re.compile(r"(\d{1,18})(?:\.(\d{1,2}))?")
_PERCENT = re.compile(r"\d{1,2}(?:\.\d{1,2})?|100")


class ProductField(StrEnum):
    """What a column of a product file can be."""

    SKU = "sku"
    NAME = "name"
    CATEGORY = "category"
    BRAND = "brand"
    PRICE = "price"
    TAX_PERCENT = "tax_percent"
    BARCODE = "barcode"
    ACTIVE = "active"


SYNONYMS: Final[Mapping[StrEnum, Sequence[str]]] = {
    ProductField.SKU: ("货号", "商品编码", "商品编号", "编码", "item number", "product id", "item no", "code"),
    ProductField.NAME: ("品名", "商品名称", "名称", "product name", "description", "item name"),
    ProductField.CATEGORY: ("分类", "类别", "商品分类", "product category", "group"),
    ProductField.BRAND: ("品牌",),
    ProductField.PRICE: ("价格", "售价", "零售价", "单价", "unit price", "retail price"),
    ProductField.TAX_PERCENT: ("税率", "tax", "vat", "tax rate"),
    ProductField.BARCODE: ("条码", "条形码", "国际条码", "barcodes", "ean", "gtin", "upc"),
    ProductField.ACTIVE: ("在售", "启用", "上架", "on sale"),
}
NEEDED: Final[Sequence[Sequence[StrEnum]]] = (
    (ProductField.SKU, ProductField.BARCODE),
    (ProductField.NAME,),
    (ProductField.PRICE,),
)
ACTIVE: Final[Mapping[str, bool]] = {
    "": True, "1": True, "true": True, "yes": True, "y": True, "是": True, "在售": True, "启用": True, "上架": True,
    "0": False, "false": False, "no": False, "n": False, "否": False, "停售": False, "停用": False, "下架": False,
}  # fmt: skip


def products(lines: Iterable[Record | Refused]) -> Iterator[Product | Refused]:
    """Check every record; a sku or barcode seen before is refused with the line that had it."""
    skus: dict[str, int] = {}
    codes: dict[str, int] = {}
    for record in lines:
        if isinstance(record, Refused):
            yield record
            continue
        try:
            product = _product(record)
            for code in product.barcodes:
                if code in codes:
                    raise Refusal("line_twice", field=ProductField.BARCODE.value, first=codes[code])
            if skus.setdefault(product.sku, record.line) != record.line:
                raise Refusal("line_twice", field=ProductField.SKU.value, first=skus[product.sku])
        except Refusal as reason:
            yield Refused(record.line, reason)
        else:
            codes.update(dict.fromkeys(product.barcodes, record.line))
            yield product


def _product(record: Record) -> Product:
    barcodes = _barcodes(record)
    sku = record.text(ProductField.SKU, SKU_CHARS_MAX) or (barcodes[0] if barcodes else "")
    if not sku:
        raise Refusal("line_empty", field=ProductField.SKU.value)
    if not _SKU.fullmatch(sku):
        raise Refusal("line_number_form", field=ProductField.SKU.value)
    percent = record.cells.get("tax_percent", "").removesuffix("%").strip() or "0"
    if not _PERCENT.fullmatch(percent):
        raise Refusal("line_amount_form", field=ProductField.TAX_PERCENT.value)
    active = ACTIVE.get(record.cells.get("active", "").lower())
    if active is None:
        raise Refusal("line_status_unknown")
    return Product(
        sku=sku,
        name=record.text(ProductField.NAME, TEXT_CHARS_MAX, needed=True),
        category=record.text(ProductField.CATEGORY, SKU_CHARS_MAX),
        unit_minor=_price(record),
        brand=record.text(ProductField.BRAND, SKU_CHARS_MAX) or None,
        tax_percent=percent,
        barcodes=barcodes,
        active=active,
    )


def _price(record: Record) -> int:
    text = record.text(ProductField.PRICE, SKU_CHARS_MAX, needed=True)
    plain = text.replace(",", "").replace("\N{MINUS SIGN}", "-").lstrip("¥￥").strip()
    if _PRICE.fullmatch(plain.removeprefix("-").lstrip("¥￥")) and plain.startswith("-"):
        raise Refusal("line_amount_negative", field=ProductField.PRICE.value)
    match = _PRICE.fullmatch(plain)
    if match is None:
        raise Refusal("line_amount_form", field=ProductField.PRICE.value)
    minor = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
    if minor > AMOUNT_MINOR_MAX:
        raise Refusal("line_amount_large", field=ProductField.PRICE.value)
    return minor


def _barcodes(record: Record) -> tuple[str, ...]:
    text = record.cells.get("barcode", "")
    codes = tuple(dict.fromkeys(code for code in re.split(r"[\s,;|，；、/]+", text) if code))
    if len(codes) > BARCODES_MAX:
        raise Refusal("line_too_long", field=ProductField.BARCODE.value, max=BARCODES_MAX)
    if any(code.isdigit() and len(code) in (8, 12, 13, 14) and not ean_holds(code) for code in codes):
        raise Refusal("line_barcode_check")
    if any(not _SKU.fullmatch(code) for code in codes):
        raise Refusal("line_number_form", field=ProductField.BARCODE.value)
    return codes
