"""Puts the till into the state of each screen and paints it; used by tools/screenshots.py only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time
from fractions import Fraction
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.consent import Purpose
from app.domain.day import DayFigures
from app.domain.numbering import ReceiptFacts, receipt_address
from app.domain.programme.document import BirthdaySpan, EarnRule, RuleKind, When
from app.domain.receipt import JobState, QrCode
from app.errors import StoreError
from app.i18n import load
from app.ids import EventId
from tests.support.stage import Stage
from tools import screens_benefits, screens_customer, screens_devices, screens_sync
from tools.squeeze import squeeze
from ui.presenters.keys import Screen
from ui.presenters.look import Look
from ui.theme.apply import apply_theme
from ui.theme.names import ScanState
from ui.theme.theme import open_theme
from ui.views.common import Ui
from ui.views.enrol import EnrolView
from ui.views.screens import SIZES
from ui.views.window import TillWindow

TONGUES = {"zh": "zh_CN", "en": "en"}
SCALES = {"1920": 1.25}  # what a first start picks on a 15-inch panel of that size (look.md)


def _idle(stage: Stage) -> None:
    stage.sign_on().scan(stage.card(1), stage.barcode(3), stage.barcode(2)).sell()
    done = stage.cart.state.done
    assert done is not None
    stage.print_ends(done.job_id, JobState.CONFIRMED)


def _member(stage: Stage) -> None:
    _idle(stage)
    stage.basket_of_the_pictures()


def _locked(stage: Stage) -> None:
    _member(stage)
    stage.shell.lock()
    for digit in "2468":
        stage.shell.sign_on.digit(digit)


def _sign_on(stage: Stage) -> None:
    stage.start()


def _recovery(stage: Stage) -> None:
    def broken() -> None:
        raise StoreError("till_in_use")

    stage.shell.start(broken)  # type: ignore[arg-type]


def _anonymous(stage: Stage) -> None:
    _idle(stage)
    stage.scan(stage.barcode(0), stage.barcode(1), stage.barcode(0))
    stage.cart.add_amount("86.4")


def _unknown_card(stage: Stage) -> None:
    _anonymous(stage)
    from tests.support.demo_people import card_number

    stage.scan(card_number("9900001234"))


def _refused(stage: Stage) -> None:
    _member(stage)
    stage.scan("134567890123456789")


def _paper(stage: Stage) -> None:
    _member(stage)
    last = stage.cart.last_sale()
    assert last is not None
    assert last.summary.job_id is not None
    stage.print_ends(last.summary.job_id, JobState.UNKNOWN)


def _find(stage: Stage) -> None:
    _idle(stage)
    stage.scan(stage.barcode(0))
    stage.till.counter.find.typed("zxf")


def _find_keys(stage: Stage) -> None:
    _find(stage)
    stage.till.counter.find.toggle_keyboard()


def _amount(stage: Stage) -> None:
    _idle(stage)
    stage.till.counter.amount.open()
    stage.till.counter.amount.typed("86.4")


def _pay(stage: Stage) -> None:
    _member(stage)
    stage.shell.open_pay()
    stage.till.pay.typed("300")


def _pay_part(stage: Stage) -> None:
    _member(stage)
    stage.shell.open_pay()
    stage.till.pay.typed("100")
    stage.till.pay.finish()
    stage.scan(stage.barcode(5))


def _redeem(stage: Stage) -> None:
    stage.fake.head_office.online = True
    _member(stage)
    stage.shell.open_redeem()
    stage.till.redeem.choose(2_000)


def _redeem_ask(stage: Stage) -> None:
    _redeem(stage)
    stage.tasks.hold = True
    stage.till.redeem.confirm()


def _redeemed(stage: Stage) -> None:
    _redeem(stage)
    stage.till.redeem.confirm()


def _return(stage: Stage) -> None:
    _redeemed(stage)
    stage.sell()
    done = stage.cart.state.done
    assert done is not None
    stage.print_ends(done.job_id, JobState.CONFIRMED)
    stage.fake.clock.advance_s(3 * 24 * 3600)
    stage.shell.open_return()
    stage.scan(next(block.data for block in done.receipt.blocks if isinstance(block, QrCode)))
    stage.till.returning.toggle(3)
    stage.till.returning.step(4, 1)


def _return_scan(stage: Stage) -> None:
    _idle(stage)
    stage.shell.open_return()


def _return_offline(stage: Stage) -> None:
    _return_scan(stage)
    facts = ReceiptFacts("S031-1-000412", EventId("0190dddd-0000-7000-8000-000000000031"), 25_990, 259)
    stage.scan(receipt_address("hui.example", bytes(32), facts), "2 1 49.90", "5 2 60")


def _undo(stage: Stage) -> None:
    _idle(stage)
    stage.till.counter.undo.press()


def _enrol(stage: Stage) -> None:
    _idle(stage)
    stage.scan(stage.barcode(0))
    stage.shell.open_enrol()
    enrol = stage.till.enrol
    stage.fake.clock.advance_s(12)
    enrol.phone_typed("13612348804")
    enrol.name_typed("陈小宁")
    enrol.answer(Purpose.SERVICE, True)
    enrol.answer(Purpose.MARKETING, True)
    enrol.answer(Purpose.SHARING, False)
    enrol.tick()


def _enrolled(stage: Stage) -> None:
    _enrol(stage)
    stage.till.enrol.finish()


def _shift(stage: Stage) -> None:
    stage.fake.essentials.values["shift.float_minor"] = 50_000
    _idle(stage)
    stage.basket_of_the_pictures().sell()
    stage.shell.open_by_hand()


def _typed(stage: Stage, text: str) -> None:
    for char in text:
        stage.till.by_hand.char(char)


def _shift_count(stage: Stage) -> None:
    _shift(stage)
    _typed(stage, "2")
    for row, text in enumerate(("6", "3", "2", "1", "3", "2", "", "2")):
        stage.till.by_hand.mark(row)
        _typed(stage, text)
    stage.till.by_hand.confirm()


def _shift_closed(stage: Stage) -> None:
    _shift_count(stage)
    stage.till.by_hand.confirm()


def _cash(stage: Stage) -> None:
    _shift(stage)
    _typed(stage, "3")
    stage.till.by_hand.choose_kind(2)
    _typed(stage, "300")


def _points_by_hand(stage: Stage) -> None:
    _member(stage)
    stage.shell.open_by_hand()
    _typed(stage, "4120")


def _approval(stage: Stage) -> None:
    _points_by_hand(stage)
    stage.till.by_hand.confirm()
    _typed(stage, "246")


def _today(stage: Stage) -> None:
    last_week = (0, 90, 170, 290, 425, 470, 390, 410, 380, 440, 520, 500, 360, 140)
    so_far = (0, 0, 180, 326, 440, 538, 340)
    hours = {"2026-11-29": (8, last_week), "2026-12-06": (8, so_far)}
    for day, (first, figures) in hours.items():
        by_hour = [0] * 24
        by_hour[first : first + len(figures)] = [yuan * 1_000 for yuan in figures]
        stage.fake.members.store_days[day] = DayFigures(
            sales=94, returns=2, gross_minor=1_850_000, net_minor=sum(by_hour), members=71, enrolments=13,
            points_issued=15_400, points_redeemed=6_600, by_hour=tuple(by_hour),
        )  # fmt: skip
    _enrolled(stage)
    stage.till.enrol.finish()
    stage.sell()
    stage.scan(stage.barcode(3), stage.barcode(3)).sell()
    stage.shell.session_changed(stage.fake.sign_on("0103"))
    stage.shell.open_by_hand()
    stage.till.by_hand.today()


def _why(stage: Stage) -> None:
    _member(stage)
    programme = stage.fake.essentials.programme
    assert programme is not None
    rules = (
        *programme.earn.rules,
        EarnRule("weekend", RuleKind.BONUS, When(weekdays=frozenset({6, 7})), points=20),
        EarnRule("evening", RuleKind.MULTIPLY, When(hours=(time(18), time(22))), factor=Fraction(2)),
        EarnRule("big-basket", RuleKind.BONUS, When(min_spend_minor=50_000), points=100, post_after_days=14),
        EarnRule("birthday", RuleKind.MULTIPLY, When(birthday=BirthdaySpan.DAY), factor=Fraction(3)),
        EarnRule("sun-care", RuleKind.RATE, When(categories=frozenset({"sun"})), points=1, per_minor=100),
    )
    stage.fake.essentials.programme = replace(programme, earn=replace(programme.earn, rules=rules))
    stage.shell.open_why()


def _receipt(stage: Stage) -> None:
    _member(stage)
    stage.sell()
    stage.shell.open_receipt()


def _status(stage: Stage) -> None:
    _enrolled(stage)
    stage.till.enrol.finish()
    stage.sell()
    stage.scan(stage.barcode(4)).sell()
    _redeemed(stage)
    stage.shell.open_status()


def _loading(stage: Stage) -> None:
    _status(stage)
    screens_sync.load(stage)


def _help(stage: Stage) -> None:
    _idle(stage)
    stage.shell.open_help()


def _furnished(then: Callable[[Stage], None], stage: Stage) -> None:
    screens_benefits.furnished(stage)
    _member(stage)
    then(stage)


STAGES: dict[str, Callable[[Stage], None]] = {
    **screens_customer.STAGES,
    **{name: partial(_furnished, then) for name, then in screens_benefits.STAGES.items()},
    **screens_devices.STAGES,
    "sign-on": _sign_on,
    "locked": _locked,
    "recovery": _recovery,
    "idle": _idle,
    "member": _member,
    "anonymous": _anonymous,
    "unknown-card": _unknown_card,
    "refused": _refused,
    "paper": _paper,
    "find": _find,
    "find-keys": _find_keys,
    "amount": _amount,
    "pay": _pay,
    "redeem": _redeem,
    "redeem-ask": _redeem_ask,
    "redeemed": _redeemed,
    "return": _return,
    "return-scan": _return_scan,
    "return-offline": _return_offline,
    "undo": _undo,
    "pay-part": _pay_part,
    "enrol": _enrol,
    "enrolled": _enrolled,
    "shift": _shift,
    "shift-count": _shift_count,
    "shift-closed": _shift_closed,
    "cash": _cash,
    "points-by-hand": _points_by_hand,
    "approval": _approval,
    "today": _today,
    "why": _why,
    "receipt": _receipt,
    "status": _status,
    "loading": _loading,
    "help": _help,
}


class Drawer:
    """Paints named pictures. Main thread."""

    def __init__(self, app: QApplication, resources: Path) -> None:
        self._app, self._resources = app, resources

    def draw(self, picture: str, target: Path) -> None:
        """`picture` is screen-language-theme[-size]."""
        size = next((size for size in SIZES if size and picture.endswith(f"-{size}")), "")
        rest = picture.removesuffix(f"-{size}") if size else picture
        screen, lang, theme = rest.rsplit("-", 2)
        image = self.paint(screen, TONGUES[lang], theme, SIZES[size], scale=SCALES.get(size, 1.0))
        small = image.convertToFormat(QImage.Format.Format_RGB32)
        small.save(str(target))
        squeeze(target)

    def paint(
        self, screen: str, language: str, theme_name: str, size: tuple[int, int], *, scale: float = 1.0
    ) -> QImage:
        """One screen as an image."""
        window = self.window(screen, language, theme_name, size, scale)
        image = window.grab().toImage()
        window.close()
        window.deleteLater()
        self._app.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # else every theme restyles every old window
        self._app.processEvents()
        return image

    def window(self, screen: str, language: str, theme_name: str, size: tuple[int, int], scale: float) -> QWidget:
        """The window itself, shown and laid out."""
        tr = load(self._resources / "locale", language)
        theme = open_theme(self._resources, theme_name, scale)
        apply_theme(self._app, theme)
        stage = Stage(tr)
        look = Look(language, theme_name, round(scale * 100))
        window = TillWindow(Ui(theme, tr), stage.shell, look, "0.1.0")
        window.stage = stage  # type: ignore[attr-defined]  # keeps the presenters alive with their window
        window.resize(*size)
        window.show()
        window.activateWindow()
        STAGES[screen](stage)
        if screen == "enrol" and window.work is not None:
            form = window.work.view(Screen.ENROL)
            if isinstance(form, EnrolView):
                form.consents[Purpose.PROFILING].agree.setFocus()
        for _ in range(4):
            self._app.processEvents()
        if window.work is not None:
            window.work.toast.hide()
            if window.work.scan.state is ScanState.RECOGNISED:
                window.work.scan.show_ready()
        return screens_customer.beside(screen, window, Ui(theme, tr))
