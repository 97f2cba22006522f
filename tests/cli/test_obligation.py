"""What is owed and the calendar of the year, from a terminal."""

import json
from datetime import date
from pathlib import Path

from models.officer import Role
from tests.actions.back_office import issue, obligations, task
from tests.actions.obligations.owed import QUARTERLY, UNSTATED, WAITING, keys
from tests.cli.conftest import PASSWORD, Terminal, give_account, short
from tests.support.front import Front

PAPER = "Ngày,Loại,Tên\n03/01/2022,nghỉ,Nghỉ bù\n28/10/2022,nghỉ,Bão số 6\n"


def follower(front: Front) -> tuple[str, ...]:
    return ("--as", give_account(front, Role.FOLLOW_UP), "--stdin")


def test_what_is_owed_is_listed_as_written_and_as_computed(
    terminal: Terminal, front: Front
) -> None:
    key = issue(front.desk, tasks=[task()])
    said = terminal.says("obligation", "list", short(key))
    assert "trước ngày 31/10/2022 -> 28/10/2022" in said
    assert "Huyện ủy A (chủ trì)" in said
    one = obligations(front.desk)["R1", "huyen-a"]
    shown = terminal.says("obligation", "show", one.id.hex[:8])
    assert "không tính ngày 31/10/2022" in shown
    assert "Chưa có lịch nghỉ năm 2022" in shown


def test_days_units_and_roles_are_changed_with_a_reason(terminal: Terminal, front: Front) -> None:
    issue(front.desk, tasks=[task(groups=[], organisations=["huyen-a"])])
    one = obligations(front.desk)["R1", "huyen-a"].id.hex[:8]
    me = follower(front)
    why = ("--reason", "Mưa lũ.")
    said = terminal.says(
        "obligation", "due", one, "--until", "2022-11-20", *why, *me, typed=f"{PASSWORD}\n"
    )
    assert "18/11/2022" in said
    said = terminal.refuses(
        "obligation", "due", one, "--until", "2022-09-01", *why, *me, typed=f"{PASSWORD}\n"
    )
    assert "đã qua" in said
    terminal.says("obligation", "lead", one, "--coordinating", *why, *me, typed=f"{PASSWORD}\n")
    terminal.says("obligation", "transfer", one, "--to", "so-tt", *why, *me, typed=f"{PASSWORD}\n")
    made = obligations(front.desk)
    assert (made["R1", "so-tt"].leads, made["R1", "so-tt"].due) == (False, date(2022, 11, 18))
    assert "Mưa lũ." in terminal.says("obligation", "show", one)
    heir = made["R1", "so-tt"].id.hex[:8]
    terminal.says("obligation", "cancel", heir, *why, *me, typed=f"{PASSWORD}\n")
    assert obligations(front.desk)["R1", "so-tt"].state == "cancelled"


def test_a_schedule_and_an_event_are_set(terminal: Terminal, front: Front) -> None:
    key = issue(front.desk, tasks=[UNSTATED, {**WAITING, "ref": "R2"}])
    me = follower(front)
    terminal.refuses(
        "obligation", "schedule", short(key), "R1", "--schedule", "{", *me,
        typed=f"{PASSWORD}\n", status=64,
    )  # fmt: skip
    terminal.says(
        "obligation", "schedule", short(key), "R1", "--schedule", json.dumps(QUARTERLY), *me,
        typed=f"{PASSWORD}\n",
    )  # fmt: skip
    terminal.says(
        "obligation", "event", short(key), "R2", "--day", "2022-09-30", "--note", "Hợp đồng 12",
        *me, typed=f"{PASSWORD}\n",
    )  # fmt: skip
    assert keys(front.desk) == ["", "2022-Q4"]
    assert obligations(front.desk)["R2", "huyen-a"].due == date(2022, 10, 28)


def test_the_calendar_of_a_year_is_shown_before_it_is_taken(
    terminal: Terminal, front: Front, tmp_path: Path
) -> None:
    issue(front.desk, tasks=[task()])
    paper = tmp_path / "lich.csv"
    paper.write_text(PAPER, encoding="utf-8")
    assert "Chưa có lịch nghỉ năm 2022" in terminal.says("calendar", "show", "2022")
    me = follower(front)
    call = ("calendar", "import", "2022", str(paper), *me, "--basis", "TB 1/TB-UBND")
    said = terminal.says(*call, typed=f"{PASSWORD}\n")
    assert "+ 28/10/2022 nghỉ: Bão số 6" in said
    assert "28/10/2022 -> 27/10/2022" in said
    assert "3 thời hạn được tính lại" in said
    assert obligations(front.desk)["R1", "huyen-a"].due == date(2022, 10, 27)
    shown = terminal.says("calendar", "show", "2022")
    assert "TB 1/TB-UBND" in shown
    assert "Bão số 6" in shown
    assert "đều khớp" in terminal.says("calendar", "check", "2022")


def test_a_calendar_that_makes_no_sense_is_refused(
    terminal: Terminal, front: Front, tmp_path: Path
) -> None:
    paper = tmp_path / "lich.csv"
    paper.write_text(f"{PAPER}04/01/2022,làm bù,Làm bù\n", encoding="utf-8")
    said = terminal.refuses(
        "calendar", "import", "2022", str(paper), *follower(front), "--basis", "TB 1",
        typed=f"{PASSWORD}\n",
    )  # fmt: skip
    assert "vốn là ngày làm việc" in said
    assert "Chưa có lịch" in terminal.says("calendar", "show", "2022")
