"""`guitai init`: a new till in an empty folder, with everything it needs until head office enrols tills."""

from __future__ import annotations

import csv
import os
import re
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

import click

from app.clock import SystemClock
from app.domain.card import CardScheme
from app.domain.programme.parse import parse
from app.domain.programme.schema import read_json, read_toml
from app.domain.staff import PIN_DIGITS_MAX, PIN_DIGITS_MIN, Role
from app.errors import ConfigError
from app.i18n import Translator
from app.ids import uuid7
from app.messages.basics import WORDS
from app.messages.words import say
from app.resources import resources
from app.services.ports import Setting
from app.store.install import Block, NewStaff, Setup, create_till
from app.wiring.folders import data_option
from app.wiring.till import zone_of

MEMBER_NO_DIGITS = 12
BLOCK_NUMBERS = 1000
STORE_ID_FORM = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
TILL_NO_FORM = re.compile(r"[A-Za-z0-9]{1,8}")
STAFF_COLUMNS = ("staff_no", "name", "role", "pin")


@click.command("init")
@data_option
@click.option("--store", "store_id", required=True, help="The store's id, as s027.")
@click.option("--store-name", default="", help="The store's name on screen and paper.")
@click.option("--address", default="", help="The store's address on paper.")
@click.option("--brand", default="", help="The chain's name on top of the receipt; else the store's.")
@click.option("--till", "till_no", required=True, help="What people call this till, as 2.")
@click.option("--region", "region_id", default="r1", show_default=True)
@click.option("--timezone", default="Asia/Shanghai", show_default=True)
@click.option("--receipt-host", default="", help="The host of the receipt's QR address; without one no QR is printed.")
@click.option("--programme", "programme_file", type=click.Path(path_type=Path), help="A programme document.")
@click.option("--staff", "staff_file", type=click.Path(path_type=Path), help="CSV: staff_no,name,role,pin.")
@click.option("--members-from", help="First of 1,000 member numbers lent to this till (12 digits).")
@click.option("--cards-from", help="First of 1,000 card numbers, without check digit; else drawn at random.")
@click.option(
    "--key-store",
    type=click.Choice(("keyring", "file")),
    default="keyring",
    show_default=True,
    help="Where the till's key lives; file: a kiosk without a keyring, a key file only its owner reads.",
)
@click.pass_obj
def init(tr: Translator, /, folder: Path, **given: object) -> None:
    """Make a till in an empty folder: keys, both encrypted files, staff, programme, number blocks."""
    text = {name: str(value) for name, value in given.items() if isinstance(value, str)}
    zone_of(text["timezone"])
    programme = _programme(given.get("programme_file"))
    setup = Setup(
        till_id=uuid7(SystemClock().now_ms()),
        store_id=_formed(STORE_ID_FORM, text["store_id"], "store"),
        region_id=_formed(STORE_ID_FORM, text["region_id"], "region"),
        settings=settings_of(text),
        staff=_staff(given.get("staff_file"), tr),
        programmes=(programme,),
        blocks=blocks(CardScheme(), text.get("members_from"), text.get("cards_from")),
    )
    formed_till_no(text["till_no"])
    create_till(folder, setup, SystemClock(), environment=os.environ, key_store=text["key_store"])
    click.echo(tr("The till is ready in {folder}", folder=str(folder)))


def settings_of(text: Mapping[str, str]) -> dict[str, dict[str, Setting]]:
    """The settings sections of a new till; the receipt key is drawn here."""
    receipt: dict[str, Setting] = {"key": secrets.token_hex(32)}
    receipt |= {key: value for key, value in (("brand", text["brand"]), ("host", text["receipt_host"])) if value}
    store: dict[str, Setting] = {"timezone": text["timezone"], "name": text["store_name"] or text["store_id"].upper()}
    if text["address"]:
        store["address"] = text["address"]
    return {"store": store, "till": {"no": text["till_no"]}, "receipt": receipt}


def blocks(scheme: CardScheme, members_from: str | None, cards_from: str | None) -> tuple[Block, ...]:
    """A thousand member numbers and a thousand cards. ConfigError `block_form`."""
    card_digits = scheme.digits - 1
    free = card_digits - len(scheme.prefix) - 3
    drawn_card = f"{scheme.prefix}{secrets.randbelow(10**free):0{free}d}000"
    drawn_member = f"{secrets.randbelow(9 * 10**8) + 10**8}000"
    return (
        _block("member", members_from or drawn_member, MEMBER_NO_DIGITS),
        _block("card", cards_from or drawn_card, card_digits, scheme.prefix),
    )


def _block(series: str, first: str, digits: int, prefix: str = "") -> Block:
    last = str(int(first) + BLOCK_NUMBERS - 1).zfill(digits) if first.isascii() and first.isdigit() else ""
    if len(first) != digits or len(last) != digits or not (first.startswith(prefix) and last.startswith(prefix)):
        raise ConfigError("block_form", series=series, digits=digits)
    return Block(series, first, last)


def formed_till_no(text: str) -> str:
    """What people call a till. ConfigError `option_form`."""
    return _formed(TILL_NO_FORM, text, "till")


def _formed(form: re.Pattern[str], text: str, option: str) -> str:
    if not form.fullmatch(text):
        raise ConfigError("option_form", option=f"--{option}")
    return text


def _programme(file: object) -> Mapping[str, object]:
    """The named document, else the demo chain's. ConfigError `file_unreadable_here` and those of the document."""
    path = file if isinstance(file, Path) else resources() / "programmes" / "demo.toml"
    text = _read(path)
    document = read_json(text) if path.suffix == ".json" else read_toml(text)
    parse(document)
    return document


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("file_unreadable_here", file=path.name) from error


def _staff(file: object, tr: Translator) -> tuple[NewStaff, ...]:
    if isinstance(file, Path):
        return staff_of(file)
    try:
        number = click.prompt(tr("Staff number of the first person"))
        name = click.prompt(tr("Name"))
        pin = click.prompt(tr("PIN"), hide_input=True, confirmation_prompt=True)
    except click.Abort as error:
        if sys.stdin.isatty():
            raise
        raise click.UsageError(say(WORDS["staff_missing"], tr, {})) from error  # nobody can be asked
    return (_person(number, name, Role.MANAGER.value, pin, line=1),)


def staff_of(file: Path) -> tuple[NewStaff, ...]:
    """Staff of a CSV file. ConfigError `file_unreadable_here` and as `read_staff`."""
    return read_staff(_read(file), file.name)


def read_staff(text: str, name: str) -> tuple[NewStaff, ...]:
    """Staff of a CSV file with a header line. ConfigError `staff_file`, `staff_line`."""
    reader = csv.DictReader(text.splitlines())
    if not set(STAFF_COLUMNS) <= set(reader.fieldnames or ()):
        raise ConfigError("staff_file", file=name, columns=", ".join(STAFF_COLUMNS))
    people = tuple(
        _person(row["staff_no"], row["name"], row["role"], row["pin"], line=line)
        for line, row in enumerate(reader, start=2)
    )
    if not people:
        raise ConfigError("staff_file", file=name, columns=", ".join(STAFF_COLUMNS))
    return people


def _person(number: str | None, name: str | None, role: str | None, pin: str | None, *, line: int) -> NewStaff:
    number, name, role, digits = ((text or "").strip() for text in (number, name, role, pin))
    pin_holds = digits.isascii() and digits.isdigit() and PIN_DIGITS_MIN <= len(digits) <= PIN_DIGITS_MAX
    if not (number and name and role in set(Role) and pin_holds):
        raise ConfigError("staff_line", line=line, low=PIN_DIGITS_MIN, high=PIN_DIGITS_MAX)
    return NewStaff(number, name, Role(role), digits)
