"""The `Essentials` port: what opens the shop without a cache, from till.db. Store thread only.

Programmes and settings are read once and kept: they change only through this process (imports) or when sync says so,
and both call `forget`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import sqlcipher3.dbapi2 as driver

from app.domain.member_code import WeekKey
from app.domain.product import Product
from app.domain.programme.document import Programme
from app.domain.programme.parse import parse
from app.domain.staff import Staff
from app.errors import ConfigError, StoreError
from app.services.ports import Setting
from app.store import templates
from app.store.connect import Connection, fault
from app.store.rows import product_value, read_product, read_settings, read_staff, read_week_key, staff_value

PROGRAMMES: Final = "SELECT programme_id, valid_from_ms, document FROM programme"
BY_BARCODE: Final = "SELECT p.raw FROM product_barcode AS b JOIN product AS p ON p.sku = b.sku WHERE b.code = ?"
BY_SKU: Final = "SELECT raw FROM product WHERE sku = ?"
STAFF: Final = "SELECT raw FROM staff ORDER BY staff_no"
WEEK_KEYS: Final = "SELECT raw FROM code_key ORDER BY week"
SETTINGS: Final = "SELECT raw FROM setting ORDER BY level"


class TillEssentials:
    """Reads of the essentials. An inactive product or person is not there."""

    def __init__(self, db: Connection, path: Path) -> None:
        self._db = db
        self._path = path
        self._programmes: tuple[tuple[int, Programme], ...] | None = None
        self._settings: Mapping[str, Setting] | None = None

    def programme_at(self, at_ms: int) -> Programme:
        """See the port. StoreError `programme_stored_bad` for one that was good when it was stored."""
        if self._programmes is None:
            found = [_programme(row) for row in self._rows(PROGRAMMES)]
            self._programmes = tuple(sorted(found, key=lambda one: (one[0], one[1].version), reverse=True))
        for valid_from_ms, programme in self._programmes:
            if valid_from_ms <= at_ms:
                return programme
        raise ConfigError("programme_missing")

    def product(self, code: str) -> Product | None:
        for statement in (BY_BARCODE, BY_SKU):
            rows = self._rows(statement, code)
            if rows:
                product = product_value(read_product(rows[0][0]))
                return product if product.active else None
        return None

    def staff(self) -> tuple[Staff, ...]:
        everyone = (staff_value(read_staff(row[0])) for row in self._rows(STAFF))
        return tuple(person for person in everyone if person.active)

    def settings(self) -> Mapping[str, Setting]:
        if self._settings is None:
            merged: dict[str, Setting] = {}
            for (raw,) in self._rows(SETTINGS):
                section = read_settings(raw)
                merged.update({f"{section.id}.{key}": value for key, value in section.values.items()})
            self._settings = MappingProxyType(merged)
        return self._settings

    def week_keys(self) -> tuple[WeekKey, ...]:
        return tuple(read_week_key(raw) for (raw,) in self._rows(WEEK_KEYS))

    def template(self, name: str, language: str) -> str | None:
        """The chain's text for a paper; None without one."""
        rows = self._rows(templates.TEXT, name, language)
        return rows[0][0] if rows else None

    def forget(self) -> None:
        """Read programmes and settings afresh next time."""
        self._programmes = None
        self._settings = None

    def _rows(self, statement: str, *values: str) -> list[Any]:
        try:
            return list(self._db.execute(statement, values))
        except driver.Error as error:
            raise fault(error, self._path) from error


def _programme(row: Any) -> tuple[int, Programme]:
    programme_id, valid_from_ms, document = row
    try:
        return valid_from_ms, parse(json.loads(document))
    except (ValueError, ConfigError) as error:
        raise StoreError("programme_stored_bad", id=programme_id) from error
