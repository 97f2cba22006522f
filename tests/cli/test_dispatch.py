"""Sending to units, from a terminal."""

from models.officer import Role
from models.organisation import Organisation
from tests.actions.back_office import change_unit, consignments, issue
from tests.cli.conftest import PASSWORD, Terminal, give_account, short
from tests.support.front import Front


def clerk(front: Front) -> tuple[str, ...]:
    return ("--as", give_account(front, Role.REGISTRY_CLERK), "--stdin")


def test_the_clerk_holds_reroutes_and_records_a_paper(terminal: Terminal, front: Front) -> None:
    key = short(issue(front.desk))
    me, why = clerk(front), ("--reason", "Hộp thư hỏng")
    assert "Huyện ủy A: chờ gửi" in terminal.says("dispatch", "list", key)
    said = terminal.says("dispatch", "hold", key, "huyen-a", *why, *me, typed=f"{PASSWORD}\n")
    assert "tạm giữ" in said
    assert "1/4 đơn vị" in terminal.says("dispatch", "list", key, "--stuck")
    terminal.says("dispatch", "reroute", key, "huyen-a", "paper", *why, *me, typed=f"{PASSWORD}\n")
    day = f"{front.clock():%d/%m/%Y}"
    said = terminal.says(
        "dispatch", "by-hand", key, "huyen-a", "EE1", "--on", day, *me, typed=f"{PASSWORD}\n"
    )
    assert "đã gửi (kênh bản giấy)" in said
    shown = terminal.says("dispatch", "show", key, "huyen-a")
    assert "Hộp thư hỏng" in shown
    assert "EE1" in shown
    refused = terminal.refuses("dispatch", "retry", key, "huyen-a", *me, typed=f"{PASSWORD}\n")
    assert "bản giấy" in refused
    assert consignments(front.desk)["huyen-b"].state == "planned"


def test_who_gets_what_is_shown_and_a_test_message_sent(terminal: Terminal, front: Front) -> None:
    change_unit(front.desk, "so-tt", channel="paper", address=None)
    key = short(issue(front.desk))
    said = terminal.says("dispatch", "preview", key)
    assert "4 đơn vị, 1 đơn vị chưa gửi được ngay" in said
    assert "in văn bản" in said
    me = clerk(front)
    said = terminal.says("dispatch", "test", "huyen-a", *me, typed=f"{PASSWORD}\n")
    assert "huyen-a@donvi.example" in said
    refused = terminal.refuses("dispatch", "test", "so-tt", *me, typed=f"{PASSWORD}\n")
    assert "bản giấy" in refused
    with front.desk.database.reading() as session:
        assert session.get_one(Organisation, "so-tt").channel == "paper"
