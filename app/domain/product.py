"""Products as the essentials in till.db hold them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Product:
    """One product row (wire.md). `tax_percent` is decimal text; the price includes tax."""

    sku: str
    name: str
    category: str
    unit_minor: int
    brand: str | None = None
    tax_percent: str = "0"
    barcodes: tuple[str, ...] = ()
    active: bool = True
