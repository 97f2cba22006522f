"""Amending an issued directive, and messages that wait, from a terminal."""

from email.message import EmailMessage

import pytest
from sqlalchemy import select

from actions.receiving import receive
from delivery.inbox import read_mail
from models.base import DirectiveId
from models.dispatch import Consignment, IncomingMessage
from models.officer import Role
from tests.actions.back_office import issue, task
from tests.cli.conftest import PASSWORD, Terminal, give_account, short
from tests.support.front import Front

WHY = "Sai thẩm quyền"


@pytest.fixture
def key(front: Front) -> DirectiveId:
    made = issue(front.desk, tasks=[task()])
    with front.desk.database.writing() as session:
        for one in session.scalars(select(Consignment)):
            one.state = "sent"
    return made


def states(front: Front, key: DirectiveId) -> dict[str, str]:
    with front.desk.database.reading() as session:
        rows = session.scalars(select(Consignment).where(Consignment.directive_id == key))
        return {one.organisation_id: one.state for one in rows}


def test_a_directive_is_recalled_at_the_terminal(
    terminal: Terminal, front: Front, key: DirectiveId
) -> None:
    clerk, drafter = give_account(front, Role.REGISTRY_CLERK), give_account(front, Role.DRAFTER)
    order = ("directive", "recall", short(key), "--reason", WHY, "--yes", "--stdin", "--as")
    assert "không có quyền thu hồi" in terminal.refuses(*order, drafter, typed=f"{PASSWORD}\n")
    said = terminal.says(*order, clerk, typed=f"{PASSWORD}\n")
    assert "Đã báo 4 đơn vị" in said
    assert front.state(key) == "recalled"
    assert set(states(front, key).values()) == {"recall_asked"}
    assert "đã thu hồi" in terminal.refuses(*order, clerk, typed=f"{PASSWORD}\n")


def test_a_directive_is_replaced_corrected_and_its_recipients_changed(
    terminal: Terminal, front: Front, key: DirectiveId
) -> None:
    clerk = give_account(front, Role.REGISTRY_CLERK)
    newer = issue(front.desk, number=97, number_text="97-HD/BTNTU")
    letter = issue(front.desk, doc_type="Công văn", number=5, number_text="5-CV/BTNTU")
    who = ("--reason", WHY, "--yes", "--stdin", "--as", clerk)
    typed = f"{PASSWORD}\n"
    for named in ("Đơn vị lạ", "Huyện ủy A"):
        fewer = ("directive", "recipients", short(key), "--remove", named, *who)
        if named == "Đơn vị lạ":
            assert "Không có đơn vị này" in terminal.refuses(*fewer, typed=typed)
        else:
            assert "bớt 1 đơn vị" in terminal.says(*fewer, typed=typed)
    assert states(front, key)["huyen-a"] == "recall_asked"
    corrected = terminal.says(
        "directive", "correct", short(key), "--by", "5-CV/BTNTU", "--printed", "31/9",
        "--corrected", "30/9", *who, typed=typed,
    )  # fmt: skip
    assert "Đã đính chính" in corrected
    assert (front.state(key), front.state(letter)) == ("corrected", "issued")
    replaced = terminal.says(
        "directive", "replace", short(key), "--by", short(newer), "--keep-tasks", *who, typed=typed
    )
    assert "Đã thay thế bằng 97-HD/BTNTU." in replaced
    assert front.state(key) == "replaced"


def test_a_message_that_waits_is_listed_matched_and_set_aside(
    terminal: Terminal, front: Front, key: DirectiveId
) -> None:
    follower = give_account(front, Role.FOLLOW_UP)
    assert "Không có thư nào" in terminal.says("mail", "list")
    for subject in ("Chưa thấy văn bản", "Quảng cáo"):
        made = EmailMessage()
        made["From"], made["Subject"] = "la@noi-khac.example", subject
        made.set_content("x")
        receive(front.desk, read_mail(made.as_bytes()))
    listed = terminal.says("mail", "list")
    assert "Chưa thấy văn bản" in listed
    with front.desk.database.reading() as session:
        found = {one.subject: str(one.id) for one in session.scalars(select(IncomingMessage))}
    number, typed = front.directive(key).number_text or "", f"{PASSWORD}\n"
    match = (
        "mail", "match", found["Chưa thấy văn bản"][:8], "--directive", number, "--unit",
        "Huyện ủy A", "--reason", "thư nói vậy", "--as", follower, "--stdin",
    )  # fmt: skip
    assert "Không có ý nghĩa" in terminal.refuses(
        *match, "--meaning", "xyz", typed=typed, status=64
    )
    assert "Đã gắn thư" in terminal.says(*match, "--meaning", "bounced", typed=typed)
    assert states(front, key)["huyen-a"] == "bounced"
    aside = ("mail", "set-aside", found["Quảng cáo"], "--reason", "x", "--as", follower, "--stdin")
    assert "Đã xếp riêng" in terminal.says(*aside, typed=typed)
    assert "Không có thư nào" in terminal.says("mail", "list")
    assert "Không tìm thấy" in terminal.refuses("mail", "show", "zzzz")
