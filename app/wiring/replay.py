"""`guitai replay FILE`: past purchases rung up again through two real tills and a real head office, then compared.

Everything runs as processes of this machine over HTTP; the network is cut and restored and each till killed once.
Event ids follow from the file and the line, so that replaying again changes nothing.
"""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import click

from app.errors import ConfigError, Fact, GuitaiError
from app.i18n import Translator
from app.resources import resources
from app.services.demo_members import card_number
from app.services.past_purchases import Columns, PastPurchase, read
from app.store.folder import TILL_FILE
from app.wiring.chain_here import HeadOfficeProcess, TillProcess, program, run
from app.wiring.chaos import Chaos
from app.wiring.chaos_plan import Fault, drawn
from app.wiring.hq_folder import CONFIG_FILE
from app.wiring.replay_check import Compared, compare

STORE_ID: Final = "s027"
ZONE: Final = ZoneInfo("America/New_York")
STAFF_NO, PIN = "0271", "246810"
STAFF: Final = f"staff_no,name,role,pin\n{STAFF_NO},Replay,manager,{PIN}\n"
PLAN_FILE: Final = "replay.json"
SYNCED_WITHIN_S: Final = 600
CUT_AT, RESTORED_AT = 0.40, 0.55
KILLED_AT: Final = (0.30, 0.70)
SAID_EVERY: Final = 500
EXIT_DIFFERS = 1
RingUp = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be replayed, and where. `cards`: customer -> card, the same for the same file."""

    work: Path
    digest: str
    purchases: Sequence[PastPurchase]
    cards: dict[str, str]

    @property
    def head_office(self) -> Path:
        return self.work / "hq"

    def till(self, number: int) -> Path:
        return self.work / f"till-{number + 1}"


@click.command("replay")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--work", type=click.Path(file_okay=False, path_type=Path), default=Path("replay-output"), show_default=True
)
@click.option("--database", help="A database address, as postgresql://user@host/name; else a file in the folder.")
@click.option("--customer", default=1, show_default=True, type=click.IntRange(1), help="The column of the customer.")
@click.option("--date", "day", default=3, show_default=True, type=click.IntRange(1), help="The column of the date.")
@click.option("--value", default=5, show_default=True, type=click.IntRange(1), help="The column of the money paid.")
@click.option("--skip", default=0, show_default=True, type=click.IntRange(0), help="Lines of headings at the top.")
@click.option("--chaos", "seed", type=int, help="A bad network between tills and head office, drawn from this number.")
@click.pass_obj
def replay(tr: Translator, /, file: Path, work: Path, database: str | None, seed: int | None, **columns: int) -> int:
    """Ring up past purchases through two tills and head office, and compare them to the cent. Ends with 1 if not."""
    plan = _planned(file, work.absolute(), Columns(**columns))
    say = _Said(tr, len(plan.purchases))
    say(tr("{purchases} purchases of {customers} customers", purchases=len(plan.purchases), customers=len(plan.cards)))
    port = _prepared(plan, database, say)
    office = HeadOfficeProcess(plan.head_office, port)
    try:
        facts = {"sha256": plan.digest, "port": office.relay.port}
        (plan.work / PLAN_FILE).write_text(json.dumps(facts) + "\n", encoding="utf-8")
        _enrol(plan, office, tr, say)
        chaos = None if seed is None else office.misbehave(drawn(seed))
        Replaying(plan, office, tr, say).run()
        if chaos is not None:
            say(_disturbed(chaos, tr))
    finally:
        office.stop()
    return _compared(plan, tr)


def _planned(file: Path, work: Path, columns: Columns) -> Plan:
    """ConfigError `file_unreadable_here`, `past_line`."""
    try:
        raw = file.read_bytes()
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("file_unreadable_here", file=file.name) from error
    found = sorted(read(text.splitlines(), columns), key=lambda one: (one.on, one.line))
    customers = sorted({one.customer for one in found})
    cards = {customer: card_number(place) for place, customer in enumerate(customers)}
    return Plan(work, sha256(raw).hexdigest(), found, cards)


def at_ms(purchase: PastPurchase) -> int:
    """When it is rung up: its day, a second apart in the order of the file, from ten in the morning on, local."""
    start = datetime.combine(purchase.on, time(10), ZONE)
    return int((start + timedelta(seconds=purchase.line % 36_000)).timestamp() * 1000)


def _prepared(plan: Plan, database: str | None, say: RingUp) -> int:
    """Head office with its members; the port of the network, 0 for a new one. ConfigError `replay_other`."""
    noted = plan.work / PLAN_FILE
    if noted.exists():
        known = json.loads(noted.read_text(encoding="utf-8"))
        if known["sha256"] != plan.digest:
            raise ConfigError("replay_other", folder=plan.work.name)
        port: int = known["port"]
        return port
    plan.work.mkdir(parents=True, exist_ok=True)
    document = resources() / "programmes" / "replay.toml"
    if not (plan.head_office / CONFIG_FILE).exists():
        chosen = ("--database", database) if database else ()
        run("hq", "init", "--data", plan.head_office, "--store", STORE_ID, "--programme", document, *chosen)
    members = plan.work / "members.csv"
    first = {one.customer: one.on.isoformat() for one in reversed(plan.purchases)}
    with members.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("member_no", "card", "enrolled"))
        writer.writerows((customer, card, first[customer]) for customer, card in plan.cards.items())
    say(run("hq", "import", "members", members, "--data", plan.head_office, "--store", STORE_ID).strip())
    return 0


def _enrol(plan: Plan, office: HeadOfficeProcess, tr: Translator, say: RingUp) -> None:
    """Two tills, made and enrolled where they are not yet."""
    staff = plan.work / "staff.csv"
    staff.write_text(STAFF, encoding="utf-8")
    document = resources() / "programmes" / "replay.toml"
    for number in range(len(KILLED_AT)):
        data = plan.till(number)
        if not (data / TILL_FILE).exists():
            place = ("--store", STORE_ID, "--till", str(number + 1), "--timezone", ZONE.key)
            run("init", "--data", data, *place, "--staff", staff, "--programme", document, "--key-store", "file")
            run("enrol", "--data", data, "--url", office.relay.address, "--code", office.code(STORE_ID))
            say(tr("Till {number} is enrolled", number=number + 1))


class _Said:
    """One line each, from any thread; and how far the purchases are."""

    def __init__(self, tr: Translator, total: int) -> None:
        self._tr, self._total = tr, total
        self._lock = threading.Lock()

    def __call__(self, text: str) -> None:
        with self._lock:
            click.echo(text)

    def rung_up(self, done: int) -> None:
        if done % SAID_EVERY == 0 or done == self._total:
            self(self._tr("{done} of {total} purchases rung up", done=done, total=self._total))


@dataclass
class Replaying:
    """Both tills at work, each from a thread of its own; what happens to network and tills on the way."""

    plan: Plan
    office: HeadOfficeProcess
    tr: Translator
    say: _Said
    done: int = 0
    known: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    together: threading.Barrier = field(default_factory=lambda: threading.Barrier(len(KILLED_AT)))

    def run(self) -> None:
        """Ring everything up, until both tills and head office are the same. ConfigError of the first trouble."""
        tills = len(KILLED_AT)
        parts = [[one for one in self.plan.purchases if one.line % tills == number] for number in range(tills)]
        with ThreadPoolExecutor(tills) as pool:
            for result in [pool.submit(self._till, number, part) for number, part in enumerate(parts)]:
                result.result()
        text = "{known} of {total} purchases were there already"
        self.say(self.tr(text, known=self.known, total=len(self.plan.purchases)))

    def _till(self, number: int, part: Sequence[PastPurchase]) -> None:
        try:
            self._rung_up(number, part)
        except GuitaiError:
            self.office.relay.restore()  # the other till must not wait for what this one does not reach any more
            self.together.abort()
            raise
        except threading.BrokenBarrierError:
            return  # the other till's trouble is the one to tell

    def _rung_up(self, number: int, part: Sequence[PastPurchase]) -> None:
        till = TillProcess(program("replay-till", "--data", self.plan.till(number)), self.plan.work / "tills.log")
        kill_at = int(len(part) * KILLED_AT[number])
        self._opened(till, part[0] if part else self.plan.purchases[0])
        self._synced(till)
        for place, purchase in enumerate(part):
            if place == kill_at and self._killed(till, purchase):
                text = "Till {number} was killed in the middle of a sale and started again"
                self.say(self.tr(text, number=number + 1))
                self._opened(till, purchase)
            self._ring_up(till, purchase)
        self._synced(till)  # what this till sold is there
        self._synced(till)  # and what the other one sold has come back
        if till.end():
            raise ConfigError("chain_till_ended")

    def _synced(self, till: TillProcess) -> None:
        """Wait until this till is the same as head office, and the other one has come as far."""
        till.do({"do": "wait_synced", "timeout_s": SYNCED_WITHIN_S})
        self.together.wait()

    def _killed(self, till: TillProcess, purchase: PastPurchase) -> bool:
        """Kill it while it works on this purchase; False when it was rung up in an earlier run."""
        if till.do(self._step(purchase))["do"] == "purchase":
            return False
        till.kill()
        return True

    def _opened(self, till: TillProcess, first: PastPurchase) -> None:
        till.start()
        till.tell({"sha256": self.plan.digest, "at_ms": at_ms(first)})
        till.do({"do": "sign_on", "staff_no": STAFF_NO, "pin": PIN})

    def _step(self, one: PastPurchase) -> dict[str, object]:
        facts = {"line": one.line, "at_ms": at_ms(one), "card": self.plan.cards[one.customer], "minor": one.minor}
        return {"do": "purchase", **facts}

    def _ring_up(self, till: TillProcess, purchase: PastPurchase) -> None:
        answer = till.do(self._step(purchase))
        while answer["do"] not in ("purchase", "pay"):
            answer = till.answer()
            if not answer["ok"]:
                raise ConfigError("chain_step", step=answer["do"], said=str(answer.get("words", "")))
        with self.lock:
            self.done += 1
            self.known += answer["do"] == "purchase"
            self.say.rung_up(self.done)
            total = len(self.plan.purchases)
            if self.done == int(total * CUT_AT):
                self.office.relay.cut()
                self.say(self.tr("The network was cut"))
            elif self.done == int(total * RESTORED_AT):
                self.office.relay.restore()
                self.say(self.tr("The network is back"))


def _disturbed(chaos: Chaos, tr: Translator) -> str:
    """How many requests met a fault, and which."""
    met = {fault.value: count for fault, count in chaos.met.most_common() if fault is not Fault.NONE}
    faults = ", ".join(f"{fault} {count}" for fault, count in met.items())
    text = "{disturbed} of {requests} requests were disturbed: {faults}"
    return tr(text, disturbed=sum(met.values()), requests=chaos.met.total(), faults=faults)


def _compared(plan: Plan, tr: Translator) -> int:
    """Head office against the file and against both tills; 0 when nothing differs."""
    found: Compared = compare(plan.head_office, plan.purchases)
    for line in found.differs:
        click.echo(tr("Customer {customer}: the file says {file}, head office {head_office}", **line), err=True)
    text = (
        "Head office: {sales} sales, {money} in all, {points} points; {customers} customers compared, {differ} differ"
    )
    facts: dict[str, Fact] = {
        "sales": found.sales,
        "money": f"{found.minor // 100}.{found.minor % 100:02d}",
        "points": found.points,
    }
    click.echo(tr(text, **facts, customers=found.customers, differ=len(found.differs)))
    tills = [part for number in range(len(KILLED_AT)) for part in ("--till", plan.till(number))]
    listed = json.loads(run("hq", "reconcile", "--json", "--data", plan.head_office, *tills, allowed=(0, EXIT_DIFFERS)))
    click.echo(tr("Reconciliation of both tills with head office: {differences} differences", differences=len(listed)))
    for one in listed[:20]:
        click.echo(json.dumps(one), err=True)
    return EXIT_DIFFERS if listed or found.differs else 0
