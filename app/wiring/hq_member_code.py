"""`guitai hq member-code NUMBER`: the dynamic code a member's phone would show now, to try scanners and tills with."""

from __future__ import annotations

import json
from pathlib import Path

import click
from sqlalchemy import select

from app.domain import member_code
from app.errors import ConfigError
from app.i18n import Translator
from app.wiring.hq_folder import data_option, open_office
from sync.hq import week_keys
from sync.hq.tables import MEMBER


@click.command("member-code")
@data_option
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="Print the code and the phone's secret of this week as JSON.")
@click.pass_obj
def show_member_code(tr: Translator, /, folder: Path, number: str, as_json: bool) -> None:
    """The code the phone of member NUMBER shows now; it is good for about a minute."""
    office = open_office(folder)
    now_ms = office.clock.now_ms()
    try:
        with office.database.read() as connection:
            known = connection.execute(select(MEMBER.c.id).where(MEMBER.c.member_no == number)).first()
            key = week_keys.of_week(connection, member_code.week_of(now_ms))
    finally:
        office.database.close()
    if known is None:
        raise ConfigError("hq_member_unknown", number=number)
    try:
        code = member_code.code_at(key, number, now_ms)
    except ValueError as error:
        raise ConfigError("hq_member_number", number=number) from error
    if as_json:
        secret = member_code.member_secret(key.key, number).hex()
        click.echo(json.dumps({"code": code, "secret": secret, "until_ms": key.until_ms}))
    else:
        click.echo(tr("Member code {code}", code=code))
