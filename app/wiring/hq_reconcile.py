"""`guitai hq reconcile`: compares tills, by their data folders, with head office; [] when they agree to the point."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import click

from app.errors import StoreError
from app.i18n import Translator
from app.store import connect, keys, verify
from app.store.connect import TILL
from app.store.files import read_identity
from app.store.folder import TILL_FILE
from app.wiring.hq_folder import data_option, open_office
from sync.hq.work.audit import faults
from sync.hq.work.reconcile import TillEvent, differences, stray_entries

EXIT_DIFFERS = 1


@click.command("reconcile")
@data_option
@click.option(
    "--till", "tills", multiple=True, type=click.Path(path_type=Path), help="A till's data folder; may be given again."
)
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON.")
@click.pass_obj
def reconcile(tr: Translator, /, folder: Path, tills: tuple[Path, ...], as_json: bool) -> int:
    """Compare tills with head office, and its ledger with itself. Ends with 1 when something differs."""
    found: list[dict[str, object]] = []
    office = open_office(folder)
    try:
        for one in tills:
            till_id, events = read_till(one)
            with office.database.read() as connection:
                found += [asdict(difference) for difference in differences(connection, till_id, events)]
        with office.database.read() as connection:
            found += [asdict(difference) for difference in stray_entries(connection)]
            found += [{"what": one.what, "where": one.where} for one in faults(connection)]
    finally:
        office.database.close()
    if as_json:
        click.echo(json.dumps(found))
    else:
        for line in found:
            click.echo(" ".join(f"{name}={value}" for name, value in line.items() if value), err=True)
        if not found:
            click.echo(tr("Till and head office agree"))
    return EXIT_DIFFERS if found else 0


def read_till(folder: Path) -> tuple[str, list[TillEvent]]:
    """A till's id and its retained events of every epoch. StoreError `till_missing` and those of opening."""
    path = folder / TILL_FILE
    if not path.exists():
        raise StoreError("till_missing", folder=str(folder))
    db = connect.connect(path, keys.load(folder, os.environ).key(TILL_FILE), TILL)
    try:
        identity = read_identity(db, path)
        return identity.till_id, [TillEvent(*row) for row in verify.every_event(db, path)]
    finally:
        db.close()
