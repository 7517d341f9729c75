"""`guitai enrol`: this till becomes one of head office's, with a one-time code."""

from __future__ import annotations

import asyncio
import os
import platform
import ssl
import uuid
from hashlib import blake2b
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.errors import ConfigError
from app.i18n import Translator
from app.store import keys
from app.store.enrolled import STORE_PEPPER, Given, HeadOffice, head_office, key_for_enrolment, take_identity
from app.store.files import read_identity
from app.store.folder import TILL_FILE, FolderLock
from app.store.migrate import TILL_LINE, open_current
from app.wiring.folders import data_option
from app.wiring.till_sync import trust
from sync.till.enrol import Enrolled, FormerIdentity, checked_address, enrol
from sync.till.transport import client


@click.command("enrol")
@data_option
@click.option("--url", required=True, help="Head office's address, as https://hq.example.")
@click.option("--code", required=True, help="The one-time code head office made for this till.")
@click.option("--ca", type=click.Path(path_type=Path), help="PEM file of the authority that signed its certificate.")
@click.pass_obj
def enrol_till(tr: Translator, /, folder: Path, url: str, code: str, ca: Path | None) -> None:
    """Enrol this till at head office. What it sold so far is sent under its new identity."""
    answer = become(folder, checked_address(url), code, _authority(ca))
    click.echo(tr("This till is enrolled at head office for store {store}", store=answer.store_id))


def become(folder: Path, address: str, code: str, authority: str = "") -> Enrolled:
    """Take the identity a code stands for. SyncError; StoreError while the till or its sync process is open."""
    with FolderLock(folder), FolderLock(folder, "sync"):
        ring = keys.load(folder, os.environ)
        path = folder / TILL_FILE
        till = open_current(path, ring.key(TILL_FILE), TILL_LINE)
        try:
            known, held = head_office(till), read_identity(till, path)
            ring, name = key_for_enrolment(ring, known)
            former = None
            if known is not None:
                former = FormerIdentity(held.till_id, held.epoch, _signing(ring, known.key_name))
            office = HeadOffice(address, authority, name)
            answer = asyncio.run(_enrolled(office, code, _signing(ring, name), former))
            given = Given(answer.till_id, answer.epoch, answer.store_id, answer.region_id)
            ring.with_key(STORE_PEPPER, bytes.fromhex(answer.pin_pepper))
            take_identity(till, given, office)
        finally:
            till.close()
    return answer


async def _enrolled(office: HeadOffice, code: str, key: Ed25519PrivateKey, former: FormerIdentity | None) -> Enrolled:
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
