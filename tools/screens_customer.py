"""Windows beside the till's in the pictures: the customer's, and the demo's panel. For tools/screens_stage.py only."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from app.domain.consent import Purpose
from app.wiring.demo_devices import DemoDevices
from app.wiring.demo_paper import PROFILE
from devices.display.cd5220 import picture
from devices.printer.escpos import FENCE_PAPER, EscPosRenderer, drawer_pulse
from devices.printer.glyphs import Glyphs, find_fonts, folders
from devices.printer.profiles import profile
from tests.support.stage import Stage
from ui.presenters.demo_panel import DemoPanelPresenter, Fault
from ui.views.common import Shown, Ui
from ui.views.customer import CustomerWindow
from ui.views.demo_panel import DemoPanel
from ui.views.window import TillWindow


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


def _consent(stage: Stage) -> None:
    _welcome(stage)
    stage.shell.open_enrol()
    stage.till.customer.answer(Purpose.SERVICE, True)
    stage.till.customer.answer(Purpose.SHARING, False)


STAGES: dict[str, Callable[[Stage], None]] = {
    "customer-welcome": _welcome,
    "customer-basket": _basket,
    "customer-thanks": _thanks,
    "customer-consent": _consent,
    "demo-panel": _thanks,
}


def beside(screen: str, till: TillWindow, ui: Ui) -> QWidget:
    """The window of `screen` in place of the till's; the till's own for any other screen."""
    if screen not in STAGES:
        return till
    stage: Stage = till.stage  # type: ignore[attr-defined]  # tools.screens_stage keeps it there
    window = _panel(stage, ui) if screen == "demo-panel" else _customer(stage, ui)
    window.till = till  # type: ignore[attr-defined]  # keeps the presenters alive with their window
    window.resize(till.size())
    till.hide()
    window.show()
    for _ in range(4):
        QApplication.processEvents()
    return window


def _customer(stage: Stage, ui: Ui) -> QWidget:
    window = CustomerWindow(ui)
    stage.till.customer.attach(Shown(window.show_state))
    return window


def _panel(stage: Stage, ui: Ui) -> QWidget:
    """The panel after the sale on stage was printed and shown, the paper near its end."""
    done = stage.cart.state.done
    assert done is not None
    with tempfile.TemporaryDirectory() as folder:
        devices = DemoDevices(Path(folder))
        receipt = EscPosRenderer(profile(PROFILE), Glyphs(find_fonts(folders()))).render(done.receipt)
        with socket.create_connection(("127.0.0.1", devices.ports[0]), timeout=10) as line:
            line.sendall(drawer_pulse(2) + receipt + FENCE_PAPER)
            line.recv(1)
        with socket.create_connection(("127.0.0.1", devices.ports[2]), timeout=10) as line:
            line.sendall(picture(stage.devices.poles[-1]))
            while not any(devices.look().pole):
                continue
        presenter = DemoPanelPresenter(devices)
        window = DemoPanel(ui, presenter)
        presenter.attach(Shown(window.show_state))
        presenter.toggle(Fault.PAPER_LOW)
        devices.close()
    return window
