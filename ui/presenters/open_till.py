"""The presenters of a till whose files are open.

The shell imports this when the people are on screen: the sign-on is painted without any of these and the services
behind them; some 100 ms the first time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from app.domain.money import on_screen
from app.domain.staff import Approval
from app.services.checkout import Done
from app.services.members import Customer
from app.services.returns import Returned
from app.services.stored_value import ToppedUp
from app.services.till import Session
from ui.presenters.base import Desk
from ui.presenters.by_hand import ByHandPresenter
from ui.presenters.counter import CounterPresenter
from ui.presenters.counter_screen import CounterScreen
from ui.presenters.customer import CustomerPresenter
from ui.presenters.device_health import DeviceHealthPresenter
from ui.presenters.device_setup import DeviceSetupPresenter
from ui.presenters.device_setup_state import What
from ui.presenters.device_trial import Trials
from ui.presenters.enrol import EnrolPresenter
from ui.presenters.head_office import HeadOffice
from ui.presenters.help import HelpPresenter
from ui.presenters.keys import Key, Screen
from ui.presenters.pay import PayPresenter
from ui.presenters.receipt import ReceiptPresenter
from ui.presenters.redeem import RedeemPresenter
from ui.presenters.returning import ReturnPresenter
from ui.presenters.status import StatusPresenter
from ui.presenters.today import TodayPresenter
from ui.presenters.topup import TopUpPresenter
from ui.presenters.tray import TrayPresenter
from ui.presenters.unfinished import Unfinished
from ui.presenters.why import WhyPresenter


class Frame(Protocol):
    """What these presenters ask of the shell around them."""

    def scan(self, code: str) -> None: ...
    def open_redeem(self) -> None: ...
    def open_why(self) -> None: ...
    def show(self, screen: Screen) -> None: ...
    def open_pay(self) -> None: ...
    def show_counter(self) -> None: ...
    def close_over(self) -> None: ...
    def counter_changed(self) -> None: ...
    def sold(self, done: Done) -> None: ...
    def returned(self, done: Returned) -> None: ...
    def session_changed(self, session: Session) -> None: ...
    def open_today(self, approval: Approval | None) -> None: ...


class OpenReceipt:
    """What other screens may know of the receipt being built."""

    def __init__(self, cart: CounterPresenter) -> None:
        self._cart = cart

    def customer(self) -> Customer | None:
        """Whose it is."""
        return self._cart.state.cart.customer

    def payable(self) -> bool:
        """Whether goods are on it."""
        return self._cart.state.payable


class OpenTill:
    """One presenter a screen, all at one desk."""

    def __init__(self, frame: Frame, desk: Desk, devices: Trials, head_office: HeadOffice) -> None:
        self._frame = frame
        self.counter = CounterScreen(desk, frame.scan, frame.open_redeem, frame.open_why)
        cart = self.counter.cart
        self.pay = PayPresenter(desk, cart, finished=frame.sold, left=frame.show_counter)
        self.redeem = RedeemPresenter(desk, cart, shown=lambda: frame.show(Screen.REDEEM), left=frame.show_counter)
        self._desk = desk
        self.tray = TrayPresenter(
            desk,
            cart,
            shown=lambda: frame.show(Screen.TRAY),
            left=frame.show_counter,
            top_up=self._open_top_up,
        )
        self.top_up = TopUpPresenter(desk, cart, done=self._topped_up, left=frame.show_counter)
        self.returning = ReturnPresenter(desk, done=frame.returned, left=frame.show_counter)
        self.enrol = EnrolPresenter(desk, cart, left=frame.show_counter)
        self.by_hand = ByHandPresenter(desk, OpenReceipt(cart), frame)
        self.today = TodayPresenter(desk, left=frame.show_counter)
        self.why = WhyPresenter(desk, left=frame.close_over)
        self.receipt = ReceiptPresenter(desk, left=frame.close_over)
        self.status = StatusPresenter(desk, devices, head_office, left=frame.close_over, looks=self._look_at)
        self.devices = DeviceHealthPresenter(desk, devices, left=self._open_status, sets_up=self._set_up)
        self.setup = DeviceSetupPresenter(desk, devices, left=self._look_at)
        self.help = HelpPresenter(left=frame.close_over)
        cart.on_change = frame.counter_changed
        self.returning.on_taken = self.counter.find.taken
        self.unfinished = Unfinished(desk, cart.say)
        self.unfinished.ask()
        self.customer = CustomerPresenter(desk, cart, self.enrol, devices.show_customer)

    def shown(self, screen: Screen) -> None:
        """The cashier sees another screen; what must not go on behind it ends."""
        self.counter.find.enable(screen is Screen.COUNTER, scans=screen is not Screen.SETUP)
        self.customer.follow(screen)
        if screen is not Screen.DEVICES:
            self.devices.close()
        if screen is not Screen.SETUP:
            self.setup.close()

    def follow(self, screen: Screen) -> None:
        """The receipt may be another than before."""
        self.unfinished.follow(is_open=self.counter.cart.state.payable)
        self.customer.follow(screen)

    def tick(self) -> None:
        """Once a second."""
        self.enrol.tick()
        self.customer.tick()

    def takes(self, screen: Screen, code: str) -> bool:
        """Whether a scan is for a device that is being tried, and for nobody else."""
        if screen is Screen.SETUP:
            return self.setup.takes()
        return screen is Screen.DEVICES and self.devices.takes(code)

    def devices_changed(self) -> None:
        """A device has other news than before."""
        self.status.devices_changed()
        self.devices.devices_changed()
        self.setup.devices_changed()

    def open_why(self, screen: Screen) -> bool:
        """Why these points, of the receipt that is shown, of the one being built, else of the last one; if any."""
        shown, cart, last = self.receipt.state.summary, self.counter.cart, self.counter.cart.last_sale()
        if screen is Screen.RECEIPT and shown is not None:
            self.why.of_receipt(shown.event_id)
        elif screen is Screen.COUNTER and cart.state.payable:
            self.why.of_basket(cart.state.cart)
        elif screen is Screen.COUNTER and cart.state.empty and last is not None:
            self.why.of_receipt(last.summary.event_id)
        else:
            return False
        return True

    def scan(self, screen: Screen, code: str) -> None:
        """A scan goes to what is open; a task screen decides what it means there."""
        if screen is Screen.PAY:
            self.pay.scan(code)
        elif screen is Screen.ENROL:
            self.enrol.scan(code)
        elif screen is Screen.REDEEM:
            self.redeem.scan(code)
        elif screen is Screen.TRAY:
            self.tray.scan(code)
        elif screen is Screen.TOP_UP:
            self.top_up.scan(code)
        elif screen is Screen.RETURN:
            self.returning.scan(code)
        else:
            self.counter.cart.scan(code)

    def actions(self, screen: Screen) -> dict[Key, Callable[[], None]]:
        """What the keys do on a screen that is not the counter."""
        pay = self.pay
        if screen is Screen.PAY:
            return {
                Key.F10: pay.finish,
                Key.ENTER: pay.finish,
                Key.ESC: pay.back,
                Key.F4: self._frame.open_redeem,
                Key.LEFT: lambda: pay.move(-1),
                Key.RIGHT: lambda: pay.move(1),
            }
        if screen is Screen.REDEEM:
            redeem = self.redeem
            return {
                Key.F10: redeem.confirm,
                Key.ENTER: redeem.confirm,
                Key.ESC: redeem.back,
                Key.LEFT: lambda: redeem.step(-1),
                Key.RIGHT: lambda: redeem.step(1),
            }
        if screen in (Screen.TRAY, Screen.TOP_UP):
            return self._benefit_actions(screen)
        if screen is Screen.RETURN:
            back = self.returning
            if back.approval.state.open:
                return back.approval.actions()
            return {
                Key.F10: back.confirm,
                Key.ENTER: back.enter,
                Key.ESC: back.back,
                Key.UP: lambda: back.move(-1),
                Key.DOWN: lambda: back.move(1),
            }
        if screen is Screen.ENROL:
            return {Key.F10: self.enrol.finish, Key.ENTER: self.enrol.finish, Key.ESC: self.enrol.back}
        if screen is Screen.BY_HAND:
            return self.by_hand.actions()
        if screen is Screen.TODAY:
            return {Key.ESC: self.today.back}
        if screen is Screen.WHY:
            return {Key.ESC: self.why.back}
        if screen is Screen.RECEIPT:
            copy = self.receipt.reprint
            return {Key.F5: copy, Key.ENTER: copy, Key.ESC: self.receipt.back, Key.WHY: self._frame.open_why}
        if screen in (Screen.DEVICES, Screen.SETUP):
            return self._device_actions(screen)
        return {Key.ESC: self.status.back if screen is Screen.STATUS else self.help.back}

    def _device_actions(self, screen: Screen) -> dict[Key, Callable[[], None]]:
        devices, setup = self.devices, self.setup
        if screen is Screen.SETUP:
            return {
                Key.ESC: setup.cancel,
                Key.F10: setup.next,
                Key.ENTER: setup.next,
                Key.LEFT: setup.step_back,
                Key.UP: lambda: setup.move(-1),
                Key.DOWN: lambda: setup.move(1),
            }
        if devices.approval.state.open:
            return devices.approval.actions()
        return {
            Key.ESC: devices.back,
            Key.UP: lambda: devices.move(-1),
            Key.DOWN: lambda: devices.move(1),
        }

    def _set_up(self, what: What) -> None:
        self.setup.open(what)
        self._frame.show(Screen.SETUP)

    def _look_at(self, device: str, test: bool = False) -> None:
        self.devices.open(device)
        self._frame.show(Screen.DEVICES)
        if test:
            self.devices.test()

    def _open_status(self) -> None:
        self.status.open()
        self._frame.show(Screen.STATUS)

    def _benefit_actions(self, screen: Screen) -> dict[Key, Callable[[], None]]:
        if screen is Screen.TRAY:
            listed = self.tray
            return {
                Key.F10: self._pay_from_tray,
                Key.F11: listed.back,
                Key.ESC: listed.back,
                Key.LEFT: lambda: listed.move(-1),
                Key.RIGHT: lambda: listed.move(1),
            }
        money = self.top_up
        return {
            Key.F10: money.confirm,
            Key.ENTER: money.confirm,
            Key.ESC: money.back,
            Key.LEFT: lambda: money.move(-1),
            Key.RIGHT: lambda: money.move(1),
        }

    def _pay_from_tray(self) -> None:
        if not self.tray.state.asking:
            self.tray.back()
            self._frame.open_pay()

    def open_tray(self) -> None:
        """F11 on a receipt with a member: coupons, rewards, stored value."""
        if self.counter.can(Key.F11):
            self.counter.put_away()
            self.tray.open()

    def _open_top_up(self) -> None:
        self.top_up.open()
        self._frame.show(Screen.TOP_UP)

    def _topped_up(self, done: ToppedUp) -> None:
        tr = self._desk.speech.tr
        self._desk.toast(tr("Topped up. Stored value now ¥{amount}", amount=on_screen(done.balance_minor)))
        self._frame.show_counter()
        self.counter.cart.look_again()
