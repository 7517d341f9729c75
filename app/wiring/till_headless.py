"""The process of `guitai till --headless`: files, store thread and devices around a script."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from app import logs
from app.clock import SystemClock
from app.config import ScannerConfig, TillConfig
from app.failpoints import Failpoints
from app.i18n import Translator
from app.store.enrolled import head_office
from app.store.folder import FolderLock
from app.wiring.devices import make_devices
from app.wiring.head_office import LinkedHeadOffice
from app.wiring.headless import HeadlessTill, News, Outside
from app.wiring.headless_sync import HeadlessSync
from app.wiring.sync_link import SyncLink
from app.wiring.sync_news import SyncNews
from app.wiring.till import OpenTill, open_till, read_config
from app.workers import Worker

EXIT_UNEXPECTED = 3
LOG_FILE = "till.log"


def run_script(folder: Path, lines: Iterable[str], tr: Translator, *, simulate_scanner: bool) -> int:
    """Open the till, do the script, close everything. 0 when every step went as expected, else 3."""
    config = read_config(folder, os.environ)
    with ExitStack() as closing:
        closing.enter_context(FolderLock(folder))
        for handler in logs.to_file(folder / LOG_FILE):
            closing.callback(handler.close)
        send_scan: Callable[[str], None] | None = None
        if simulate_scanner:
            config, send_scan = _with_scanner(config, closing)
        store = Worker("store")
        closing.callback(store.close)
        devices, jobs = make_devices(config, store, SystemClock(), Failpoints(os.environ))
        opened = store.submit(lambda: open_till(folder, os.environ)).result()
        closing.callback(lambda: store.submit(opened.close).result())
        store.submit(lambda: jobs.opened(opened.till.jobs)).result()
        news = News()
        devices.start(news)
        closing.callback(devices.close)
        sync = start_sync(opened, store, closing)
        outside = Outside(store, devices, news, tr, write_line, send_scan, sync)
        till = opened.till
        if sync is not None:
            till = replace(till, head_office=LinkedHeadOffice(sync.link, sync.news))
        return EXIT_UNEXPECTED if HeadlessTill(till, outside).run(lines) else 0


def start_sync(opened: OpenTill, store: Worker, closing: ExitStack) -> HeadlessSync | None:
    """The sync process of an enrolled till, running."""
    if store.submit(lambda: head_office(opened.files.book.connection)).result() is None:
        return None
    news = SyncNews(store, opened.files, opened.till.head_office)
    link = SyncLink(opened.files.folder, opened.files.ring.secrets, news)
    link.start()
    closing.callback(link.stop)
    return HeadlessSync(link, news, lambda: store.submit(lambda: opened.till.book.head().seq).result())


def _with_scanner(config: TillConfig, closing: ExitStack) -> tuple[TillConfig, Callable[[str], None]]:
    """A pty with a scanner made of software on one end and the till's real one on the other."""
    from devices.simulated.scanner import PtyScanner

    scanner = closing.enter_context(PtyScanner())
    address = ScannerConfig(f"serial:{scanner.name}", wedge=False)
    return replace(config, scanner=address), scanner.scan


def write_line(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
