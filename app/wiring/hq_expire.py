"""`guitai hq expire`: the nightly run, from the command line or a timer of the operating system."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from app.domain.numbering import local_on
from app.errors import ConfigError
from app.i18n import Translator
from app.wiring.hq_folder import data_option, open_office
from app.wiring.hq_import import newest
from sync.hq.database import Job
from sync.hq.nightly import Ran, run


@click.command("expire")
@data_option
@click.option("--until", "text", help="The last day that is over, as 2026-12-31; else today in the programme's zone.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_obj
def expire(tr: Translator, /, folder: Path, text: str | None, as_json: bool) -> None:
    """Let everything due happen: points expire, vest or are posted, tiers end, gifts are given, coupons expire.

    Killed at any moment it may be started again: nothing happens twice.
    """
    office = open_office(folder)
    try:
        until = _until(text) or date.fromisoformat(local_on(office.clock.now_ms(), newest(office).zone))
        ran = Ran()
        with office.database.alone(Job.NIGHT):
            for ran in run(office, until):
                if not as_json and ran.total:
                    click.echo(tr("{done} of {total} accounts", done=ran.done, total=ran.total), err=True)
    finally:
        office.database.close()
    if as_json:
        click.echo(json.dumps({**asdict(ran), "until": until.isoformat()}))
        return
    click.echo(tr("Until {day}: {expired} points have expired", day=until.isoformat(), expired=ran.expired))
    if ran.kept_back:
        click.echo(tr("{count} accounts wait for points that a till holds", count=ran.kept_back))


def _until(text: str | None) -> date | None:
    """ConfigError `option_form` for what is no date."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ConfigError("option_form", option="--until") from None
