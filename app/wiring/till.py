"""The composition root of a till: a data folder becomes a `Till` whose ports are the real files and devices.

Used by the UI, the headless till and the tools. `open_till` belongs on the thread that will use the till.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app import config as till_config
from app import logs
from app.clock import Clock, SystemClock
from app.config import PrinterConfig, TillConfig
from app.domain.card import CardScheme
from app.domain.receipt import Receipt
from app.errors import ConfigError
from app.failpoints import Failpoints
from app.i18n import load as load_words
from app.resources import resources
from app.services import holding
from app.services.paper_ports import ReceiptRenderer
from app.services.ports import Essentials, Setting
from app.services.till import NO_HEAD_OFFICE, NotYetAsked, Place, Till
from app.store import clock_known
from app.store.files import Identity, TillFiles
from app.store.files import open_till as open_files
from app.store.open_basket import OpenBasketMark
from app.wiring.papers import OWN_FOLDER, TillPapers

ZONE_DEFAULT = "Asia/Shanghai"
CURRENCY_DEFAULT = "CNY"


class LazyRenderer:
    """The ESC/POS renderer of this till's printer, made at its first receipt: its imports cost 140 ms.

    `warm` may run on another thread; both making one does no harm.
    """

    def __init__(self, printer: PrinterConfig) -> None:
        self._printer = printer
        self._made: ReceiptRenderer | None = None

    def render(self, receipt: Receipt, copy_no: int = 0) -> bytes:
        """See the port."""
        return self.warm().render(receipt, copy_no)

    def use(self, printer: PrinterConfig) -> None:
        """From now on for this printer."""
        self._printer, self._made = printer, None

    def warm(self) -> ReceiptRenderer:
        """Make it now."""
        made = self._made
        if made is None:
            from app.wiring.device_set import profile_of
            from devices.printer.escpos import EscPosRenderer
            from devices.printer.glyphs import Glyphs, find_fonts, folders

            self._made = made = EscPosRenderer(profile_of(self._printer), Glyphs(find_fonts(folders())))
        return made


@dataclass(frozen=True, slots=True)
class OpenTill:
    """A till with its files open. `close` belongs on the thread that opened it."""

    till: Till
    files: TillFiles
    config: TillConfig
    renderer: LazyRenderer
    basket: OpenBasketMark

    def close(self) -> None:
        """Fold in the logs and let go of both files."""
        self.basket.close()
        self.files.close()


def read_config(folder: Path | None, environment: Mapping[str, str]) -> TillConfig:
    """The till's set-up from the shipped defaults, its folder and the environment."""
    return till_config.load(resources() / "default.toml", folder, environment)


def open_till(folder: Path, environment: Mapping[str, str], *, clock: Clock | None = None) -> OpenTill:
    """Open the till of a data folder; the caller holds its FolderLock. StoreError and ConfigError of the parts.

    Print jobs a crash left half-way become ones a person must judge; points it left held are given back.
    """
    clock = clock or SystemClock()
    config = read_config(folder, environment)
    failpoints = Failpoints(environment)
    renderer = LazyRenderer(config.printer)
    files = open_files(folder, environment, clock, failpoints=failpoints)
    basket = OpenBasketMark(folder)
    try:
        if files.cache_problem is not None:
            logs.event("store", "members lost", logging.WARNING, code=files.cache_problem.code)
        files.jobs.recover()
        measured = clock_known.get(files.book.connection)
        till = Till(
            place=place_of(files.identity, files.essentials, clock.now_ms()),
            clock=clock,
            random_bytes=secrets.token_bytes,
            members=files.members,
            essentials=files.essentials,
            book=files.book,
            jobs=files.jobs,
            pins=files.pins,
            renderer=renderer,
            receipt_words=load_words(resources() / "locale", config.receipt_language),
            papers=TillPapers(config.receipt_language, folder / OWN_FOLDER, files.essentials.template),
            failpoints=failpoints,
            open_basket=basket,
            head_office=NO_HEAD_OFFICE if measured is None else NotYetAsked(clock, measured),
        )
        holding.recover(till)
    except BaseException:
        files.close()
        raise
    return OpenTill(till, files, config, renderer, basket)


def place_of(identity: Identity, essentials: Essentials, now_ms: int) -> Place:
    """Where the till stands, from its identity and settings. ConfigError `zone_unknown`."""
    values = essentials.settings()
    scheme = CardScheme()
    return Place(
        till_id=identity.till_id,
        epoch=identity.epoch,
        region_id=identity.region_id,
        store_id=identity.store_id,
        store_name=_text(values, "store.name", identity.store_id.upper()),
        till_no=_text(values, "till.no", "1"),
        address=_text(values, "store.address", ""),
        zone=zone_of(_text(values, "store.timezone", ZONE_DEFAULT)),
        currency=_currency(essentials, now_ms),
        cards=CardScheme(_text(values, "cards.prefix", scheme.prefix), _count(values, "cards.digits", scheme.digits)),
    )


def _currency(essentials: Essentials, now_ms: int) -> str:
    """That of the programme; a till without a valid one opens all the same and says so at its first sale."""
    try:
        return essentials.programme_at(now_ms).currency
    except ConfigError:
        return CURRENCY_DEFAULT


def zone_of(name: str) -> ZoneInfo:
    """The time zone of that name. ConfigError `zone_unknown`."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigError("zone_unknown", zone=name) from error


def _text(values: Mapping[str, Setting], name: str, default: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) and value else default


def _count(values: Mapping[str, Setting], name: str, default: int) -> int:
    value = values.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else default
