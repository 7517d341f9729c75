"""`guitai hq serve`: head office as one process, or as several workers on one listening socket and one database."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final

import click

from app.errors import ConfigError
from app.i18n import Translator
from app.wiring.hq_folder import data_option, open_office, served_alone
from app.wiring.hq_workers import AGAIN, READY, Workers
from app.wiring.own_program import own_program
from sync.hq.api.server import Listening, Server, listening_socket
from sync.hq.database import POOL_CONNECTIONS
from sync.hq.office import Office

WORKERS_MAX: Final = 64
CONNECTIONS_KEPT: Final = 10
"""For the commands of operators and of the database's own people."""
FILE = click.Path(path_type=Path)


@dataclass(frozen=True, slots=True)
class Where:
    """The options of `serve`."""

    host: str
    port: int
    certificate: Path | None
    key: Path | None

    def bound(self) -> socket.socket:
        """The listening socket. ConfigError `hq_address`."""
        try:
            return listening_socket(self.host, self.port)
        except OSError as error:
            raise ConfigError("hq_address", address=f"{self.host}:{self.port}") from error

    def check(self) -> None:
        """ConfigError `hq_certificate`."""
        if not (self.certificate or self.key):
            return
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.certificate or "", self.key)
        except OSError as error:
            raise ConfigError("hq_certificate") from error

    def address(self, listener: socket.socket) -> str:
        """As tills name it."""
        host, port = listener.getsockname()[:2]
        return f"{'https' if self.certificate else 'http'}://{host}:{port}"

    def listening(self) -> Listening:
        return Listening(self.host, self.port, self.certificate, self.key)


@click.command("serve")
@data_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8700, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--certificate", type=FILE, help="PEM file of the TLS certificate.")
@click.option("--key", type=FILE, help="PEM file of its key.")
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, WORKERS_MAX),
    help="Serving processes; more than one needs PostgreSQL.",
)
@click.pass_obj  # fmt: skip
def serve(tr: Translator, /, folder: Path, workers: int, **where: str) -> None:
    """Serve tills until stopped."""
    asked = Where(**where)  # type: ignore[arg-type] # as the options say
    asked.check()
    with served_alone(folder):
        _serve(tr, folder, workers, asked)


def _serve(tr: Translator, folder: Path, workers: int, asked: Where) -> None:
    office = open_office(folder)
    if workers > 1:
        _check(office, workers)
    listener = asked.bound()

    def started() -> None:
        click.echo(tr("Listening on {address}", address=asked.address(listener)))
        sys.stdout.flush()

    if workers > 1:
        office.database.close()
        _supervise(Workers(workers, listener, [*_worker_command(folder, asked), str(listener.fileno())]), started)
        return
    office.begin()
    server = Server(office, asked.listening(), listener)
    _end_on_signals(server.stop)
    server.run(started=started)
    office.database.close()


def _check(office: Office, workers: int) -> None:
    """ConfigError `hq_workers_database`, `hq_workers_system`, `hq_workers_connections`."""
    if office.database.is_sqlite:
        raise ConfigError("hq_workers_database")
    if os.name != "posix":
        raise ConfigError("hq_workers_system")
    most, needed = office.database.connections_max(), workers * POOL_CONNECTIONS + CONNECTIONS_KEPT
    if needed > most:
        raise ConfigError("hq_workers_connections", most=most, needed=needed)


def _supervise(workers: Workers, started: Callable[[], None]) -> None:
    """ConfigError `hq_worker` when one cannot even begin."""
    _end_on_signals(workers.stop)
    if not workers.run(started):
        raise ConfigError("hq_worker")


def _worker_command(folder: Path, where: Where) -> list[str]:
    tls = [
        part for name in ("certificate", "key") if (value := getattr(where, name)) for part in (f"--{name}", str(value))
    ]
    return own_program("hq", "worker", "--data", str(folder), *tls)


@click.command("worker", hidden=True)
@data_option
@click.option("--certificate", type=FILE)
@click.option("--key", type=FILE)
@click.option(AGAIN, is_flag=True)
@click.argument("descriptor", type=int)
def worker(folder: Path, certificate: Path | None, key: Path | None, again: bool, descriptor: int) -> None:
    """One of several serving processes: serves the socket it was given until its standard input ends."""
    office = open_office(folder)
    office.begin()
    if again:
        office.tills_waiting = 0
    server = Server(office, Listening(certificate=certificate, key=key), _inherited(descriptor))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all of a terminal: the one who started us says so
    signal.signal(signal.SIGTERM, lambda _number, _frame: server.stop())

    def until_hung_up() -> None:
        while os.read(sys.stdin.fileno(), 1):
            continue
        server.stop()

    def started() -> None:
        sys.stdout.write(READY)
        sys.stdout.flush()

    threading.Thread(target=until_hung_up, name="hq-hung-up", daemon=True).start()
    server.run(started=started)
    office.database.close()


def _inherited(descriptor: int) -> socket.socket:
    """The listening socket, its protocol named as asyncio wants it."""
    found = socket.socket(fileno=descriptor)
    return socket.socket(found.family, socket.SOCK_STREAM, socket.IPPROTO_TCP, found.detach())


def _end_on_signals(stop: Callable[[], None]) -> None:
    def end(_number: int, _frame: FrameType | None) -> None:
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
