"""What happened to the file, step by step."""

from dataclasses import replace

from signing.language import Language
from signing.outcome import ChangeReport
from signing.report.history import SHOWN_STEPS, read_history
from signing.report.layout import SHOWN_CHANGES, lay_out
from tests.signing.report.made import OFFICER, SEAL, report


def test_what_came_between_two_signatures_stands_between_them() -> None:
    steps = read_history(report(signatures=(OFFICER, SEAL)), Language.VI)
    assert [one.kind for one in steps] == ["signed", "evidence", "signed", "changed"]
    assert [one.number for one in steps] == [1, 2, 3, 4]
    assert steps[0].words == "Ký số: Trần Trung Hiếu"
    assert steps[0].when == "13:54:00 ngày 21/9/2022"
    assert steps[2].when == "13:54:00 ngày 21/9/2022 (chỉ là tự khai)"


def test_a_forbidden_change_is_marked_and_a_permitted_one_is_not() -> None:
    steps = read_history(report(signatures=(OFFICER, SEAL)), Language.EN)
    assert [one.allowed for one in steps] == [True, True, True, False]
    assert steps[3].words.startswith("Changed: value of field Ô 1 changed: from “1” to “9”")


def test_one_step_alone_is_no_history() -> None:
    assert read_history(report(signatures=(replace(OFFICER, changes=()),)), Language.VI) == ()
    assert read_history(report(), Language.VI) == ()


def test_changes_that_do_not_add_up_lose_no_signature() -> None:
    older = replace(OFFICER, changes=())
    steps = read_history(report(signatures=(older, SEAL)), Language.VI)
    assert [one.kind for one in steps] == ["signed", "signed", "changed"]


def test_a_flood_of_changes_is_counted_not_listed() -> None:
    flood = tuple(ChangeReport(kind="value_changed", detail=f"{n}") for n in range(300))
    whole = report(signatures=(replace(OFFICER, changes=flood),) * 300)
    page = lay_out(whole, Language.VI)
    assert len(page.cards[0].changes) == SHOWN_CHANGES + 1
    assert page.cards[0].changes[-1] == f"và {300 - SHOWN_CHANGES} thay đổi khác"
    assert len(page.history) == SHOWN_STEPS
    assert len(page.cards) == 300


def test_permitted_signatures_and_evidence_are_told_by_the_history_alone() -> None:
    page = lay_out(report(signatures=(OFFICER,)), Language.VI)
    assert len(page.cards[0].changes) == 1
    assert "Ô 1" in page.cards[0].changes[0]
