"""`guitai enrol`: this till becomes one of head office's, by a one-time code; an empty folder becomes a till first."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import ssl
import uuid
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.clock import SystemClock
from app.errors import ConfigError, SyncError
from app.i18n import Translator
from app.ids import uuid7
from app.store import keys
from app.store.enrolled import STORE_PEPPER, Given, HeadOffice, head_office, key_for_enrolment, take_identity
from app.store.files import read_identity
from app.store.folder import TILL_FILE, FolderLock
from app.store.install import Setup, create_till
from app.store.tail import open_whole
from app.wiring.first_rows import fetch_first_rows
from app.wiring.folders import data_option
from app.wiring.init_cli import formed_till_no, staff_of
from app.wiring.till_sync import trust
from sync.till.enrol import Enrolled, KeyedIdentity, checked_address, enrol
from sync.till.transport import client

REFUSED: Final = ("enrol_code_refused", "enrol_too_often", "sync_refused", "sync_tls", "enrol_unreachable")
"""Answers after which nobody knows this till: a folder set up for it is empty again, and may be tried once more."""
NO_PLACE: Final = "new"


@click.command("enrol")
@data_option
@click.option("--url", required=True, help="Head office's address, as https://hq.example.")
@click.option("--code", required=True, help="The one-time code head office made for this till.")
@click.option("--ca", type=click.Path(path_type=Path), help="PEM file of the authority that signed its certificate.")
@click.option("--till", "till_no", help="An empty folder: what people call this till, as 2; else its id's last digits.")
@click.option("--staff", "staff_file", type=click.Path(path_type=Path), help="An empty folder: staff_no,name,role,pin.")
@click.option(
    "--key-store",
    type=click.Choice(("keyring", "file")),
    default="keyring",
    show_default=True,
    help="An empty folder: where the till's key lives; file: a key file only its owner reads.",
)
@click.pass_obj
def enrol_till(tr: Translator, /, folder: Path, url: str, code: str, ca: Path | None, **given: Any) -> None:
    """Enrol this till at head office. What it sold so far is sent under its new identity.

    An empty folder becomes a till: goods, programme, staff and numbers come from head office.
    """
    address, authority = checked_address(url), _authority(ca)
    made = not (folder / keys.KEYS_FILE).exists()
    if made:
        set_up(folder, given["till_no"], given["staff_file"], given["key_store"])
    try:
        store_id = become(folder, HeadOffice(address, authority, ""), code)
    except SyncError as error:
        if made and error.code in REFUSED:
            _empty(folder)
        raise
    click.echo(tr("This till is enrolled at head office for store {store}", store=store_id))
    if made and not fetch_first_rows(folder, keys.load(folder, os.environ)):
        click.echo(tr("The rest comes from head office when the till is opened"))


def set_up(folder: Path, till_no: str | None, staff_file: Path | None, key_store: str) -> None:
    """A till without store, programme and numbers. StoreError `folder_not_empty`; ConfigError as of `guitai init`."""
    till_id = uuid7(SystemClock().now_ms())
    setup = Setup(
        till_id=till_id,
        store_id=NO_PLACE,
        region_id=NO_PLACE,
        settings={"till": {"no": formed_till_no(till_no or till_id[-4:].upper())}},
        staff=staff_of(staff_file) if staff_file else (),
        programmes=(),
        blocks=(),
    )
    create_till(folder, setup, SystemClock(), environment=os.environ, key_store=key_store)


def _empty(folder: Path) -> None:
    """Take away what `set_up` made: the folder was empty before."""
    for entry in folder.iterdir():
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def become(folder: Path, office: HeadOffice, code: str) -> str:
    """Ask and become what head office says; the store."""
    with FolderLock(folder), FolderLock(folder, "sync"):
        ring = keys.load(folder, os.environ)
        path = folder / TILL_FILE
        till = open_whole(folder, ring)
        try:
            known, held = head_office(till), read_identity(till, path)
            ring, name = key_for_enrolment(ring, known)
            former = None
            if known is not None:
                former = KeyedIdentity(held.till_id, held.epoch, _signing(ring, known.key_name))
            office = replace(office, key_name=name)
            answer = asyncio.run(_enrolled(office, code, _signing(ring, name), former))
            given = Given(answer.till_id, answer.epoch, answer.store_id, answer.region_id)
            ring.with_key(STORE_PEPPER, bytes.fromhex(answer.pin_pepper))
            take_identity(till, folder, given, office)
        finally:
            till.close()
    return answer.store_id


async def _enrolled(office: HeadOffice, code: str, key: Ed25519PrivateKey, former: KeyedIdentity | None) -> Enrolled:
    async with client(office.url, trust(office)) as http:
        return await enrol(http, code, key, hardware=hardware(), former=former)


def _signing(ring: keys.KeyRing, name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(ring.key(name).raw)


def _authority(file: Path | None) -> str:
    """The PEM text. ConfigError `file_unreadable_here`, `hq_authority` (no certificate in it)."""
    if file is None:
        return ""
    try:
        text = file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("file_unreadable_here", file=file.name) from error
    try:
        ssl.create_default_context(cadata=text)
    except (ssl.SSLError, ValueError) as error:
        raise ConfigError("hq_authority", file=file.name) from error
    return text


def hardware() -> str:
    """The same text on the same machine, and nobody's name in it."""
    digest = blake2b(str(uuid.getnode()).encode(), digest_size=8).hexdigest()
    return f"{platform.system()} {platform.machine()} {digest}"
