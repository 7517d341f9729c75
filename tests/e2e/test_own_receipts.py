"""A chain's own receipt, from its file to the paper of a real process; a broken file stops no sale."""

from __future__ import annotations

from pathlib import Path

import pytest

from devices.simulated.paper import Dots
from tests.support import kill, tills
from tests.support.kill import SELL, SIGN_ON, Papers
from tests.support.pictures import png

OWN = """kind = "sale"
blocks = [
  {image = "logo.png"},
  {text = "周三会员日 {{receipt_no}}", align = "centre"},
  {each = "goods", do = [{left = "{{name}}", right = "{{amount|money}}"}]},
  {left = "合计", right = "{{due|currency}}", bold = true},
  {cut = true},
]
"""
WAIT = {"do": "wait_printed"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    made = tills.make(tmp_path / "till")
    (made / "receipts").mkdir()
    png(made / "receipts" / "logo.png", 160, 40)
    return made


def sold(data: Path, papers: Papers) -> str:
    """What the paper of one sale says."""
    printer = {"GUITAI_PRINTER_ADDRESS": f"tcp://127.0.0.1:{papers.printer.port}"}
    ran = kill.headless(data, [SIGN_ON, *SELL, WAIT], **printer)
    assert ran.code == 0, ran.out + ran.err
    assert "confirmed" in ran.out
    return papers.texts[-1]


def test_a_chains_own_receipt_comes_out_with_its_logo(data: Path) -> None:
    (data / "receipts" / "sale.toml").write_text(OWN, encoding="utf-8")
    with Papers() as papers:
        said = sold(data, papers)
        assert "周三会员日 S027-1-000001" in said
        assert "合计" in said
        assert "应收" not in said
        logo = [item for item in papers.printer.paper.items if isinstance(item, Dots)]
        assert [(one.width_bytes, one.height) for one in logo] == [(20, 40)]
        assert papers.printer.paper.unknown == []


def test_a_broken_one_is_passed_over_and_the_sale_prints(data: Path) -> None:
    (data / "receipts" / "sale.toml").write_text(OWN.replace("{{name}}", "{{nmae}}"), encoding="utf-8")
    with Papers() as papers:
        said = sold(data, papers)
        assert "周三会员日" not in said
        assert "S027-1-000001" in said
        assert "￥" in said
