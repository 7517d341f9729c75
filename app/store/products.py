"""Products into the essentials of till.db: the row of wire.md, and the barcodes that lead to it."""

from __future__ import annotations

from typing import Final, Literal

from app.domain.chain import canonical
from app.domain.product import Product
from app.store.connect import Connection

OLD: Final = "SELECT ver, raw FROM product WHERE sku = ?"
PUT: Final = (
    "INSERT INTO product (sku, ver, raw) VALUES (?, ?, ?) ON CONFLICT (sku) DO UPDATE SET ver = excluded.ver,"
    " raw = excluded.raw"
)
DROP_CODES: Final = "DELETE FROM product_barcode WHERE sku = ?"
PUT_CODE: Final = "INSERT OR REPLACE INTO product_barcode (code, sku) VALUES (?, ?)"


def put_product(db: Connection, product: Product) -> Literal["added", "changed", "unchanged"]:
    """Write one product inside a transaction of the caller; unchanged when the same row is there already."""
    old = db.execute(OLD, (product.sku,)).fetchone()
    if old is not None and product_raw(product, old[0]) == old[1]:
        return "unchanged"
    ver = 1 if old is None else old[0] + 1
    db.execute(PUT, (product.sku, ver, product_raw(product, ver)))
    db.execute(DROP_CODES, (product.sku,))
    db.executemany(PUT_CODE, [(code, product.sku) for code in product.barcodes])
    return "added" if old is None else "changed"


def product_raw(product: Product, ver: int) -> str:
    """The product row's canonical text (wire.md, "Rows")."""
    row: dict[str, str | int | bool | list[str]] = {
        "kind": "product",
        "id": product.sku,
        "ver": ver,
        "name": product.name,
        "category": product.category,
        "unit_minor": product.unit_minor,
        "tax_percent": product.tax_percent,
        "barcodes": list(product.barcodes),
        "active": product.active,
    }
    if product.brand is not None:
        row["brand"] = product.brand
    return canonical(row)
