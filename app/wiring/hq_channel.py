"""`guitai hq channel add | close`: online shops and partners whose events head office takes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

import click
from sqlalchemy import Connection, select

from app.errors import ConfigError
from app.i18n import Translator
from app.wiring.hq_folder import data_option, open_office
from sync.hq import setup
from sync.hq.setup import NewStore
from sync.hq.tables import STORE
from sync.hq.work.channel import NewChannel, close, register

KEY: Final = re.compile(r"[0-9a-f]{64}")
CHANNEL_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
ONLINE: Final = "online"
NAME: Final = re.compile(r"[^\x00-\x1f\x7f]{1,64}")


@click.group("channel")
def channel() -> None:
    """Online shops and partners that send events."""


@channel.command("add")
@data_option
@click.option("--name", required=True, help="What people call it.")
@click.option("--key", required=True, help="Its public Ed25519 key, 64 hex digits.")
@click.option("--channel", "channel_name", default=ONLINE, show_default=True, help="What programmes call it.")
@click.option("--store", default="", help="The store where its sales and new members count; else one named online.")
@click.option("--json", "as_json", is_flag=True, help="Print the id as JSON.")
@click.pass_obj
def add_channel(tr: Translator, /, folder: Path, as_json: bool, **given: str) -> None:
    """Register a channel by its public key; it signs with the id this prints."""
    forms = {"key": KEY, "name": NAME, "channel_name": CHANNEL_NAME}
    for option, form in forms.items():
        if not form.fullmatch(given[option]):
            raise ConfigError("option_form", option=f"--{option.partition('_')[0]}")
    office = open_office(folder)
    now_ms = office.clock.now_ms()

    def work(connection: Connection) -> str:
        store_id = _store(connection, given["store"], given["name"])
        new = NewChannel(given["name"], given["key"], given["channel_name"], store_id)
        return register(connection, new, now_ms)

    try:
        made = office.database.run(work)
    finally:
        office.database.close()
    click.echo(json.dumps({"channel_id": made}) if as_json else tr("Channel {channel} may send events", channel=made))


def _store(connection: Connection, wanted: str, name: str) -> str:
    """The store named; without one a store of its own, opened in the region of the chain's first."""
    there = {row.store_id: row.region_id for row in connection.execute(select(STORE).order_by(STORE.c.store_id))}
    store_id = wanted or ONLINE
    if store_id not in there:
        if wanted or not there:
            raise ConfigError("hq_store_unknown", store=store_id)
        setup.open_store(connection, NewStore(store_id, next(iter(there.values())), name, {}))
    return store_id


@channel.command("close")
@data_option
@click.argument("channel_id")
@click.pass_obj
def close_channel(tr: Translator, /, folder: Path, channel_id: str) -> None:
    """Take nothing more from a channel."""
    office = open_office(folder)
    try:
        done = office.database.run(lambda connection: close(connection, channel_id))
    finally:
        office.database.close()
    if not done:
        raise ConfigError("hq_channel_unknown", channel=channel_id)
    click.echo(tr("Channel {channel} is closed", channel=channel_id))
