"""`guitai hq parked …` and `guitai hq restored`: what only a person can decide at head office."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final

import click
from sqlalchemy import Connection

from app.errors import ConfigError
from app.i18n import Translator
from app.wiring.hq_folder import data_option, open_office
from sync.hq.office import Office
from sync.hq.work.by_hand import ACCOUNT_UNKNOWN, NO_AMOUNT, NOT_PARKED, ONE_PERSON, STAFF_UNKNOWN, ByHand, adjust
from sync.hq.work.settle import parked, try_parked, write_off

REASON: Final = re.compile(r"[a-z0-9_]{1,32}")
NOT_POSTED: Final[Mapping[str, str]] = {
    NOT_PARKED: "hq_not_parked",
    ONE_PERSON: "hq_adjust_one_person",
    NO_AMOUNT: "hq_adjust_no_amount",
    ACCOUNT_UNKNOWN: "hq_adjust_account",
    STAFF_UNKNOWN: "hq_adjust_staff",
}


@click.group("parked")
def parked_events() -> None:
    """Events that could not be applied and wait."""


@parked_events.command("list")
@data_option
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_obj
def list_parked(tr: Translator, /, folder: Path, as_json: bool) -> None:
    """Say what waits, why, and for what."""
    office = open_office(folder)
    try:
        with office.database.read() as connection:
            found = parked(connection)
    finally:
        office.database.close()
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found]))
        return
    for one in found:
        click.echo(f"{one.event}  {one.store_id}  {one.type}  {one.code}  {one.waits_for or ''}".rstrip())
    if not found:
        click.echo(tr("No event waits"))


@parked_events.command("retry")
@data_option
@click.argument("events", nargs=-1)
@click.pass_obj
def retry_parked(tr: Translator, /, folder: Path, events: tuple[str, ...]) -> None:
    """Apply EVENTS once more, all that wait where none is named."""
    office = open_office(folder)
    try:
        with office.database.read() as connection:
            keys = events or tuple(one.event for one in parked(connection))
        count = sum(office.database.run(partial(_tried, office, key)) for key in keys)
    finally:
        office.database.close()
    click.echo(tr("{settled} of {count} events are settled", settled=count, count=len(keys)))


def _tried(office: Office, key: str, connection: Connection) -> int:
    return try_parked(office.book(connection), [key])


@parked_events.command("write-off")
@data_option
@click.argument("event")
@click.option("--reason", required=True, help="Why, a code: test_sale, entered_twice …")
@click.pass_obj
def write_off_parked(tr: Translator, /, folder: Path, event: str, reason: str) -> None:
    """Close EVENT for good: it counts nowhere, and the tills drop it."""
    if not REASON.fullmatch(reason):
        raise ConfigError("option_form", option="--reason")
    office = open_office(folder)
    try:
        done = office.database.run(lambda connection: write_off(office.book(connection), event, reason))
    finally:
        office.database.close()
    if not done:
        raise ConfigError("hq_not_parked", event=event)
    click.echo(tr("Event {event} is written off", event=event))


@parked_events.command("adjust")
@data_option
@click.argument("event")
@click.option("--account", "account_id", required=True, help="The account that gets or loses points or money.")
@click.option("--amount", required=True, type=int, help="Signed, in the account's smallest unit.")
@click.option("--reason", required=True, help="Why, a code: paper_receipt, customer_shown …")
@click.option("--staff", "staff_id", required=True, help="Who asks for it.")
@click.option("--approved-by", "by_staff_id", required=True, help="Who agrees: somebody else.")
@click.pass_obj
def adjust_parked(tr: Translator, /, folder: Path, event: str, **given: Any) -> None:
    """Post this amount in place of EVENT: it is settled, the tills take head office's figure, and it is filed."""
    posted = ByHand(**given)
    if not REASON.fullmatch(posted.reason):
        raise ConfigError("option_form", option="--reason")
    office = open_office(folder)
    try:
        why = office.database.run(lambda connection: adjust(office.book(connection), event, posted))
    finally:
        office.database.close()
    if why is not None:
        people = f"{posted.staff_id}, {posted.by_staff_id}"
        raise ConfigError(NOT_POSTED.get(why, "hq_not_adjusted"), event=event, code=why, staff=people)
    click.echo(tr("Event {event} is settled with {amount}", event=event, amount=posted.amount))


@click.command("restored")
@data_option
@click.pass_obj
def restored(tr: Translator, /, folder: Path) -> None:
    """After a backup was put back: start a new incarnation, so that tills send again what is missing."""
    office = open_office(folder)
    try:
        office.begin()
        with office.database.read() as connection:
            number = office.incarnation_no(connection)
        now = office.start_incarnation(number, went_back=False)
    finally:
        office.database.close()
    click.echo(tr("Incarnation {number} has begun", number=now.number))
