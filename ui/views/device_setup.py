"""The set-up of a device: one question a step, big answers with their digits, what the device says, one button on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.presenters.device_setup import AGAIN_KEY, DO_KEY, NONE_KEY, SEARCH_KEY, DeviceSetupPresenter
from ui.presenters.device_setup_state import COLUMNS, DOTS, SHEETS, TEXT, Page, SetupState, What
from ui.presenters.device_trial import SAMPLES_WANTED, Sent
from ui.theme.names import Icon, Kind, Size, Tone
from ui.views import device_words, setup_words
from ui.views.common import Shown, Ui, scroll_area
from ui.views.hand_form import Chips, Flow
from ui.views.notice import NoticeBanner
from ui.widgets.basics import Card, Label, column, row
from ui.widgets.buttons import KeyButton
from ui.widgets.field import Field
from ui.widgets.keypad import DELETE, typed
from ui.widgets.notices import Banner
from ui.widgets.tasks import FactRow, Steps
from ui.widgets.values import Run, Step

KINDS = tuple(What)
FOUND_MAX, ANSWERS_MAX, FACTS_MAX = 9, 4, 6
WITH_PRINTER = (Page.RULER, Page.CHINESE, Page.COMPLETION)
EDGE, BAR = 12, 16
ADDRESS_SIGNS = "1234567890.:"
ADDRESS_CHARS_MAX = 200


class AddressKeys(Flow):
    """Digits, `.` and `:` for a network address on a till without a keyboard. `pressed` carries the key."""

    pressed = Signal(str)

    def __init__(self, ui: Ui) -> None:
        super().__init__(ui)
        keys = [KeyButton(ui.theme, sign) for sign in ADDRESS_SIGNS]
        delete = KeyButton(ui.theme, icon=Icon.DEL)
        delete.setAccessibleName(ui.tr("Delete"))
        delete.setAutoRepeat(True)
        for key, sign in zip((*keys, delete), (*ADDRESS_SIGNS, DELETE), strict=True):
            key.set_look(padding_px=24)
            key.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            key.clicked.connect(lambda _checked=False, sign=sign: self.pressed.emit(sign))
        self.set_items((*keys, delete))


class DeviceSetupView(QWidget):
    """Shows the set-up. `pressed(action)`: Esc, ← and F10 as buttons."""

    pressed = Signal(str)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui, tr = ui, ui.tr
        self._presenter: DeviceSetupPresenter | None = None
        self._page: Page | None = None
        self.setProperty("ground", "base")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Set up a device"))
        self.title, self.steps = Label(ui.theme, size=Size.NAME), Steps(ui.theme)
        self.question, self.advice = Label(ui.theme, size=Size.HEADLINE, wrap=True), Label(ui.theme, wrap=True)
        self.notice, self.said, self.link = NoticeBanner(ui.theme), Banner(ui.theme), Banner(ui.theme)
        self.kinds = Chips(ui, tr("What is set up (↑ ↓)"))
        self.found = [self._answer(number, left=True) for number in range(1, FOUND_MAX + 1)]
        self.nothing = Label(ui.theme, tone=Tone.SECOND, wrap=True)
        self.none = KeyButton(ui.theme, tr("There is no such device at this till"), key=NONE_KEY)
        self.none.set_look(left=True, shrink=True, cap_first=True)
        self.address = Field(ui.theme, tr("Address (A)"), icon=Icon.KB)
        self.address_keys = AddressKeys(ui)
        self.samples = [FactRow(ui.theme, f"{number}") for number in range(1, SAMPLES_WANTED + 1)]
        self.answers = [self._answer(number) for number in range(1, ANSWERS_MAX + 1)]
        self.facts = [FactRow(ui.theme) for _ in range(FACTS_MAX)]
        self.do = KeyButton(ui.theme, height_px=64)
        self.cancel = KeyButton(ui.theme, tr("Cancel"), key="Esc", height_px=64)
        self.back = KeyButton(ui.theme, tr("Step back"), key="←", height_px=64)
        self.on = KeyButton(ui.theme, kind=Kind.PRIMARY, key="F10", height_px=64)
        self._build()

    def _answer(self, number: int, *, left: bool = False) -> KeyButton:
        button = KeyButton(self._ui.theme, key=f"{number}", height_px=48 if left else 56)
        button.set_look(left=left, shrink=True, cap_first=True)
        button.clicked.connect(lambda: self._tell(lambda presenter: presenter.answer(number)))
        return button

    def _build(self) -> None:
        ui, px = self._ui, self._ui.px
        card = Card(ui.theme)
        asked = row(*self.answers, gap=px(10))
        for part in (
            self.question,
            self.advice,
            self.kinds,
            *self.found,
            self.nothing,
            self.none,
            self.address,
            self.address_keys,
            *self.samples,
        ):
            card.body.addWidget(part)
        card.body.addLayout(asked)
        for part in (*self.facts, self.said):
            card.body.addWidget(part)
        card.body.addStretch(1)
        body = QWidget()
        whole = QVBoxLayout(body)
        whole.setContentsMargins(px(EDGE), px(EDGE), px(EDGE), px(EDGE))
        whole.setSpacing(px(8))
        whole.addWidget(self.title)
        whole.addWidget(self.steps)
        for part in (self.notice, self.link):
            whole.addWidget(part)
        whole.addWidget(card, 1)
        area = scroll_area(ui.tr("Set up a device"))
        area.setWidget(body)
        feet = row(self.do, self.cancel, self.back, self.on, gap=px(10))
        feet.setContentsMargins(px(12), 0, px(12), px(12))
        for place, stretch in enumerate((3, 2, 2, 3)):
            feet.setStretch(place, stretch)
        self.setLayout(column(area, gap=0))
        outer = self.layout()
        if isinstance(outer, QVBoxLayout):
            outer.addLayout(feet)
        for button, action in ((self.cancel, "Esc"), (self.back, "←"), (self.on, "F10")):
            button.clicked.connect(lambda _checked=False, action=action: self.pressed.emit(action))
        for button in (self.do, self.cancel, self.back, self.on):
            button.set_look(shrink=True)
        self.none.clicked.connect(lambda: self._tell(lambda presenter: presenter.remove()))
        self.do.clicked.connect(lambda: self._tell(self._do))
        self.kinds.picked.connect(lambda place: self._tell(lambda presenter: presenter.choose(KINDS[place])))
        self.address.edited.connect(lambda text: self._tell(lambda presenter: presenter.typed(text)))
        self.address_keys.pressed.connect(
            lambda key: self._tell(
                lambda presenter: presenter.typed(typed(presenter.state.address, key, length_max=ADDRESS_CHARS_MAX))
            )
        )
        self.address.submitted.connect(lambda _text: self._tell(lambda presenter: presenter.next()))

    def attach(self, presenter: DeviceSetupPresenter) -> None:
        """Show this set-up and send it what is pressed."""
        self._presenter = presenter
        presenter.attach(Shown(self.show_state))

    def show_state(self, state: SetupState) -> None:
        """The step it is at."""
        tr, trial = self._ui.tr, state.trial
        self.title.set_text(tr("Set up: {what}", what=setup_words.what_name(state.what, tr)))
        self._show_steps(state)
        self.question.set_text(setup_words.question(state, tr))
        self.advice.set_text(setup_words.advice(state, tr))
        self.notice.set_notice(state.notice)
        trouble = setup_words.connection(trial, tr) if trial is not None and state.page is not Page.FIND else None
        self.link.setVisible(trouble is not None)
        if trouble is not None:
            self.link.show_notice(*trouble)
        self._show_find(state)
        self._show_samples(state)
        self._show_answers(state)
        self._show_facts(state)
        self._show_feet(state)
        if state.page is not self._page:
            self._page = state.page
            self.setFocus()  # the field of the step before is gone

    def _show_steps(self, state: SetupState) -> None:
        """All of them with their words; where there is no room for that, only the one it is at."""
        tr, pages, here = self._ui.tr, state.pages, state.pages.index(state.page)
        names = [setup_words.step_name(page, tr) for page in pages]
        self.steps.set_steps([Step(name, n < here, n == here) for n, name in enumerate(names)])
        if self.steps.minimumSizeHint().width() > self.width() - self._ui.px(2 * EDGE + BAR):
            self.steps.set_steps([Step(name if n == here else "", n < here, n == here) for n, name in enumerate(names)])

    def _show_find(self, state: SetupState) -> None:
        tr, at = self._ui.tr, state.page is Page.FIND
        self.kinds.show_choices(
            [setup_words.what_name(one, tr) for one in KINDS] if at else [], KINDS.index(state.what)
        )
        offered = state.offered if at else ()
        for place, button in enumerate(self.found):
            button.setVisible(place < len(offered))
            button.setEnabled(not state.busy)
            if place < len(offered):
                button.set_text(setup_words.found_name(offered[place], tr))
        self.none.setVisible(at)
        self.none.setEnabled(not state.busy)
        wired = at and state.what is not What.TYPING
        self.nothing.setVisible(wired and not offered)
        self.nothing.set_text(setup_words.nothing_found(state, tr))
        for part in (self.address, self.address_keys):
            part.setVisible(wired)
        self.address.set_text(state.address)

    def _show_samples(self, state: SetupState) -> None:
        tr, trial = self._ui.tr, state.trial
        scans = trial.scans if trial is not None else ()
        for place, line in enumerate(self.samples):
            line.setVisible(state.page is Page.SAMPLES)
            text = device_words.scan_words(scans[place], tr) if place < len(scans) else tr("waits for a scan")
            line.set_fact(Run(text, tone=Tone.INK if place < len(scans) else Tone.THIRD))

    def _show_answers(self, state: SetupState) -> None:
        tr, answers = self._ui.tr, state.answers
        asked: dict[Page, list[tuple[str, bool]]] = {
            Page.RULER: [
                *((tr("{count} columns", count=count), answers.columns == count) for count in COLUMNS),
                (tr("None of them"), False),
            ],
            Page.CHINESE: [
                (tr("A is right"), answers.chinese == TEXT),
                (tr("Only B is right"), answers.chinese == DOTS),
                (tr("Neither"), False),
            ],
            Page.DRAWER: [(tr("Yes"), answers.drawer is True), (tr("No"), answers.drawer is False)],
        }
        shown = asked.get(state.page, [])
        for place, button in enumerate(self.answers):
            button.setVisible(place < len(shown))
            button.setEnabled(state.page not in SHEETS or state.printed)
            if place < len(shown):
                button.set_text(shown[place][0])
                button.set_chosen(shown[place][1])

    def _show_facts(self, state: SetupState) -> None:
        tr, trial = self._ui.tr, state.trial
        facts = setup_words.summary(state, tr) if state.page is Page.KEEP else ()
        for place, line in enumerate(self.facts):
            line.setVisible(place < len(facts))
            if place < len(facts):
                line.set_fact(Run(facts[place][1], Size.STRONG), caption=facts[place][0])
        said = setup_words.samples_words(trial, tr) if trial is not None and state.page is Page.SAMPLES else None
        sent = setup_words.sent_words(state, tr)
        if sent and trial is not None:
            said = *setup_words.sent_role(trial), sent
        self.said.setVisible(said is not None)
        if said is not None:
            self.said.show_notice(*said)

    def _show_feet(self, state: SetupState) -> None:
        tr, page, trial = self._ui.tr, state.page, state.trial
        doing = {
            Page.FIND: (tr("Search again"), SEARCH_KEY, Icon.SYNC),
            Page.SAMPLES: (tr("Scan anew"), AGAIN_KEY, Icon.SCAN),
            Page.RULER: (tr("Print the ruler"), DO_KEY, Icon.PRINT),
            Page.CHINESE: (tr("Print the Chinese sheet"), DO_KEY, Icon.PRINT),
            Page.COMPLETION: (tr("Ask the printer"), DO_KEY, Icon.SYNC),
        }.get(page)
        self.do.setVisible(doing is not None)
        if doing is not None:
            self.do.set_text(doing[0], key=doing[1].upper())
            self.do.set_icon(doing[2])
        wanted = page in WITH_PRINTER and not state.may_go_on and not setup_words.sent_words(state, tr)
        self.do.set_kind(Kind.PRIMARY if wanted else Kind.PLAIN)
        going = trial is not None and trial.sent is Sent.GOING
        self.do.setEnabled(not (state.busy or going or state.searching or (page in WITH_PRINTER and not _here(state))))
        self.cancel.setEnabled(not state.busy)
        self.back.setEnabled(not state.busy and page is not Page.FIND)
        self.on.set_text(tr("Keep it") if page is Page.KEEP else tr("Next"))
        self.on.setEnabled(state.may_go_on)
        self.on.set_busy(tr("One moment") if state.busy else "")

    def _do(self, presenter: DeviceSetupPresenter) -> None:
        {Page.FIND: presenter.search, Page.SAMPLES: presenter.again}.get(presenter.state.page, presenter.do)()

    def _tell(self, what: Callable[[DeviceSetupPresenter], None]) -> None:
        if self._presenter is not None:
            what(self._presenter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other room for the words of the steps."""
        super().resizeEvent(event)
        self._tell(lambda presenter: self._show_steps(presenter.state))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits answer, letters do; A goes to the address; the rest is the shell's."""
        presenter, text = self._presenter, event.text()
        if self.address.isVisible() and text.lower() == AGAIN_KEY:
            self.address.setFocus()
        elif presenter is None or not text or not text.isprintable() or not presenter.char(text):
            super().keyPressEvent(event)


def _here(state: SetupState) -> bool:
    return state.trial is not None and state.trial.here
