"""A till that rings up purchases of the past: the real headless till, its clock and chance set by the replay.

`guitai replay-till` is started by `guitai replay` alone. No other command has a way to this clock.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import click

from app import logs
from app.clock import ManualClock, SystemClock
from app.errors import ConfigError
from app.failpoints import Failpoints
from app.i18n import Translator
from app.ids import EventId
from app.services.till import NO_HEAD_OFFICE, Till, new_id
from app.store.folder import FolderLock
from app.wiring.devices import make_devices
from app.wiring.folders import data_option
from app.wiring.headless import HeadlessTill, News, Outside
from app.wiring.till import open_till, read_config
from app.wiring.till_headless import EXIT_UNEXPECTED, LOG_FILE, start_sync, write_line
from app.workers import Worker

DIGEST_BYTES: Final = 64


class Chance:
    """Random bytes that are the same each time for one line of one file."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self.begin("")

    def begin(self, of: str) -> None:
        """From now on the bytes of `of`, from their start."""
        self._of, self._drawn, self._left = of, 0, b""

    def __call__(self, count: int) -> bytes:
        while len(self._left) < count:
            text = f"{self._seed}/{self._of}/{self._drawn}"
            self._left += blake2b(text.encode(), digest_size=DIGEST_BYTES).digest()
            self._drawn += 1
        found, self._left = self._left[:count], self._left[count:]
        return found


@click.command("replay-till", hidden=True)
@data_option
@click.pass_obj
def replay_till(tr: Translator, /, folder: Path) -> int:
    """A till of guitai replay."""
    first = sys.stdin.readline()
    try:
        hello: dict[str, Any] = json.loads(first)
        clock, chance = ManualClock(hello["at_ms"]), Chance(hello["sha256"])
    except (ValueError, KeyError, TypeError):
        raise ConfigError("replay_by_hand") from None
    config = read_config(folder, os.environ)
    with ExitStack() as closing:
        closing.enter_context(FolderLock(folder))
        for handler in logs.to_file(folder / LOG_FILE):
            closing.callback(handler.close)
        store = Worker("store")
        closing.callback(store.close)
        devices, jobs = make_devices(config, store, SystemClock(), Failpoints(os.environ))
        opened = store.submit(lambda: open_till(folder, os.environ, clock=clock)).result()
        closing.callback(lambda: store.submit(opened.close).result())
        store.submit(lambda: jobs.opened(opened.till.jobs)).result()
        news = News()
        devices.start(news)
        closing.callback(devices.close)
        # the same purchases make the same bytes whenever they are rung up: no measured clock is in them
        till = replace(opened.till, random_bytes=chance, head_office=NO_HEAD_OFFICE)
        chance.begin(till.place.till_id)
        outside = Outside(store, devices, news, tr, write_line, None, start_sync(opened, store, closing))
        past = Past(till, store, clock, chance)
        return EXIT_UNEXPECTED if HeadlessTill(till, outside).run(past.steps(sys.stdin, write_line)) else 0


class Past:
    """Turns purchases into steps of the counter: time and chance first, then scan, amount, pay."""

    def __init__(self, till: Till, store: Worker, clock: ManualClock, chance: Chance) -> None:
        self._till, self._store, self._clock, self._chance = till, store, clock, chance

    def steps(self, lines: Iterator[str], write: Callable[[str], None]) -> Iterator[str]:
        """`{"do": "purchase", line, at_ms, card, minor}` becomes steps, or an answer where it is rung up already.

        Every other line passes as it is.
        """
        for text in lines:
            step = json.loads(text)
            if step.get("do") != "purchase":
                yield text
            elif self._known(step["line"], step["at_ms"]):
                write(json.dumps({"do": "purchase", "ok": True, "known": True}))
            else:
                yield from _rung_up(step)

    def _known(self, line: int, at_ms: int) -> bool:
        """Set time and chance to those of the purchase, and see whether its sale is there."""
        self._clock.set_ms(at_ms)
        self._chance.begin(str(line))
        event_id = EventId(new_id(self._till))
        self._chance.begin(str(line))
        return self._store.submit(lambda: self._till.book.sale(event_id)).result() is not None


def _rung_up(step: dict[str, Any]) -> Iterator[str]:
    """A purchase of nothing is a line without price: the counter types no zero."""
    minor: int = step["minor"]
    yield json.dumps({"do": "clear"})
    yield json.dumps({"do": "scan", "code": step["card"]})
    if minor:
        yield json.dumps({"do": "amount", "amount": f"{minor // 100}.{minor % 100:02d}"})
    else:
        yield json.dumps({"do": "line", "unit_minor": 0})
    yield json.dumps({"do": "pay", "tenders": [{"kind": "card"}]})
