"""`guitai verify`: do the pages of till.db, its end, its event chain and its audit chain hold?"""

from __future__ import annotations

import os
from pathlib import Path

import click

from app.domain.chain import BrokenLink, Link
from app.errors import StoreError
from app.i18n import Translator
from app.store import connect, keys, mark, tail, verify
from app.store.folder import TILL_FILE
from app.wiring.folders import data_option


@click.command("verify")
@data_option
@click.pass_obj
def verify_chains(tr: Translator, folder: Path) -> None:
    """Check the pages of till.db, its end and its chains. Exit 0 when all hold, else the first broken link is named."""
    path = folder / TILL_FILE
    if not path.exists():
        raise StoreError("till_missing", folder=str(folder))
    known = mark.known(folder)  # before the file: a till that works may commit meanwhile
    db = connect.connect_unwritten(path, keys.load(folder, os.environ).key(TILL_FILE))
    try:
        tail.check_end(db, folder, known)
        if connect.damaged_pages(db):
            raise StoreError("file_damaged", file=path.name, page=0)
        events, audit = verify.events(db, path), verify.audit(db, path)
    finally:
        db.close()
    for epoch, found in events.items():
        click.echo(tr("{count} events, epoch {epoch}: intact", count=_whole(found, "event").seq, epoch=epoch))
    click.echo(tr("{count} audit entries: intact", count=_whole(audit, "audit").seq))


def _whole(found: Link | BrokenLink, chain: str) -> Link:
    if isinstance(found, BrokenLink):
        raise StoreError("chain_broken", chain=chain, seq=found.seq, reason=found.reason)
    return found
