"""`guitai hq`: head office from the command line: init, serve, till add, till revoke, store add, verify."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy import Connection, select

from app.domain.chain import Json
from app.domain.programme.parse import parse
from app.domain.programme.schema import DocumentError, read_json, read_toml
from app.errors import ConfigError, StoreError
from app.i18n import Translator
from app.resources import resources
from app.wiring.hq_channel import channel
from app.wiring.hq_expire import expire
from app.wiring.hq_folder import (
    SIDE_FILE,
    HeadOfficeCommands,
    create_escrow,
    create_folder,
    data_option,
    open_database,
    open_office,
)
from app.wiring.hq_import import import_files
from app.wiring.hq_member_code import show_member_code
from app.wiring.hq_merge import merge_members
from app.wiring.hq_parked import parked_events, restored
from app.wiring.hq_purge import purge_old
from app.wiring.hq_reconcile import reconcile
from app.wiring.hq_report import report
from app.wiring.hq_segment import segment
from app.wiring.hq_serve import serve, worker
from app.wiring.hq_template import templates
from app.wiring.hq_tills import tills
from app.wiring.programme_file import mistake_lines
from sync.hq import setup
from sync.hq.meta import SideFile
from sync.hq.office import Office
from sync.hq.setup import Chain, NewStore
from sync.hq.tables import PLACE, STORE
from sync.hq.work.audit import faults
from sync.hq.work.identities import issue, revoke

PLACE_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
EXIT_FAULTS = 1
EXIT_MISTAKES = 2


@click.group("hq", cls=HeadOfficeCommands)
def hq() -> None:
    """Head office: one for the whole chain."""


hq.add_command(import_files)
hq.add_command(reconcile)
hq.add_command(expire)
hq.add_command(merge_members)
hq.add_command(report)
hq.add_command(segment)
hq.add_command(purge_old)
hq.add_command(parked_events)
hq.add_command(channel)
hq.add_command(restored)
hq.add_command(serve)
hq.add_command(worker)
hq.add_command(tills)
hq.add_command(templates)
hq.add_command(show_member_code)


@hq.command("init")
@data_option
@click.option("--database", help="A database address, as postgresql://user@host/name; else a file in the folder.")
@click.option("--region", "region_id", default="r1", show_default=True, help="The region of the first stores.")
@click.option(
    "--store", "stores", multiple=True, help="A store's id, as s027; may be given again. Or later: store add."
)
@click.option("--programme", "file", type=click.Path(path_type=Path), help="A programme document; else the demo's.")
@click.option("--member-host", default="", help="The host of the receipt's QR address.")
@click.pass_obj
def init(tr: Translator, /, folder: Path, **given: str | tuple[str, ...] | Path | None) -> None:
    """Make a head office in an empty folder: schema, first incarnation, stores, programme."""
    document = _programme(given["file"])
    stores = [_place(str(one), "store") for one in given["stores"] or ()]  # type: ignore[union-attr] # a tuple of text
    region_id = _place(str(given["region_id"]), "region")
    database = given["database"]
    config = create_folder(folder, database if isinstance(database, str) else None)
    opened = open_database(config)
    with opened.read() as connection:
        if setup.is_initialised(connection):
            raise ConfigError("hq_exists", folder=folder.name)
    chain = Chain(create_escrow(folder), str(given["member_host"]))
    now, marker = opened.run(lambda connection: setup.initialise(connection, chain, _now_ms()))
    SideFile(folder / SIDE_FILE).write(now, marker)
    office = open_office(folder)

    def furnish(connection: Connection) -> None:
        setup.publish_programme(office.book(connection), document)
        for store_id in stores:
            setup.open_store(connection, NewStore(store_id, region_id, store_id.upper(), {}))

    office.database.run(furnish)
    office.database.close()
    opened.close()
    click.echo(tr("Head office is ready in {folder}", folder=str(folder)))


@hq.command("publish")
@data_option
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.pass_obj
def publish(tr: Translator, /, folder: Path, file: Path) -> int:
    """Publish a version of the programme to every till; what waited for it is applied.

    Ends with 2 and every mistake with its path when the document has any.
    """
    document = _programme(file)
    try:
        parse(document)
    except DocumentError as error:
        for line in mistake_lines(file, error, tr):
            click.echo(line, err=True)
        return EXIT_MISTAKES
    office = open_office(folder)
    try:
        name = office.database.run(lambda connection: setup.publish_programme(office.book(connection), document))
    except ValueError as error:
        raise ConfigError("hq_programme_differs", programme=str(error)) from error
    finally:
        office.database.close()
    click.echo(tr("Programme {programme} is published", programme=name))
    return 0


@hq.group("till")
def till() -> None:
    """Tills and their enrolment."""


@till.command("add")
@data_option
@click.option("--store", "store_id", help="The store of a new till.")
@click.option("--till", "till_id", help="An existing till that gets a new identity.")
@click.option("--json", "as_json", is_flag=True, help="Print the code as JSON.")
@click.pass_obj
def add(tr: Translator, /, folder: Path, store_id: str | None, till_id: str | None, as_json: bool) -> None:
    """A one-time enrolment code, good for 15 minutes."""
    office = open_office(folder)
    now_ms = office.clock.now_ms()
    try:
        at = _store_of(office, till_id) if till_id else _known_store(office, store_id)
        made = office.database.run(lambda connection: issue(connection, at, till_id, now_ms))
    finally:
        office.database.close()
    if as_json:
        facts = {"code": made.code, "till_id": made.till_id, "store_id": at, "expires_ms": made.expires_ms}
        click.echo(json.dumps(facts))
    else:
        click.echo(tr("Enrolment code {code}, good for {minutes} minutes", code=made.code, minutes=made.minutes))


@till.command("revoke")
@data_option
@click.argument("till_id")
@click.pass_obj
def revoke_till(tr: Translator, /, folder: Path, till_id: str) -> None:
    """Close a till's identity: it sells on, but nothing it sends is taken until it is enrolled again."""
    office = open_office(folder)
    try:
        count = office.database.run(lambda connection: revoke(office.book(connection), till_id))
    finally:
        office.database.close()
    if not count:
        raise ConfigError("hq_till_unknown", till=till_id)
    click.echo(tr("The till's identity is closed"))


@hq.group("store")
def store() -> None:
    """Stores of the chain."""


@store.command("add")
@data_option
@click.option("--store", "store_id", required=True, help="The store's id, as s027.")
@click.option("--region", "region_id", default="r1", show_default=True)
@click.option("--name", default="", help="The store's name on screen and paper.")
@click.pass_obj
def add_store(tr: Translator, /, folder: Path, store_id: str, region_id: str, name: str) -> None:
    """Add a store."""
    made = NewStore(_place(store_id, "store"), _place(region_id, "region"), name or store_id.upper(), {})
    office = open_office(folder)
    try:
        office.database.run(lambda connection: setup.open_store(connection, made))
    finally:
        office.database.close()
    click.echo(tr("Store {store} is there", store=store_id))


@hq.command("verify")
@data_option
@click.option("--json", "as_json", is_flag=True, help="Print the faults as JSON.")
@click.pass_obj
def verify(tr: Translator, /, folder: Path, as_json: bool) -> int:
    """Check SQLite's pages and the nine invariants of docs/protocol.md.

    Ends with 1 and one line for each invariant that does not hold.
    """
    office = open_office(folder)
    try:
        if not office.database.is_sound():
            raise StoreError("hq_damaged")
        with office.database.read() as connection:
            found = faults(connection)
    finally:
        office.database.close()
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found]))
    else:
        for one in found:
            click.echo(f"{one.invariant}  {one.where}: {one.what}", err=True)
        if not found:
            click.echo(tr("Everything holds"))
    return EXIT_FAULTS if found else 0


def _now_ms() -> int:
    from app.clock import SystemClock

    return SystemClock().now_ms()


def _place(text: str, option: str) -> str:
    if not PLACE_ID.fullmatch(text):
        raise ConfigError("option_form", option=f"--{option}")
    return text


def _known_store(office: Office, store_id: str | None) -> str:
    with office.database.read() as connection:
        known = store_id and connection.execute(select(STORE.c.store_id).where(STORE.c.store_id == store_id)).first()
    if not store_id or not known:
        raise ConfigError("hq_store_unknown", store=store_id or "")
    return store_id


def _store_of(office: Office, till_id: str) -> str:
    with office.database.read() as connection:
        found: str | None = connection.execute(select(PLACE.c.store_id).where(PLACE.c.till_id == till_id)).scalar()
    if found is None:
        raise ConfigError("hq_till_unknown", till=till_id)
    return found


def _programme(file: object) -> Mapping[str, Json]:
    """The named document, else the demo chain's. ConfigError `file_unreadable_here` and those of the document."""
    path = file if isinstance(file, Path) else resources() / "programmes" / "demo.toml"
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("file_unreadable_here", file=path.name) from error
    return read_json(text) if path.suffix == ".json" else read_toml(text)  # type: ignore[return-value] # checked by parse
