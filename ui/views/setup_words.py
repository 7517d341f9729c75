"""What the set-up of a device asks and tells on each step. No layout."""

from __future__ import annotations

from app.domain.card import CodeKind
from app.i18n import Translator
from app.messages import ALL, say
from ui.presenters.device_setup_state import DOTS, SHEETS, Page, SetupState, What
from ui.presenters.device_trial import Completion, FoundDevice, Sent, Trial
from ui.theme.names import Icon, Role

CARDS = frozenset((CodeKind.MEMBER_CARD, CodeKind.MEMBER_CODE))


def what_name(what: What, tr: Translator) -> str:
    """What is set up."""
    return {
        What.PRINTER: tr("Receipt printer"),
        What.SCANNER: tr("Scanner by cable or HID"),
        What.TYPING: tr("Scanner that types"),
    }[what]


def step_name(page: Page, tr: Translator) -> str:
    """A step, in a word."""
    return {
        Page.FIND: tr("Find"),
        Page.SAMPLES: tr("Sample scans"),
        Page.RULER: tr("Width"),
        Page.CHINESE: tr("Chinese"),
        Page.COMPLETION: tr("Answers"),
        Page.DRAWER: tr("Drawer"),
        Page.KEEP: tr("Keep"),
    }[page]


def question(state: SetupState, tr: Translator) -> str:
    """What this step asks."""
    if state.page is Page.FIND and state.what is What.TYPING:
        return tr("A scanner that types needs no address")
    return {
        Page.FIND: tr("Which device is it?"),
        Page.SAMPLES: tr("Scan the same member card three times"),
        Page.RULER: tr("Which is the longest line that is whole?"),
        Page.CHINESE: tr("Is the Chinese right?"),
        Page.COMPLETION: tr("Does the printer say when a receipt is on paper?"),
        Page.DRAWER: tr("Is a cash drawer plugged into this printer?"),
        Page.KEEP: tr("Keep it like this?"),
    }[state.page]


def advice(state: SetupState, tr: Translator) -> str:
    """What to do on this step."""
    if state.page is Page.FIND and state.what is What.TYPING:
        return tr("The next step learns how fast it types, so that its scans are told from a person's keys.")
    return {
        Page.FIND: tr("Press its number, or type an address: 192.168.1.50, serial:/dev/ttyUSB0, usb:04b8:0202."),
        Page.SAMPLES: tr("Nothing is sold or looked up. Keep the keyboard still while scanning."),
        Page.RULER: tr("Print the ruler. A line is whole when it ends with < unbroken; its number is its width."),
        Page.CHINESE: tr("Print the sheet. Line A is in the printer's own signs, line B is drawn by the till."),
        Page.COMPLETION: tr("The till asks the printer; a clone may print a few stray signs."),
        Page.DRAWER: tr("A cash sale then opens it. Try it later on the page of the devices."),
        Page.KEEP: tr("It is used at once, no restart is needed. Esc leaves everything as it was."),
    }[state.page]


def found_name(found: FoundDevice, tr: Translator) -> str:
    """One device of the list: what it calls itself, how it is connected."""
    wires = {
        "serial": tr("serial port"),
        "hid": tr("HID scanner"),
        "usb_printer": tr("USB printer"),
    }
    return " · ".join(part for part in (found.label, wires.get(found.wire, found.wire), found.port) if part)


def nothing_found(state: SetupState, tr: Translator) -> str:
    """Instead of a list."""
    if state.searching:
        return tr("Looking at what is plugged in")
    return tr("Nothing that fits is plugged in. Plug it in and search again, or type its address.")


def connection(trial: Trial, tr: Translator) -> tuple[Role, Icon, str] | None:
    """Trouble with the device on trial; None while it can be worked with."""
    if trial.code in ALL:
        words = _set_up_words(trial.code, tr) or say(ALL[trial.code], tr, trial.facts)
        return Role.ATTENTION, Icon.WARN, words
    return None if trial.here else (Role.INFO, Icon.SYNC, tr("Connecting to the device"))


def _set_up_words(code: str, tr: Translator) -> str:
    """Trouble in the words of a set-up, where no receipt waits; empty: the counter's words do."""
    ref = ALL[code].ref
    away = tr(
        "The device is not connected ({ref}). Plug it in: it is found by itself. ← leads to another one.", ref=ref
    )
    return {
        "device_unreachable": tr(
            "This address does not answer ({ref}). Check cable, power and address; the till keeps trying. "
            "← leads to another address.",
            ref=ref,
        ),
        "device_lost": away,
        "device_missing": away,
        "printer_paper_out": tr("The printer is out of paper ({ref}). Load paper.", ref=ref),
        "printer_cover_open": tr("The printer's cover is open ({ref}). Close it.", ref=ref),
        "printer_offline": tr("The printer is offline ({ref}). Check its paper, cover and feed button.", ref=ref),
    }.get(code, "")


def sent_role(trial: Trial) -> tuple[Role, Icon]:
    """How what became of it is shown."""
    if trial.sent is Sent.GOING:
        return Role.INFO, Icon.SYNC
    if trial.sent is Sent.DONE and (not trial.stopped or trial.completion is not None):
        return Role.PRIMARY, Icon.OKC
    return Role.ATTENTION, Icon.WARN


def sent_words(state: SetupState, tr: Translator) -> str:
    """What became of the sheet or the question of this step; empty before."""
    trial = state.trial
    asks = state.page is Page.COMPLETION
    if trial is None or not (asks or state.page in SHEETS) or trial.sheet is not SHEETS.get(state.page):
        return ""
    if asks and trial.completion is not None:
        return completion_words(trial.completion, tr)
    if trial.sent in (Sent.NOTHING, Sent.GOING):
        return tr("The printer is at work") if trial.sent is Sent.GOING else ""
    if trial.sent is Sent.DONE and not trial.stopped:
        return tr("Sent. Look at the paper")
    return tr("{happened} {do}", happened=_not_printed(state.page, trial.sent, tr), do=_then_press(trial, tr))


def _not_printed(page: Page, sent: Sent, tr: Translator) -> str:
    if page is Page.COMPLETION:
        return tr("Nothing is known yet.")
    return {
        Sent.HELD: tr("Nothing was printed."),
        Sent.FAILED: tr("Not everything was printed."),
    }.get(sent, tr("The printer stands still."))


def _then_press(trial: Trial, tr: Translator) -> str:
    if not trial.here:
        return tr("When the printer is connected, press P again")
    if trial.code == "printer_paper_out":
        return tr("Load paper (D-11), then press P again")
    if trial.stopped:
        return tr("Do what is said above, then press P again")
    return tr("Check the printer, then press P again")


def completion_words(completion: Completion, tr: Translator) -> str:
    """What the till can know of a receipt on this printer."""
    return {
        Completion.ID: tr("It answers with the number of our job: a receipt counts as printed only then"),
        Completion.PAPER: tr("It answers with the state of its paper: a receipt counts as printed only then"),
        Completion.NONE: tr("It does not answer: a receipt will be called sent, never printed"),
    }[completion]


def samples_words(trial: Trial, tr: Translator) -> tuple[Role, Icon, str] | None:
    """What the samples say so far; None before the first."""
    if not trial.scans:
        return None
    if not trial.alike:
        return Role.ATTENTION, Icon.WARN, tr("These are not the same code. Press A and scan one card three times")
    if not trial.sampled:
        return Role.PLAIN, Icon.SCAN, tr("{count} of 3", count=len(trial.scans))
    odd = {scan.kind for scan in trial.scans} - CARDS
    if odd:
        text = tr(
            "All three are the same, but no member card. If it was one, the scanner adds signs before or after the code"
        )
        return Role.ATTENTION, Icon.WARN, text
    if any(scan.ended == "silence" for scan in trial.scans):
        return (
            Role.ATTENTION,
            Icon.WARN,
            tr("All three are the same, without an end sign: have it send Enter (CR), it is quicker"),
        )
    return Role.PRIMARY, Icon.OKC, tr("All three are the same, and a member card")


def summary(state: SetupState, tr: Translator) -> tuple[tuple[str, str], ...]:
    """What would be kept: caption and value."""
    trial, answers = state.trial, state.answers
    if state.without:
        return ((what_name(state.what, tr), tr("none at this till")),)
    if trial is None:
        return ()
    if state.what is What.TYPING:
        gap = (trial.settings or {}).get("scanner.wedge_gap_ms", 0)
        return (
            (tr("Device"), what_name(state.what, tr)),
            (tr("Its keys come closer than"), tr("{count} ms", count=gap)),
        )
    where = ((tr("Device"), what_name(state.what, tr)), (tr("Address"), trial.address))
    if state.what is What.SCANNER:
        return where
    return (
        *where,
        (tr("Width"), tr("{count} columns", count=answers.columns)),
        (tr("Chinese"), tr("drawn by the till") if answers.chinese == DOTS else tr("the printer's own signs")),
        (tr("Answers"), _short(trial.completion, tr)),
        (tr("Drawer"), tr("opens at a cash sale") if answers.drawer else tr("none")),
    )


def _short(completion: Completion | None, tr: Translator) -> str:
    return {
        Completion.ID: tr("by job number"),
        Completion.PAPER: tr("by paper state"),
    }.get(completion or Completion.NONE, tr("none: sent, never printed"))
