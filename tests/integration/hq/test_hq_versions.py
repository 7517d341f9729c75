"""Programme versions: a future one is held, each event is judged by its own, nights by the one then valid."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.cli import main
from app.domain.programme.schema import DocumentError
from sync.hq import nightly
from tests.support.days import at_ms
from tests.support.head_office import HeadOffice, demo_programme
from tests.support.wire_client import BASIS, enrol_member, sell

OLD = {**BASIS, "account_ver": 1}
NEW = {**OLD, "programme": "demo:2"}


def second(**parts: Any) -> dict[str, Any]:
    """Twice the points from March on."""
    document = demo_programme()
    return {**document, "version": 2, "valid_from": "2026-03-01T00:00:00",
            "earn": {**document["earn"], "points": 2, "rules": []}, **parts}  # fmt: skip


def test_a_future_version_is_in_the_feed_and_each_event_is_judged_by_its_own(hq: HeadOffice) -> None:
    till = hq.till()
    assert hq.publish(second()) == "demo:2"
    assert sorted(till.rows("programme")) == ["demo:1", "demo:2"]
    member = enrol_member(till)
    sell(till, 10_000, member, basis=OLD, at_ms=at_ms("2026-02-27"))
    sell(till, 10_000, member, basis=OLD, at_ms=at_ms("2026-03-02"))  # a till that was offline since
    sell(till, 10_000, member, earned=200, basis=NEW, at_ms=at_ms("2026-03-03"))
    wrong = sell(till, 10_000, member, earned=100, basis=NEW, at_ms=at_ms("2026-03-04"))
    results = till.push().value["results"]
    assert [one.get("code") for one in results] == [None, None, None, None, "wrong_figures"]
    account = till.rows("account")[member.account_id]
    assert (account["balance"], account["programme"]) == (500, "demo:2")
    assert wrong["event_id"]
    assert hq.faults() == []


def test_what_names_no_version_goes_by_the_one_valid_at_its_time(hq: HeadOffice) -> None:
    coupon = {"id": "spring", "kind": "discount_minor", "value_minor": 500, "valid_days": 30}
    hq.publish(second(coupon_types=[coupon]))
    till = hq.till()
    member = enrol_member(till)
    approval = {"staff_id": "1", "by_staff_id": "2", "reason": "goodwill"}
    for day, key in (("2026-02-27", "01920000-0000-7000-8000-000000000001"),
                     ("2026-03-02", "01920000-0000-7000-8000-000000000002")):  # fmt: skip
        till.write("coupon_issue", {"shift_id": "s", "coupon_id": key, "type": "spring", "issued_on": day,
                                    "reason": "goodwill", "staff_id": "1", "approval": approval},
                   member_id=member.member_id, at_ms=at_ms(day))  # fmt: skip
    assert [one.get("code") for one in till.push().value["results"]] == [None, "bad_body", None]


def test_nights_follow_the_version_of_their_day(hq: HeadOffice) -> None:
    gift = {"id": "birthday", "on": "birthday", "points": 30}
    hq.publish(second(gifts=[gift]))
    till = hq.till()
    before = enrol_member(till, birthday_on="1990-02-20")
    after = enrol_member(till, phone="+8613800005678", birthday_on="1990-03-20")
    till.push()
    *_, _ran = nightly.run(hq.office, date(2026, 4, 1))
    rows = till.rows("account")
    assert (rows[before.account_id]["balance"], rows[after.account_id]["balance"]) == (0, 30)
    assert hq.faults() == []


@pytest.mark.parametrize("approval", [("1", "1"), ("2", "1")])
def test_nobody_corrects_points_alone(hq: HeadOffice, approval: tuple[str, str]) -> None:
    till = hq.till()
    member = enrol_member(till)
    till.write(
        "adjustment",
        {"shift_id": "s", "account_id": member.account_id, "amount": 500, "reason": "goodwill", "staff_id": "1",
         "approval": {"staff_id": approval[0], "by_staff_id": approval[1], "reason": "goodwill"}},
        member_id=member.member_id,
    )  # fmt: skip
    assert till.push().value["results"][1]["code"] == "bad_body"
    assert till.rows("account")[member.account_id]["balance"] == 0


def test_every_mistake_of_a_document_is_named_with_its_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], hq: HeadOffice
) -> None:
    broken = second(points_scal=1, tiers={"metric": "spend", "levels": [{"id": "a", "threshold": "x"}]})
    with pytest.raises(DocumentError) as caught:
        hq.publish(broken)
    assert {one.path for one in caught.value.mistakes} >= {"points_scal", "tiers.levels[0].threshold"}
    folder, file = tmp_path / "served", tmp_path / "broken.json"
    assert main(["--lang", "en", "hq", "init", "--data", str(folder), "--store", "s027"]) == 0
    file.write_text(json.dumps(broken), encoding="utf-8")
    capsys.readouterr()
    assert main(["--lang", "en", "hq", "publish", str(file), "--data", str(folder)]) != 0
    said = capsys.readouterr().err
    assert "points_scal" in said
    assert "tiers.levels[0].threshold" in said


def test_what_takes_a_sale_back_goes_by_the_version_of_the_sale(hq: HeadOffice) -> None:
    card = {"id": "summer", "per_receipt_minor": 5_000, "stamps_per_step": 1}
    hq.publish({**second(stamps=[card]), "valid_from": "2026-02-01T00:00:00"})
    hq.publish({**second(), "version": 3})
    till = hq.till()
    member = enrol_member(till)
    result = {"payable_minor": 10_000, "earned": 200, "to_follow": 0, "redeemed": 0, "stamps": {"summer": 2},
              "because": [{"rule": "base", "line": 0, "points": 200}]}  # fmt: skip
    sold = [
        sell(till, 10_000, member, basis=NEW, body={"result": result}, at_ms=at_ms(day))
        for day in ("2026-02-27", "2026-02-28")
    ]
    till.write("undo", {"shift_id": "s", "of": sold[0]["event_id"], "staff_id": "1", "reason": "mistake"},
               member_id=member.member_id, at_ms=at_ms("2026-03-05"))  # fmt: skip
    assert {one.get("code") for one in till.push().value["results"]} == {None}
    late = hq.till()
    sell(late, 10_000, member, basis=OLD, at_ms=at_ms("2026-01-20"))  # everything is posted again
    assert late.push().value["results"][0].get("code") is None
    assert till.rows("account")[member.account_id]["balance"] == 300
    assert hq.faults() == []
