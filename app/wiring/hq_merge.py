"""`guitai hq merge SOURCE SURVIVOR`: two members who are one person become one; and what tills propose."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Final

import click
from sqlalchemy import Connection

from app.errors import ConfigError
from app.i18n import Translator
from app.ids import uuid7
from app.wiring.hq_folder import data_option, open_office
from app.wiring.hq_import import newest
from sync.hq.office import Office
from sync.hq.work.merge import Merge, Merged, Proposal, merge, proposals

PROOF: Final = re.compile(r"[a-z0-9_]{1,32}")


@click.command("merge")
@data_option
@click.argument("source", required=False)
@click.argument("survivor", required=False)
@click.option("--proof", default="staff", show_default=True, help="How it is known, a code: same_phone, document …")
@click.option("--list", "listed", is_flag=True, help="Say which merges tills propose.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_obj
def merge_members(
    tr: Translator, /, folder: Path, source: str | None, survivor: str | None, **given: str | bool
) -> None:
    """Move everything of member SOURCE to member SURVIVOR; SOURCE stays as an alias of it."""
    office = open_office(folder)
    try:
        if given["listed"]:
            _say_proposals(tr, _proposals(office), as_json=bool(given["as_json"]))
            return
        proof = str(given["proof"])
        if source is None or survivor is None:
            raise ConfigError("merge_two")
        if not PROOF.fullmatch(proof):
            raise ConfigError("option_form", option="--proof")
        wanted = Merge(uuid7(office.clock.now_ms()), source, survivor, proof)
        done = office.database.run(partial(_merged, office, wanted))
        scale: int = 10 ** newest(office).points_scale
    finally:
        office.database.close()
    if given["as_json"]:
        click.echo(json.dumps(asdict(done)))
        return
    text = "{moved} points moved; the member has {balance} now"
    click.echo(tr(text, moved=done.moved // scale, balance=done.balance // scale))


def _merged(office: Office, wanted: Merge, connection: Connection) -> Merged:
    return merge(office.book(connection), wanted)


def _proposals(office: Office) -> list[Proposal]:
    return office.database.run(lambda connection: list(proposals(connection, office.book(connection))))


def _say_proposals(tr: Translator, found: list[Proposal], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found]))
        return
    for one in found:
        text = "{one} and {other}: {evidence}, store {store}"
        click.echo(tr(text, one=one.members[0], other=one.members[1], evidence=one.evidence, store=one.store_id))
    if not found:
        click.echo(tr("No till proposes a merge"))
