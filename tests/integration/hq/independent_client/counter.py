"""What an outsider sells: members, sales and holds as wire.md describes them, and a head office to send them to."""

from __future__ import annotations

import hashlib
import io
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.integration.hq.independent_client.outsider import Outsider, canonical, uuid7
from tests.support.hq_process import serving

TODAY = "2026-11-22"
STAFF, SHIFT = uuid7(), uuid7()
APPROVAL = {"staff_id": STAFF, "by_staff_id": uuid7(), "reason": "goodwill"}
BASIS: dict[str, object] = {
    "programme": "demo:1", "account_ver": 1, "tier": "base", "tags": [], "segments": [], "counters": {},
}  # fmt: skip


def command(*arguments: str | Path) -> tuple[int, str]:
    """A documented command of head office, here and now: its exit code and what it says."""
    from app.cli import main

    said = io.StringIO()
    with redirect_stdout(said):
        code = main(["--lang", "en", "hq", *map(str, arguments)])
    return code, said.getvalue()


@dataclass
class Served:
    """A running head office made by its commands."""

    folder: Path
    address: str
    opened: list[httpx.Client] = field(default_factory=list)

    def code(self, store_id: str = "s027", *more: str) -> str:
        done, said = command("till", "add", "--data", self.folder, "--store", store_id, "--json", *more)
        assert done == 0, said
        return str(json.loads(said)["code"])

    def client(self) -> httpx.Client:
        made = httpx.Client(timeout=120, trust_env=False)
        self.opened.append(made)
        return made

    def stranger(self) -> Outsider:
        """Somebody who is not enrolled."""
        return Outsider(self.address, self.client())

    def till(self, store_id: str = "s027") -> Outsider:
        made = self.stranger()
        assert made.enrol(self.code(store_id)).status == 200
        return made


@contextmanager
def served(folder: Path, database: str | None) -> Iterator[Served]:
    """`guitai hq init`, `store add`, `serve`; stopped at the end."""
    where = ("--database", database) if database else ()
    assert command("init", "--data", folder, "--store", "s027", "--member-host", "m.example", *where)[0] == 0
    assert command("store", "add", "--data", folder, "--store", "s900", "--region", "r2")[0] == 0
    with serving(folder) as running:
        office = Served(folder, running.address)
        yield office
        for one in office.opened:
            one.close()


def personal(fields: dict[str, object] | str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """(what the body names, the attachment) for personal data."""
    salt, ref = secrets.token_hex(32), uuid7()
    text = fields if isinstance(fields, str) else canonical(fields)
    told = hashlib.blake2b(bytes.fromhex(salt) + text.encode(), digest_size=32).hexdigest()
    return {"pii_ref": ref, "pii_hash": told}, [{"pii_ref": ref, "salt": salt, "pii": text}]


@dataclass
class Customer:
    """A member as the till that enrolled them knows them."""

    member_id: str = field(default_factory=uuid7)
    points: str = field(default_factory=uuid7)
    phone: str = field(default_factory=lambda: f"+8613{secrets.randbelow(10**9):09}")

    def body(self, **other: object) -> tuple[dict[str, object], list[dict[str, str]]]:
        named, attachments = personal({"name": "张小凡", "phone": self.phone, "birthday_on": "1990-05-20"})
        body: dict[str, object] = {
            "member_no": str(10**11 + secrets.randbelow(10**11)), "home_store_id": "s027", "enrolled_on": TODAY,
            "accounts": [{"account_id": self.points, "account_kind": "points"}], "notice_version": 1,
            "consents": [{"purpose": "service", "given": True}], **named, **other,
        }  # fmt: skip
        return body, attachments


def enrolled(till: Outsider, **other: object) -> Customer:
    """Write an enrolment."""
    customer = Customer()
    body, attachments = customer.body(**other)
    till.write("enrolment", body, member_id=customer.member_id, attachments=attachments)
    return customer


def sale_body(minor: int, **other: object) -> dict[str, object]:
    """One line of so much money, paid in cash; a point for every whole yuan."""
    points = minor // 100
    body: dict[str, object] = {
        "receipt_no": f"R{secrets.randbelow(10**9)}", "staff_id": STAFF, "shift_id": SHIFT, "business_on": TODAY,
        "currency": "CNY", "tenders": [{"kind": "cash", "minor": minor}],
        "lines": [{"sku": "T-1", "name": "茶", "qty": 1, "unit_minor": minor, "discount_minor": 0, "tax_minor": 0}],
        "result": {"payable_minor": minor, "earned": points, "to_follow": 0, "redeemed": 0,
                   "because": [{"rule": "base", "line": 0, "points": points}]},
        **other,
    }  # fmt: skip
    return body


def sell(till: Outsider, customer: Customer | None, minor: int, **other: object) -> str:
    """Write a sale; its event_id."""
    member_id = customer.member_id if customer else None
    return till.write("sale", sale_body(minor, **other), member_id=member_id, basis=BASIS)


def line(**other: object) -> dict[str, object]:
    return {"qty": 1, "unit_minor": 100, "discount_minor": 0, "tax_minor": 0, **other}


def outcomes(results: list[dict[str, Any]]) -> list[str]:
    """`applied`, or `parked bad_body`."""
    return [" ".join(filter(None, (one["outcome"], one.get("code")))) for one in results]


Tried = tuple[str, Callable[[], object]]
