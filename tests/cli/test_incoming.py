"""Incoming papers at a terminal: seen, accepted, assigned, finished; refused in one sentence."""

import uuid
from pathlib import Path

import pytest

from actions.incoming.accepting import accept
from actions.incoming.taking import PaperFacts, register_by_hand
from models.officer import Role
from tests.actions.incoming.receiver import Receiver, make_receiver, marked, message, recall
from tests.cli.conftest import PASSWORD, Terminal, give_account
from tests.support.clock import StoryClock

SECRET = f"{PASSWORD}\n"


@pytest.fixture
def receiver(terminal: Terminal, database, clock: StoryClock, simulated: None) -> Receiver:  # type: ignore[no-untyped-def]  # noqa: ANN001 (the conftest's own)
    del simulated
    return make_receiver(database, terminal.home, clock)


def test_a_paper_goes_its_way_at_the_terminal(
    terminal: Terminal, receiver: Receiver, tmp_path: Path
) -> None:
    key = str(receiver.arrives())
    clerk = give_account(receiver.front, Role.REGISTRY_CLERK)
    leader = give_account(receiver.front, Role.SIGNATORY)
    handler = give_account(receiver.front, Role.DRAFTER)
    assert key[:8] in terminal.says("incoming", "list", "--filter", "cho-tiep-nhan")
    shown = terminal.says("incoming", "show", key[:8], "--save", str(tmp_path / "ra"))
    assert "chữ ký hợp lệ" in shown
    assert [one.name for one in (tmp_path / "ra").iterdir()] == ["01-96-HD.pdf"]
    said = terminal.says(
        "incoming", "accept", key[:8], "--as", clerk, "--stdin", typed=SECRET
    )  # fmt: skip
    assert "số đến 01" in said
    terminal.says(
        "incoming", "assign", "1", "--lead", "drafter=2022-10-20", "--opinion", "Tham mưu",
        "--as", leader, "--stdin", typed=SECRET,
    )  # fmt: skip
    terminal.says("incoming", "begin", "1/2022", "--as", handler, "--stdin", typed=SECRET)
    done = terminal.says(
        "incoming", "finish", "1", "--result", "Đã xong", "--as", handler, "--stdin", typed=SECRET
    )  # fmt: skip
    assert "đã giải quyết xong" in done
    assert receiver.codes() == ["01", "03", "04", "05", "06"]


def test_refusals_are_one_sentence_with_what_to_do(terminal: Terminal, receiver: Receiver) -> None:
    key = str(receiver.arrives(message(files=(marked("failed"),))))
    clerk = give_account(receiver.front, Role.REGISTRY_CLERK)
    said = terminal.refuses("incoming", "accept", key, "--as", clerk, "--stdin", typed=SECRET)
    assert "Ghi lý do vẫn tiếp nhận" in said
    assert "Không tìm thấy" in terminal.refuses("incoming", "show", "999")
    assert "Không tìm thấy" in terminal.refuses("incoming", "show", uuid.uuid4().hex)
    terminal.refuses("incoming", "list", "--filter", "la", status=64)
    terminal.says(
        "incoming", "refuse", key, "--reason", "Chữ ký hỏng", "--as", clerk, "--stdin", typed=SECRET
    )  # fmt: skip
    assert receiver.codes() == ["01", "02"]


def test_the_sender_is_answered_and_a_series_begins_where_it_should(
    terminal: Terminal, receiver: Receiver
) -> None:
    clerk = give_account(receiver.front, Role.REGISTRY_CLERK)
    terminal.says("incoming", "start-number", "2022", "731", "--as", clerk, "--stdin", typed=SECRET)
    key = receiver.arrives()
    assert accept(receiver.desk, receiver.front.clerk, key) == 731
    receiver.arrives(recall())
    said = terminal.says(
        "incoming", "answer", "731", "--refuse", "--reason", "Đã làm", "--as", clerk, "--stdin",
        typed=SECRET,
    )  # fmt: skip
    assert "từ chối thu hồi" in said
    assert "16" in receiver.codes()


def test_what_is_late_is_said_in_the_list(terminal: Terminal, receiver: Receiver) -> None:
    facts = PaperFacts(sender_name="Sở Nội vụ", subject="Cung cấp số liệu")
    receiver.front.clock.advance(days=-14)
    register_by_hand(receiver.desk, receiver.front.clerk, facts)
    assert "QUÁ HẠN" in terminal.says("incoming", "list", "--filter", "qua-han")
