"""Reports, forms and links from a terminal."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from actions.reporting import submit_report
from actions.unit_links import current_serial
from models.dispatch import Notice
from models.officer import Role
from tests.actions.back_office import issue, mark_judge, obligations, signed_pdf, task, unit
from tests.cli.conftest import PASSWORD, Terminal, give_account, short
from tests.support.front import Front

FORM = """
title = "Biểu 1"
rows = ["Cấp huyện", "Cấp xã"]
[[columns]]
key = "so"
title = "Số lớp"
kind = "integer"
required = true
sum = true
"""
SECRET = f"{PASSWORD}\n"


def follower(front: Front) -> tuple[str, ...]:
    return ("--as", give_account(front, Role.FOLLOW_UP), "--stdin")


def test_a_report_is_listed_returned_with_a_day_and_accepted(
    terminal: Terminal, front: Front
) -> None:
    key = issue(front.desk, tasks=[task(groups=[], organisations=["huyen-a"])])
    me = follower(front)
    assert "Chưa có báo cáo nào" in terminal.says("report", "list", short(key))

    def hand_in(mark: str) -> str:
        made = submit_report(
            replace(front.desk, judge=mark_judge), unit("huyen-a"), organisation_id="huyen-a",
            directive_id=key, file_name="bc.pdf", content=signed_pdf(mark * 64), via="upload",
        )  # fmt: skip
        return str(made)

    first = hand_in("a")
    said = terminal.says("report", "list", short(key))
    assert "Huyện ủy A: lần 1, chờ xem xét" in said
    terminal.says(
        "report", "return", first, "--reason", "Thiếu số liệu.", "--due", "20/11/2022", *me,
        typed=SECRET,
    )  # fmt: skip
    assert obligations(front.desk)["R1", "huyen-a"].state == "returned"
    again = terminal.refuses("report", "accept", first, *me, typed=SECRET)
    assert "đã trả lại đơn vị" in again
    terminal.says("report", "accept", hand_in("b")[:8], *me, typed=SECRET)
    assert obligations(front.desk)["R1", "huyen-a"].state == "accepted"
    assert "Không tìm thấy" in terminal.refuses("report", "accept", "zzzz", *me, typed=SECRET)


def test_a_form_is_defined_shown_and_dropped(
    terminal: Terminal, front: Front, tmp_path: Path
) -> None:
    key = issue(front.desk, tasks=[task()])
    me = follower(front)
    file = tmp_path / "bieu.toml"
    file.write_text(FORM, encoding="utf-8")
    terminal.says("report", "form", short(key), "R1", "--from", str(file), *me, typed=SECRET)
    said = terminal.says("report", "form", short(key), "R1")
    assert "Biểu 1 (bản 1)" in said
    assert "so: Số lớp (số nguyên, bắt buộc, cộng)" in said
    file.write_text("title = 1\n", encoding="utf-8")
    refused = terminal.refuses(
        "report", "form", short(key), "R1", "--from", str(file), *me, typed=SECRET
    )
    assert "[[columns]]" in refused
    terminal.says("report", "form", short(key), "R1", "--drop", *me, typed=SECRET)
    assert "không yêu cầu biểu" in terminal.says("report", "form", short(key), "R1")
    terminal.refuses("report", "form", short(key), "R1", "--drop", status=64)


def test_a_link_is_ended_and_sent_again(terminal: Terminal, front: Front) -> None:
    key = issue(front.desk, tasks=[task()])
    me = follower(front)
    terminal.says(
        "report", "revoke-link", short(key), "huyen-a", "--reason", "Lộ.", *me, typed=SECRET
    )
    terminal.says("report", "send-link", short(key), "Huyện ủy A", *me, typed=SECRET)
    terminal.refuses("report", "send-link", short(key), "khong-co", *me, typed=SECRET)
    with front.desk.database.reading() as session:
        assert current_serial(session, "huyen-a", key) == 2
        assert len(session.scalars(select(Notice).where(Notice.kind == "link")).all()) == 1
