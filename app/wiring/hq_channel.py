"""`guitai hq channel add | close`: online shops and partners whose events head office takes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

import click

from app.errors import ConfigError
from app.i18n import Translator
from app.wiring.hq_folder import data_option, open_office
from sync.hq.work.channel import close, register

KEY: Final = re.compile(r"[0-9a-f]{64}")
NAME: Final = re.compile(r"[^\x00-\x1f\x7f]{1,64}")


@click.group("channel")
def channel() -> None:
    """Online shops and partners that send events."""


@channel.command("add")
@data_option
@click.option("--name", required=True, help="What people call it.")
@click.option("--key", required=True, help="Its public Ed25519 key, 64 hex digits.")
@click.option("--json", "as_json", is_flag=True, help="Print the id as JSON.")
@click.pass_obj
def add_channel(tr: Translator, /, folder: Path, name: str, key: str, as_json: bool) -> None:
    """Register a channel by its public key; it signs with the id this prints."""
    if not KEY.fullmatch(key):
        raise ConfigError("option_form", option="--key")
    if not NAME.fullmatch(name):
        raise ConfigError("option_form", option="--name")
    office = open_office(folder)
    now_ms = office.clock.now_ms()
    try:
        made = office.database.run(lambda connection: register(connection, name, key, now_ms))
    finally:
        office.database.close()
    click.echo(json.dumps({"channel_id": made}) if as_json else tr("Channel {channel} may send events", channel=made))


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
