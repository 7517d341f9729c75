"""`guitai hq import members|products FILE`: what head office takes over and publishes to tills."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
from sqlalchemy import select

from app.domain.card import CardScheme
from app.domain.numbering import local_on
from app.domain.programme.document import Programme
from app.errors import ConfigError
from app.i18n import Translator
from app.services import import_members, import_products
from app.services.import_members import MemberRules
from app.wiring.hq_folder import data_option, open_office
from app.wiring.import_lines import Lines, Sieve, Wanted, encoding_option, file_argument, map_option, read_lines
from sync.hq import import_csv
from sync.hq.import_csv import Target
from sync.hq.office import Office
from sync.hq.tables import STORE


@click.group("import")
def import_files() -> None:
    """Bring in members or products from CSV files; tills get them by their feed."""


@import_files.command("members")
@file_argument
@data_option
@map_option
@encoding_option
@click.option("--store", "store_id", required=True, help="The store of lines that name none; its region is used.")
@click.option("--no-card-check", is_flag=True, help="Take card numbers whose check digit is wrong.")
@click.pass_obj
def members(tr: Translator, /, file: Path, folder: Path, **given: object) -> int:
    """Members, their cards and points balances. Ends with 3 when lines were refused."""
    office = open_office(folder)
    sieve = Sieve(tr)
    try:
        store_id = str(given["store_id"])
        region_id, programme = region_of(office, store_id), newest(office)
        now_ms = office.clock.now_ms()
        today_on = local_on(now_ms, programme.zone)
        scheme = None if given["no_card_check"] else CardScheme()
        rules = MemberRules(cards=scheme, points_scale=programme.points_scale, today_on=today_on, store=store_id)
        target = Target(region_id, store_id, programme, date.fromisoformat(today_on))
        done = import_csv.Taken()

        def write(lines: Lines) -> None:
            nonlocal done
            kept = sieve.kept(import_members.members(lines, rules))
            for done in import_csv.import_members(office, target, kept):
                sieve.progress(done.added + done.changed + done.unchanged)

        read_lines(file, Wanted(import_members.SYNONYMS, import_members.NEEDED, given), write)
    finally:
        office.database.close()
    text = "Added {added}, changed {changed}, unchanged {unchanged}, refused {refused}"
    click.echo(tr(text, added=done.added, changed=done.changed, unchanged=done.unchanged, refused=sieve.refused))
    return sieve.end()


@import_files.command("products")
@file_argument
@data_option
@map_option
@encoding_option
@click.option("--store", "stores", multiple=True, help="A store that sells them; may be given again. Else all stores.")
@click.pass_obj
def products(tr: Translator, /, file: Path, folder: Path, **given: object) -> int:
    """Products, prices and barcodes. Ends with 3 when lines were refused."""
    office = open_office(folder)
    sieve = Sieve(tr)
    read = 0
    named = given["stores"]
    try:
        with office.database.read() as connection:
            known = list(connection.execute(select(STORE.c.store_id).order_by(STORE.c.store_id)).scalars())
        stores = [str(one) for one in named] if isinstance(named, tuple) and named else known
        for one in stores:
            region_of(office, one)

        def write(lines: Lines) -> None:
            nonlocal read
            for read in import_csv.import_products(office, stores, sieve.kept(import_products.products(lines))):
                sieve.progress(read)

        read_lines(file, Wanted(import_products.SYNONYMS, import_products.NEEDED, given), write)
    finally:
        office.database.close()
    click.echo(tr("{done} lines read, {refused} refused", done=read, refused=sieve.refused))
    return sieve.end()


def region_of(office: Office, store_id: str) -> str:
    """The region of a store. ConfigError `hq_store_unknown`."""
    with office.database.read() as connection:
        wanted = select(STORE.c.region_id).where(STORE.c.store_id == store_id)
        found: str | None = connection.execute(wanted).scalar()
    if found is None:
        raise ConfigError("hq_store_unknown", store=store_id)
    return found


def newest(office: Office) -> Programme:
    """The programme valid now. ConfigError `hq_unfinished` where there is none."""
    with office.database.read() as connection:
        found = office.book(connection).programme_at(office.clock.now_ms())
    if found is None:
        raise ConfigError("hq_unfinished", folder="")
    return found
