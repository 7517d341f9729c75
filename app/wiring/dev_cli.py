"""`guitai dev`: what those who work on the program ask it."""

from __future__ import annotations

import click

from app.failpoints import Failpoint


@click.group()
def dev() -> None:
    """For those who work on the program."""


@dev.command("failpoints")
def failpoints() -> None:
    """Every place where a test may end the process, one per line (GUITAI_FAILPOINT=<name>[:<n>])."""
    for place in Failpoint:
        click.echo(place.value)
