"""Puts the till into the states with coupons, rewards and stored value; used by tools/screens_stage.py only."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.domain.sale import TenderKind
from tests.support.stage import Stage
from tests.support.tray_till import furnish


def furnished(stage: Stage) -> None:
    """Before anybody signs on: the member of the pictures has coupons, stamps and stored value."""
    stage.fake.head_office.online = True
    stage.fake.essentials.values["stored_value.bonus"] = "20000+1000 50000+4000"
    furnish(stage.fake)


def _counter(_stage: Stage) -> None:
    """The basket of the pictures as it is."""


def _tray(stage: Stage) -> None:
    stage.till.open_tray()
    stage.till.tray.pick(1)


def _tray_why(stage: Stage) -> None:
    _tray(stage)
    stage.till.tray.ask_why()


def _top_up(stage: Stage) -> None:
    stage.till.open_tray()
    stage.till.tray.top_up()
    stage.till.top_up.give(20_000)


def _pay_stored(stage: Stage) -> None:
    stage.shell.open_pay()
    stage.till.pay.choose(TenderKind.STORED_VALUE)


def _pay_keep(stage: Stage) -> None:
    _pay_stored(stage)
    stage.till.pay.finish()
    stage.till.pay.typed("300")
    stage.till.pay.keep_change()


STAGES: Mapping[str, Callable[[Stage], None]] = {
    "benefits": _counter,
    "tray": _tray,
    "tray-why": _tray_why,
    "top-up": _top_up,
    "pay-stored": _pay_stored,
    "pay-keep": _pay_keep,
}
