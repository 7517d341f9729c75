"""`guitai hq reconcile`: compares tills, by their data folders, with head office; [] when they agree to the point."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from app.errors import Fact, StoreError
from app.i18n import Translator, mark
from app.store import connect, keys, verify
from app.store.connect import CACHE, TILL
from app.store.files import read_identity
from app.store.folder import TILL_FILE, cache_file
from app.wiring.hq_folder import data_option, open_office
from sync.hq.work.audit import faults
from sync.hq.work.reconcile import TillEvent, differences, points_differences, stray_entries

EXIT_DIFFERS = 1
EVENT_WORDS: Mapping[str, str] = {
    "missing": mark("Event {seq} of till {till_id} is missing at head office"),
    "altered": mark("Event {seq} of till {till_id} reads otherwise at head office"),
    "doubled": mark("Event {event_id} of till {till_id} is at head office twice, again as number {seq}"),
    "unknown": mark("Head office has event {seq} of till {till_id}, which the till does not have"),
    "unsent": mark("Event {seq} of till {till_id} is not at head office: the till has it to send, or sends it again"),
    "parked": mark("Event {seq} of till {till_id} waits at head office and is not posted yet"),
}


@click.command("reconcile")
@data_option
@click.option(
    "--till", "tills", multiple=True, type=click.Path(path_type=Path), help="A till's data folder; may be given again."
)
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON.")
@click.pass_obj
def reconcile(tr: Translator, /, folder: Path, tills: tuple[Path, ...], as_json: bool) -> int:
    """Compare tills with head office, and its ledger with itself. Ends with 1 when something differs."""
    found: list[dict[str, Fact]] = []
    office = open_office(folder)
    try:
        for one in tills:
            read = read_till(one)
            with office.database.read() as connection:
                found += [asdict(difference) for difference in differences(connection, read.till_id, read.events)]
                found += [asdict(differs) for differs in points_differences(connection, read.till_id, read.shown)]
        with office.database.read() as connection:
            found += [asdict(difference) for difference in stray_entries(connection)]
            found += [{"what": one.what, "where": one.where} for one in faults(connection)]
    finally:
        office.database.close()
    if as_json:
        click.echo(json.dumps(found))
    else:
        for line in found:
            click.echo(in_words(tr, line), err=True)
        if not found:
            click.echo(tr("Till and head office agree"))
    return EXIT_DIFFERS if found else 0


def in_words(tr: Translator, found: Mapping[str, Fact]) -> str:
    """One difference as a sentence."""
    what = str(found["what"])
    if what == "points":
        return tr("Account {account_id}: till {till_id} shows {at_till} points, head office {at_head_office}", **found)
    if what in EVENT_WORDS and found.get("seq"):
        return tr(EVENT_WORDS[what], **found)
    if what == "doubled":
        return tr("Points were posted for event {event_id}, which no till has written", **found)
    return tr("Head office itself: {what} at {where}", **found)


@dataclass(frozen=True, slots=True)
class ReadTill:
    """What a till holds: its events of every epoch, and account_id -> points as its counter shows them."""

    till_id: str
    events: tuple[TillEvent, ...]
    shown: Mapping[str, int]


def read_till(folder: Path) -> ReadTill:
    """Read a till's two files, changing nothing. StoreError `till_missing` and those of opening."""
    path = folder / TILL_FILE
    if not path.exists():
        raise StoreError("till_missing", folder=str(folder))
    ring = keys.load(folder, os.environ)
    with closing(connect.connect(path, ring.key(TILL_FILE), TILL)) as db:
        db.execute("PRAGMA query_only = 1")
        identity = read_identity(db, path)
        events = tuple(TillEvent(*row) for row in verify.every_event(db, path))
    cache = folder / cache_file(identity.cache_no)
    if not cache.exists():
        return ReadTill(identity.till_id, events, {})
    with closing(connect.connect(cache, ring.key(cache.name), CACHE)) as db:
        connect.attach(db, path, ring.key(TILL_FILE), "till")
        db.execute("PRAGMA query_only = 1")
        return ReadTill(identity.till_id, events, verify.shown_points(db, cache))
