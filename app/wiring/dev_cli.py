"""`guitai dev`: what those who work on the program, or try it on a bad network, ask it."""

from __future__ import annotations

import signal
import sys
import threading

import click

from app.failpoints import Failpoint
from app.i18n import Translator


@click.group()
def dev() -> None:
    """For those who work on the program."""


@dev.command("failpoints")
def failpoints() -> None:
    """Every place where a test may end the process, one per line (GUITAI_FAILPOINT=<name>[:<n>])."""
    for place in Failpoint:
        click.echo(place.value)


@dev.command("chaos")
@click.argument("target", type=click.IntRange(1, 65535), metavar="PORT")
@click.option("--port", default=0, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--seed", default=1, show_default=True, help="The faults are drawn from this number.")
@click.option("--fault", help="This fault for every request, instead; they stand in docs/replay.md.")
@click.pass_obj
def chaos(tr: Translator, /, target: int, port: int, seed: int, fault: str | None) -> None:
    """A bad network before the head office at PORT of this machine, until stopped: enrol a till through it."""
    from app.wiring.chaos import Chaos  # only now: the list of places needs no network
    from app.wiring.chaos_plan import Fault, Meets, always, drawn

    names = [one.value for one in Fault]
    if fault is not None and fault not in names:
        raise click.BadParameter(", ".join(names), param_hint="--fault")
    plan = drawn(seed) if fault is None else always(Meets(Fault(fault), at=1, wait_s=1.0))
    network = Chaos(target, plan, port=port)
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    click.echo(tr("Listening on {address}", address=network.address))
    sys.stdout.flush()
    over.wait()
    network.close()
