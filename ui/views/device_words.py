"""What devices, their states, their tests and what they read are called. No layout."""

from __future__ import annotations

from app.domain.card import CodeKind
from app.i18n import Translator
from app.messages import ALL, say
from ui.presenters.devices import TYPING_SCANNER, Checked, CheckLevel, DeviceCard, DeviceKind, Health, ScanSeen, Stage
from ui.theme.names import Icon, Role
from ui.widgets.values import ChipSpec

ICONS = {
    DeviceKind.PRINTER: Icon.PRINT,
    DeviceKind.SCANNER: Icon.SCAN,
    DeviceKind.DRAWER: Icon.DRAWER,
    DeviceKind.DISPLAY: Icon.SCREEN,
}
AIM_NAMES = {
    "A0": "Code 39",
    "C0": "Code 128",
    "C1": "GS1-128",
    "E0": "EAN-13",
    "E4": "EAN-8",
    "Q1": "QR",
    "Q3": "GS1 QR",
    "d1": "Data Matrix",
    "d2": "GS1 Data Matrix",
    "e0": "GS1 DataBar",
}


def device_name(card: DeviceCard, tr: Translator) -> str:
    """What the device is called; two kinds of scanner have two names."""
    if card.name == TYPING_SCANNER:
        return tr("Scanner that types")
    return {
        DeviceKind.PRINTER: tr("Printer"),
        DeviceKind.SCANNER: tr("Serial scanner"),
        DeviceKind.DRAWER: tr("Cash drawer"),
        DeviceKind.DISPLAY: tr("Customer display"),
    }[card.kind]


def test_name(kind: DeviceKind, tr: Translator) -> str:
    """What trying it is called."""
    return {
        DeviceKind.PRINTER: tr("Test print"),
        DeviceKind.SCANNER: tr("Test scan"),
        DeviceKind.DRAWER: tr("Open the drawer"),
        DeviceKind.DISPLAY: tr("Show a test text"),
    }[kind]


def health_chip(health: Health, tr: Translator) -> ChipSpec:
    """How it is: icon, word and colour."""
    return {
        Health.OK: ChipSpec(tr("in order"), Role.PRIMARY, Icon.OKC),
        Health.WARN: ChipSpec(tr("look at it soon"), Role.ATTENTION, Icon.WARN),
        Health.OFFLINE: ChipSpec(tr("not connected"), Role.ATTENTION, Icon.WARN),
        Health.ERROR: ChipSpec(tr("wants attention"), Role.ATTENTION, Icon.WARN),
        Health.NONE: ChipSpec(tr("not set up"), Role.PLAIN, Icon.DOT),
    }[health]


def stage_words(card: DeviceCard, tr: Translator) -> str:
    """The one stage the device is at; without a connection it is enabled for nobody."""
    if card.health is Health.OFFLINE:
        return tr("not connected")
    return {
        Stage.CLOSED: tr("closed"),
        Stage.OPENED: tr("opened"),
        Stage.CLAIMED: tr("claimed"),
        Stage.ENABLED: tr("enabled"),
    }[card.stage]


def trouble(card: DeviceCard, tr: Translator) -> str:
    """What is wrong with it and what to do; empty when nothing is."""
    return say(ALL[card.code], tr, card.facts) if card.code in ALL else ""


def advice(card: DeviceCard, tr: Translator) -> str:
    """One sentence on how it is and what to do."""
    if card.health is Health.NONE:
        return tr("No such device is set up at this till. The counter works without it.")
    calm = {
        Health.OK: tr("Works. Nothing to do."),
        Health.OFFLINE: tr("The till is looking for it. Points are safe; check cable and power."),
    }
    return trouble(card, tr) or calm.get(card.health, "")


def scan_words(scan: ScanSeen, tr: Translator) -> str:
    """`Member card · ]C0 Code 128 · 13 characters · 88…93 · serial`."""
    kinds = {
        CodeKind.MEMBER_CARD: tr("member card"),
        CodeKind.MEMBER_CODE: tr("member code"),
        CodeKind.PRODUCT: tr("goods"),
        CodeKind.GS1: tr("GS1 code"),
        CodeKind.RECEIPT: tr("receipt code"),
        CodeKind.PAYMENT: tr("payment code"),
        CodeKind.STAFF_CARD: tr("staff card"),
        CodeKind.WRONG_CHECK_DIGIT: tr("wrong check digit"),
        CodeKind.UNKNOWN: tr("unknown code"),
    }
    sources = {"serial": tr("serial"), "hid": tr("HID"), "wedge": tr("as keys")}
    name = AIM_NAMES.get(scan.symbology, "")
    aim = f"]{scan.symbology} {name}".strip() if scan.symbology else tr("no AIM identifier")
    length = tr("{count} characters", count=scan.chars)
    parts = (kinds[scan.kind], aim, length, scan.masked, sources.get(scan.source, scan.source), end_words(scan, tr))
    return " · ".join(part for part in parts if part)


def end_words(scan: ScanSeen, tr: Translator) -> str:
    """How the scan ended; empty where nothing is known of it."""
    return {
        "cr": tr("ends with CR"),
        "lf": tr("ends with LF"),
        "etx": tr("ends with ETX"),
        "enter": tr("ends with Enter"),
        "tab": tr("ends with Tab"),
        "silence": tr("no end sign"),
    }.get(scan.ended, "")


def waiting(kind: DeviceKind, level: CheckLevel, tr: Translator) -> str:
    """What is going on while a check is not answered."""
    if level is not CheckLevel.INTERACTIVE:
        return tr("Asking the device")
    return {
        DeviceKind.PRINTER: tr("Sending a test page"),
        DeviceKind.SCANNER: tr("Scan any code now; nothing is sold or looked up. Esc ends the test"),
        DeviceKind.DRAWER: tr("Opening the drawer"),
        DeviceKind.DISPLAY: tr("Sending a test text"),
    }[kind]


def answer(card: DeviceCard, checked: Checked, tr: Translator) -> str:
    """What came of a check."""
    if checked.code in ALL:
        return say(ALL[checked.code], tr, checked.facts)
    if checked.level is not CheckLevel.INTERACTIVE and card.name == TYPING_SCANNER:
        return tr("A scanner that types cannot be asked. A test scan shows whether it is there")
    if checked.level is not CheckLevel.INTERACTIVE:
        return {
            DeviceKind.PRINTER: tr("Asked: is the printer ready? It is connected and reports no trouble"),
            DeviceKind.SCANNER: tr("Asked: is the scanner there? Yes. A test scan shows whether it reads"),
            DeviceKind.DRAWER: tr("A cash drawer cannot be asked. Opening it shows whether it is there"),
            DeviceKind.DISPLAY: tr("Asked: is the customer display there? Yes. A test text shows whether it is seen"),
        }[card.kind]
    if card.kind is DeviceKind.SCANNER:
        return tr("Arrived: {what}", what=scan_words(card.scan, tr)) if card.scan else ""
    if card.kind is DeviceKind.DRAWER:
        return tr("The pulse was sent. If the drawer stayed shut, check its cable at the printer")
    if card.kind is DeviceKind.DISPLAY:
        return tr("The test text was sent. Look at the customer display")
    return tr("The test page was sent. Look at the paper: Chinese, figures and the cut")


def level_name(level: CheckLevel, tr: Translator) -> str:
    """What kind of check it was."""
    return {
        CheckLevel.INTERNAL: tr("looked up"),
        CheckLevel.EXTERNAL: tr("asked"),
        CheckLevel.INTERACTIVE: tr("tried"),
    }[level]
