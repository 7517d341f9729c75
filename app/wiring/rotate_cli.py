"""`guitai rotate-key`: a new signing key for this till, told to head office by an event signed with the old one."""

from __future__ import annotations

import os
from pathlib import Path

import click

from app.errors import ConfigError
from app.i18n import Translator
from app.services.key_rotation import announce
from app.services.till import Till
from app.store import rotation
from app.store.enrolled import head_office, key_for_enrolment
from app.store.files import TillFiles
from app.store.folder import FolderLock
from app.store.rotation import Rotation
from app.wiring.folders import data_option
from app.wiring.till import open_till
from sync.till.enrol import KeyedIdentity, proof_of


@click.command("rotate-key")
@data_option
@click.pass_obj
def rotate_key(tr: Translator, folder: Path) -> None:
    """Make a new key for this till. The old one signs until head office has answered, the new one after that."""
    with FolderLock(folder), FolderLock(folder, "sync"):
        opened = open_till(folder, os.environ)
        try:
            rotate(opened.till, opened.files)
        finally:
            opened.close()
    click.echo(tr("Head office is told of the new key at the next contact; this till signs with it after that"))


def rotate(told_by: Till, files: TillFiles) -> None:
    """The next key, durable, and the event that names it. ConfigError `not_enrolled`, `rotation_waits`."""
    till, identity, ring = files.book.connection, files.identity, files.ring
    office = head_office(till)
    if office is None:
        raise ConfigError("not_enrolled")
    office = rotation.settled(till, files.folder, ring, office)
    if rotation.state_of(till, ring, identity.epoch, office) is Rotation.WAITS:
        raise ConfigError("rotation_waits")
    ring, name = key_for_enrolment(ring, office)
    public = rotation.public_key(ring, name)
    proven = KeyedIdentity(identity.till_id, identity.epoch, rotation.signing_key(ring, name))
    announce(told_by, public, proof_of(proven, public))
