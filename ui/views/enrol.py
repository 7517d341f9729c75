"""Enrolment: phone, name, the customer's consents; at the right the card and the one button."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QWidget

from app.domain.consent import Purpose
from ui.presenters.enrol import EnrolPresenter, EnrolState
from ui.theme.names import Icon, Role, Size, Tone
from ui.views.common import PIN_FROM, Shown, Ui, pin
from ui.views.consents import consent_choice
from ui.views.enrol_card import EnrolSide
from ui.views.notice import NoticeBanner
from ui.views.sides import FormBesideSide
from ui.widgets.basics import Card, Label, row
from ui.widgets.buttons import KeyButton
from ui.widgets.field import Field
from ui.widgets.notices import Banner
from ui.widgets.runs import RunLine
from ui.widgets.tasks import Steps
from ui.widgets.values import BannerAction, IconRun, Run, Step

STACK_BELOW = 1000  # logical width below which the right column goes under
ANSWER, ANSWER_NARROW = 132, 104  # both answers the same, always
NARROW_BELOW = 600  # logical width below which the fields stand under each other


class EnrolView(QWidget):
    """Shows the enrol presenter. `pressed(action)`: Esc and F10 as buttons."""

    pressed = Signal(str)
    scan_news = Signal(object)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui, tr = ui, ui.tr
        self._presenter: EnrolPresenter | None = None
        self.setProperty("ground", "base")
        self.setAccessibleName(tr("New member"))
        self.steps, self.clock = Steps(ui.theme), RunLine(ui.theme, height_px=40)
        self.phone = Field(ui.theme, tr("Phone number"), icon=Icon.PHONE)
        self.phone.set_hint(tr("11 digits, or + and the country code"))
        self.name = Field(ui.theme, tr("Name"), ime=True)
        self.name.set_hint(tr("as the customer likes to be called"))
        self.notice, self.known = NoticeBanner(ui.theme), Banner(ui.theme)
        self.known.hide()
        self.consents = {purpose: consent_choice(ui, purpose) for purpose in Purpose}
        self.side = EnrolSide(ui)
        self.side.finish.connect(lambda: self.pressed.emit("F10"))
        self._build()
        self._parts.arrange(self.main, self.side, stacked=False)

    def _build(self) -> None:
        ui, tr, px = self._ui, self._ui.tr, self._ui.px
        back = KeyButton(ui.theme, tr("Back to the receipt"), key="Esc")
        back.clicked.connect(lambda: self.pressed.emit("Esc"))
        self.main = Card(ui.theme)
        body = self.main.body
        body.setContentsMargins(px(20), px(14), px(20), px(14))
        body.setSpacing(px(10))
        body.addLayout(row(Label(ui.theme, tr("New member"), size=Size.HEADLINE), 1, back))
        where = row(self.steps, gap=px(10))
        where.addWidget(self.clock, 1)
        body.addLayout(where)
        body.addWidget(self.notice)
        body.addWidget(self.known)
        self._fields = fields = row(gap=px(12))
        fields.addWidget(self.phone, 5, Qt.AlignmentFlag.AlignTop)
        fields.addWidget(self.name, 3, Qt.AlignmentFlag.AlignTop)
        body.addLayout(fields)
        head = row(Label(ui.theme, tr("Consent"), size=Size.STRONG), gap=px(12))
        note = Label(ui.theme, tr("Ask for each; nothing is chosen beforehand"), size=Size.LABEL, tone=Tone.SECOND)
        note.setAlignment(Qt.AlignmentFlag.AlignRight)
        head.addWidget(note, 1)
        body.addLayout(head)
        for consent in self.consents.values():
            body.addWidget(consent)
        body.addStretch(1)
        self.advice = Banner(ui.theme)
        self.advice.show_notice(
            Role.PLAIN, Icon.INFO, tr("All but the member service may be declined; card and shopping stay the same.")
        )
        body.addWidget(self.advice)
        self._parts = FormBesideSide(ui, self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrow screens put the card under the form."""
        super().resizeEvent(event)
        px = self._ui.px
        stacked = self.width() < px(STACK_BELOW)
        self._parts.arrange(self.main, self.side, stacked=stacked)
        pin(self.side.foot, self._parts.foot if stacked and self.height() >= px(PIN_FROM) else self.side)
        narrow = self.width() < px(NARROW_BELOW)
        self._fields.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        self.clock.setVisible(not narrow)
        for consent in self.consents.values():
            for button in (consent.agree, consent.decline):
                button.setFixedWidth(px(ANSWER_NARROW if narrow else ANSWER))
        side = px(8 if narrow else 20)
        self.main.body.setContentsMargins(side, px(14), side, px(14))

    def attach(self, presenter: EnrolPresenter) -> None:
        """Show this form and send it what is typed and chosen."""
        self._presenter = presenter
        self.phone.edited.connect(presenter.phone_typed)
        self.phone.edit.editingFinished.connect(presenter.check_phone)
        self.name.edited.connect(presenter.name_typed)
        for purpose, row_ in self.consents.items():
            row_.answered.connect(lambda given, purpose=purpose: presenter.answer(purpose, given))
        self.known.pressed.connect(lambda _action: presenter.open_known())
        self.side.electronic.connect(presenter.electronic_card)
        app = QApplication.instance()
        if isinstance(app, QApplication):  # after a focus event the window still names the old field
            app.focusChanged.connect(self._on_focus)
        presenter.attach(Shown(self.show_state))

    def _on_focus(self, _old: QWidget | None, _new: QWidget | None) -> None:
        if self._presenter is not None and self._presenter.state.open:
            self.show_state(self._presenter.state)

    def _typing(self, field: Field) -> bool:
        """Whether keys go to the field. Not hasFocus: without a window manager keys come to an inactive window too."""
        return self.window().focusWidget() is field.edit

    def focus_first(self) -> None:
        """The keyboard goes to what is still to be filled in."""
        state = self._presenter.state if self._presenter is not None else EnrolState()
        (self.phone if state.check is None else self.name).edit.setFocus()

    def show_state(self, state: EnrolState) -> None:
        """The form; phone and name are masked while nobody types them."""
        tr, check = self._ui.tr, state.check
        self.scan_news.emit(state)
        names = (tr("Phone"), tr("Name"), tr("Consent"), tr("Card"))
        ended = state.enrolled is not None
        done = (check is not None, bool(state.name.strip()), ended or not state.unanswered, ended)
        self.steps.set_steps(tuple(Step(name, done[n], n == state.step) for n, name in enumerate(names)))
        seconds = tr("{seconds} s", seconds=state.elapsed_s)
        self.clock.set_runs((), (IconRun(Icon.CLOCK, 20, Tone.SECOND), Run(seconds, tone=Tone.SECOND, gap_px=6)))
        typing_phone = not ended and self._typing(self.phone)
        typing_name = not ended and self._typing(self.name)
        self.phone.set_text(check.masked if check is not None and not typing_phone else state.phone)
        self.name.set_text(state.name if typing_name else state.masked_name)
        free = (IconRun(Icon.OKC, 20, Tone.PRIMARY), Run(tr("not known yet"), tone=Tone.PRIMARY, gap_px=6))
        if check is not None and check.lost and not check.duplicates:
            self.phone.set_tail(Run(tr("cannot be looked up now"), tone=Tone.ATTENTION))
        else:
            self.phone.set_tail(*(free if check is not None and not check.duplicates else ()))
        self.notice.set_notice(state.notice)
        self._show_known(state)
        self.advice.setVisible(state.notice is None and self.known.isHidden())
        for purpose, row_ in self.consents.items():
            row_.set_answer(state.answer(purpose))
        self.phone.set_dead(ended)
        self.name.set_dead(ended)
        for row_ in self.consents.values():
            row_.setEnabled(not ended)
        self.side.show_state(state)

    def _show_known(self, state: EnrolState) -> None:
        tr, check = self._ui.tr, state.check
        known = check is not None and bool(check.duplicates) and state.enrolled is None
        self.known.setVisible(known)
        if known and check is not None:
            who = check.duplicates[0].view
            text = tr("{name} has this phone number already", name=who.name or tr("A member"))
            self.known.show_notice(
                Role.ATTENTION,
                Icon.USERS,
                text,
                note=tr("Take that member, or go on: head office will merge them."),
                actions=(BannerAction(tr("Take {name}", name=who.name or tr("A member")), "open"),),
            )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field goes on to the next thing to fill in."""
        typing = self._typing(self.phone) or self._typing(self.name)
        if typing and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.focusNextChild()
        else:
            super().keyPressEvent(event)
