"""`guitai demo`: a head office, a till with simulated devices, and a day in the shop, told line by line.

The day runs without a screen: enrol, identify, earn, cut the network, earn, kill -9 in mid-sale, restart, reconnect,
redeem, use a coupon, return, print; at its end till and head office are compared to the point.
"""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import click

from app.domain.money import on_screen
from app.errors import ConfigError
from app.failpoints import Failpoint
from app.i18n import Translator
from app.services.demo_members import card_number
from app.services.demo_products import demo_products
from app.wiring.chain_here import HeadOfficeProcess, TillProcess, program, run
from app.wiring.demo import DEMO_PIN, PEOPLE
from app.wiring.demo_chain import DemoChain, enrol_till, make_head_office
from app.wiring.demo_devices import DemoDevices
from app.wiring.demo_paper import PaperTray
from app.wiring.demo_window import show_window

EXIT_DIFFERS = 1
EXIT_TERMINATED = 128 + signal.SIGTERM
FIRST_LOAD_S: Final = 900
SYNCED_S: Final = 120
SAID_EVERY: Final = 5_000
CONFIG: Final = "till.toml"
KILLED: Final = f"{Failpoint.SALE_AFTER_EVENT}:3"
"""SIGKILL in the third sale of the day, its rows written and not committed (`guitai dev failpoints`)."""


@click.command("demo")
@click.option(
    "--data", "folder", type=click.Path(file_okay=False, path_type=Path), default=Path("demo-chain"), show_default=True
)
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), default=Path("demo-output"), show_default=True
)
@click.option("--members", default=100_000, show_default=True, type=click.IntRange(10, 5_000_000))
@click.option("--database", help="A database address, as postgresql://user@host/name; else a file in the folder.")
@click.option("--window", is_flag=True, help="Open the till's window, and its devices', instead of the scripted day.")
@click.pass_context
def demo(ctx: click.Context, /, folder: Path, output: Path, members: int, **given: str | bool | None) -> int:
    """Head office, a till with simulated devices, and a day in the shop. Ends with 1 when anything differs."""
    tr: Translator = ctx.obj
    database = given["database"]
    chain = DemoChain(folder.absolute(), database if isinstance(database, str) else None)
    say = Told(tr)
    with ExitStack() as ending:
        ending.callback(signal.signal, signal.SIGTERM, signal.signal(signal.SIGTERM, _leave))
        if not chain.port:
            say("Head office is made, with {members} generated members", members=members)
            make_head_office(chain, members, lambda done: say.progress(done, members))
        office = HeadOfficeProcess(chain.head_office, chain.port)
        ending.callback(office.stop)
        say("Head office serves at {address}", address=office.relay.address)
        if not chain.port:
            enrol_till(chain, office)
            say("The till is enrolled with a one-time code")
        if given["window"]:
            devices = DemoDevices(output.absolute())
            ending.callback(devices.close)
            (chain.till / CONFIG).write_text(devices.settings(), encoding="utf-8")
            say("Demo till: sign on as {number}, PIN {pin}", number=PEOPLE[0][0], pin=DEMO_PIN)
            chosen = ctx.find_root().params.get("lang") is not None
            return show_window(chain.till, devices, tr.language, chosen=chosen)
        tray = PaperTray(output.absolute())
        ending.callback(tray.close)
        (chain.till / CONFIG).write_text(tray.settings(), encoding="utf-8")
        Day(chain, office, tray, say).run()
    return _reconciled(chain, say)


def _leave(_number: int, _frame: object) -> None:
    """A service manager ends the demo: whatever was started is ended on the way out."""
    raise SystemExit(EXIT_TERMINATED)


class Told:
    """One line for each thing that happens, with the time since the start."""

    def __init__(self, tr: Translator) -> None:
        self._tr = tr
        self._start = time.monotonic()
        self._said = 0

    def __call__(self, text: str, **facts: str | int) -> None:
        click.echo(f"{time.monotonic() - self._start:6.1f} s  {self._tr(text, **facts)}")

    def progress(self, done: int, total: int) -> None:
        """Of the members."""
        if done >= self._said + SAID_EVERY or done == total:
            self._said = done
            self("{done} of {total} members", done=done, total=total)


class Day:
    """The scripted day."""

    def __init__(self, chain: DemoChain, office: HeadOfficeProcess, tray: PaperTray, say: Told) -> None:
        self._office, self._tray, self._say = office, tray, say
        command = program("till", "--headless", "--simulate-scanner", "--script", "-", "--data", chain.till)
        self._till = TillProcess(command, chain.folder / "till.log")
        self._goods = [one.barcodes[0] for one in demo_products()[:6]]

    def run(self) -> None:
        """From sign-on to the last receipt. ConfigError of the first step that did not go as it should."""
        self._open({"GUITAI_FAILPOINT": KILLED})
        self._do("wait_synced", timeout_s=FIRST_LOAD_S)
        self._say("Everything from head office is at the till: {members} members", members=self._status()["members"])
        self._new_member()
        first = self._sale("{name} identified by card; sold for {money}, {earned} points earned")
        self._synced()
        self._office.relay.cut()
        self._say("The network is cut")
        self._sale("Offline: {name} identified all the same; sold for {money}, {earned} points earned")
        self._killed()
        self._office.relay.restore()
        self._say("The network is back")
        self._synced()
        self._redeemed()
        self._with_coupon()
        back = self._do("return", receipt=first["receipt_no"])
        facts = {"money": on_screen(back["refund_minor"]), "points": back["points_reversed"]}
        self._say(
            "Receipt {receipt} taken back: {money} refunded, {points} points reversed",
            receipt=first["receipt_no"],
            **facts,
        )
        self._printed()
        self._synced()
        if self._till.end():
            raise ConfigError("chain_till_ended")
        self._say("{count} receipts printed, as bytes, pictures and text", count=self._tray.count)

    def _do(self, do: str, **fields: Any) -> dict[str, Any]:
        return dict(self._till.do({"do": do, **fields}))

    def _status(self) -> dict[str, Any]:
        return self._do("status")

    def _open(self, environment: Mapping[str, str] | None = None) -> None:
        self._till.start(environment)
        self._do("sign_on", staff_no=PEOPLE[0][0], pin=DEMO_PIN)
        self._say("The till is open, {number} signed on", number=PEOPLE[0][0])

    def _new_member(self) -> None:
        phone = f"+86139{time.time_ns() // 1_000_000 % 10**8:08d}"
        new = self._do("enrol", phone=phone, name="顾小满")
        self._say("A new member is enrolled, card {card}", card=new["card"])
        self._printed()

    def _scanned(self, goods: int = 3) -> dict[str, Any]:
        """The member of the pictures and some goods, through the scanner."""
        self._do("clear")
        found = self._do("scan", code=card_number(0))
        for code in self._goods[:goods]:
            self._do("scan", code=code)
        return found

    def _sale(self, told: str) -> dict[str, Any]:
        found = self._scanned()
        paid = self._do("pay", tenders=[{"kind": "cash"}])
        self._say(told, name=found["name"], money=on_screen(paid["payable_minor"]), earned=paid["earned"])
        self._printed()
        return paid

    def _printed(self) -> None:
        ended = self._do("wait_printed")
        self._say("Receipt printed: {state}", state=ended["state"])

    def _synced(self) -> None:
        self._do("wait_synced", timeout_s=SYNCED_S)
        self._say("Till and head office are the same, {pending} events waiting", pending=self._status()["pending"])

    def _killed(self) -> None:
        """kill -9 while the sale is being written; afterwards it is there whole or not at all."""
        before = self._status()["pending"]
        self._scanned(goods=2)
        self._till.tell({"do": "pay"})
        self._till.wait_killed()
        self._say("kill -9 in the middle of a sale")
        self._open()
        whole = self._status()["pending"] > before
        text = (
            "The interrupted sale is there, whole, and is sent later" if whole else "The interrupted sale left nothing"
        )
        self._say(text)
        while self._status()["unknown_jobs"]:
            self._do("settle", paper_came_out=False)
            self._say("Nobody knows whether its receipt came out: it is printed again, marked as a copy")
        if not whole:
            self._sale("{name} again; sold for {money}, {earned} points earned")

    def _redeemed(self) -> None:
        self._scanned(goods=4)
        held = self._do("redeem")
        self._say(
            "{points} points held at head office pay {money}", points=held["points"], money=on_screen(held["minor"])
        )
        paid = self._do("pay", tenders=[{"kind": "cash"}])
        facts = {"money": on_screen(paid["payable_minor"]), "earned": paid["earned"]}
        self._say("Sold for {money} with points; {earned} points earned", **facts)
        self._printed()

    def _with_coupon(self) -> None:
        """A sale with the first coupon that fits; days on the same chain use them up."""
        found = self._scanned()
        fitting = [one for one in self._do("tray")["coupons"] if one["fits"]]
        if not fitting:
            self._say("{name} has no coupon left for this receipt", name=found["name"])
            return
        self._do("take", id=fitting[0]["id"])
        paid = self._do("pay", tenders=[{"kind": "cash"}])
        self._say(
            "{name} used a coupon worth {coupon}; sold for {money}, {earned} points earned",
            name=found["name"],
            coupon=on_screen(fitting[0]["minor"]),
            money=on_screen(paid["payable_minor"]),
            earned=paid["earned"],
        )
        self._printed()


def _reconciled(chain: DemoChain, say: Told) -> int:
    printed = run(
        "hq", "reconcile", "--json", "--data", chain.head_office, "--till", chain.till, allowed=(0, EXIT_DIFFERS)
    )
    found = json.loads(printed)
    say("Till against head office, to the point: {differences} differences", differences=len(found))
    for one in found[:20]:
        click.echo(json.dumps(one), err=True)
    return EXIT_DIFFERS if found else 0
