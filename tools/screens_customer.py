"""The customer's screen in the pictures; used by tools/screens_stage.py only."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QWidget

from tests.support.stage import Stage
from ui.views.common import Shown, Ui
from ui.views.customer import CustomerWindow


def _welcome(stage: Stage) -> None:
    stage.fake.essentials.values["display.join_url"] = "https://hui.example/join?s=s027"
    stage.sign_on()


def _basket(stage: Stage) -> None:
    _welcome(stage)
    stage.basket_of_the_pictures()


def _thanks(stage: Stage) -> None:
    _basket(stage)
    stage.shell.open_pay()
    stage.till.pay.typed("300")
    stage.till.pay.finish()


STAGES: dict[str, Callable[[Stage], None]] = {
    "customer-welcome": _welcome,
    "customer-basket": _basket,
    "customer-thanks": _thanks,
}


def beside(till: QWidget, stage: Stage, ui: Ui) -> CustomerWindow:
    """The customer's window of the till in `till`, as large; the till's goes with it."""
    window = CustomerWindow(ui)
    window.till = till  # type: ignore[attr-defined]  # keeps the presenters alive with their window
    window.resize(till.size())
    till.hide()
    window.show()
    QApplication.processEvents()
    stage.till.customer.attach(Shown(window.show_state))
    for _ in range(4):
        QApplication.processEvents()
    return window
