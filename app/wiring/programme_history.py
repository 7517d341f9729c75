"""Stored sales and returns of a till's folder or of head office, as the programme can run them again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from app.domain.programme.comparing import Known, Past, PastReturn, PastSale
from app.domain.sale import Basket, Line, OrderDiscount, RewardUse, Tender, TenderKind
from app.errors import StoreError
from app.store import connect, keys, verify
from app.store.files import read_identity
from app.store.folder import TILL_FILE

DAY_MS = 86_400_000
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """An event as it was written, and where."""

    raw: str
    store: str
    region: str


def of_till(folder: Path) -> list[Past]:
    """The sales and returns of one till, changing nothing. StoreError `till_missing` and those of opening."""
    path = folder / TILL_FILE
    if not path.exists():
        raise StoreError("till_missing", folder=str(folder))
    with closing(connect.connect(path, keys.load(folder, os.environ).key(TILL_FILE), connect.TILL)) as db:
        db.execute("PRAGMA query_only = 1")
        place = read_identity(db, path)
        events = [Stored(raw, place.store_id, place.region_id) for _e, _s, _id, raw, _h in verify.every_event(db, path)]
    return list(_read(events, {}))


def of_head_office(folder: Path) -> list[Past]:
    """The sales and returns of all tills that head office has applied. ConfigError of opening."""
    from app.wiring.hq_folder import open_office  # lazy: a till's folder needs no database driver
    from sync.hq.work.history import birthdays, stored_events

    office = open_office(folder)
    try:
        with office.database.read() as connection:
            events = [Stored(*one) for one in stored_events(connection, ("sale", "sale_return", "undo"))]
            return list(_read(events, birthdays(connection)))
    finally:
        office.database.close()


def last_days(past: list[Past], days: int) -> list[Past]:
    """What happened in the `days` up to the newest of them."""
    newest = max((one.at_ms for one in past), default=0)
    return [one for one in past if one.at_ms > newest - days * DAY_MS]


def _read(events: list[Stored], birthdays: Mapping[str, str]) -> Iterator[Past]:
    for stored in events:
        event = json.loads(stored.raw)
        if event["type"] == "sale":
            yield _sale(event, stored, birthdays)
        elif event["type"] in ("sale_return", "undo"):
            lines = event["body"].get("lines")
            counted = {one["line"]: one["qty"] for one in lines} if lines else None
            yield PastReturn(event["event_id"], event["at_ms"], event["body"]["of"], counted)


def _sale(event: Json, stored: Stored, birthdays: Mapping[str, str]) -> PastSale:
    body, member = event["body"], event.get("member_id")
    return PastSale(
        event=event["event_id"],
        at_ms=event["at_ms"],
        store=stored.store,
        region=stored.region,
        member=member or event.get("card"),
        known=_known(event.get("basis", {}), birthdays.get(member or "")),
        basket=_basket(body),
        promised=body["result"]["earned"] + body["result"]["to_follow"],
    )


def _known(basis: Json, birthday: str | None) -> Known:
    return Known(
        known="account_ver" in basis,
        tier=basis.get("tier"),
        tags=frozenset(basis.get("tags", ())),
        segments=frozenset(basis.get("segments", ())),
        counters=basis.get("counters", {}),
        birthday_on=date.fromisoformat(birthday) if birthday else None,
    )


def _basket(body: Json) -> Basket:
    return Basket(
        lines=tuple(Line(**one) for one in body["lines"]),
        order_discounts=tuple(
            OrderDiscount(one.get("percent"), one.get("minor"), frozenset(one.get("categories", ())))
            for one in body.get("order_discounts", ())
        ),
        coupons=tuple(one["type"] for one in body.get("coupons", ())),
        rewards=tuple(RewardUse(one["id"], one.get("times", 1), one.get("units")) for one in body.get("rewards", ())),
        tenders=tuple(_tender(one) for one in body["tenders"]),
    )


def _tender(one: Json) -> Tender:
    kind = TenderKind(one["kind"])
    if kind is TenderKind.POINTS:
        return Tender(kind, points=one.get("points", 0))
    return Tender(kind, one["minor"])
