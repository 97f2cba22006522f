"""Many files under one PIN at a terminal: the list, the question, a result a file."""

import os
import re
import signal
from typing import Any

import pytest

from actions import batch_running
from actions.batching import stop_batch
from actions.reviewing import return_draft
from actions.signing_off import complete
from models.base import DirectiveId
from models.batch import SigningBatch
from models.officer import Role
from tests.cli.conftest import PASSWORD, Terminal, give_account, short
from tests.support.front import Front, with_content
from tests.support.signing_office import PIN, Authority


@pytest.fixture
def keys(signing_front: Front) -> list[DirectiveId]:
    return [signing_front.frozen(with_content(title=f"Văn bản {at}")) for at in range(2)]


@pytest.fixture
def signatory(signing_front: Front) -> str:
    return give_account(signing_front, Role.SIGNATORY)


def states(front: Front, keys: list[DirectiveId]) -> list[str]:
    for key in keys:
        complete(front.desk, key)
    return [front.state(key) for key in keys]


def test_the_list_comes_before_the_question_and_the_pin_after_it(
    terminal: Terminal, signing_front: Front, keys: list[DirectiveId], signatory: str
) -> None:
    call = ("directive", "sign-batch", "--as", signatory)
    said = terminal.says(*call, typed=f"{PASSWORD}\nc\n{PIN}\n")
    numbers = [signing_front.directive(key).number_text or "" for key in keys]
    for shown in (
        *numbers, "K/T TRƯỞNG BAN", "SHA-256", "Đạt: Chưa bị thu hồi", "Ký số 2 văn bản trên?",
    ):  # fmt: skip
        assert said.index(shown) < said.index("Mã PIN")
    for number in numbers:
        assert f"{number}: đã ký" in said
    assert PIN not in said
    assert states(signing_front, keys) == ["signed", "signed"]

    clerk = give_account(signing_front, Role.REGISTRY_CLERK)
    call = ("directive", "seal-batch", *map(short, keys), "--as", clerk)
    said = terminal.says(*call, typed=f"{PASSWORD}\nc\n{PIN}\n")
    assert said.count(": đã đóng dấu") == 2
    again = terminal.refuses(*call, typed=f"{PASSWORD}\nc\n{PIN}\n")
    assert "không có văn bản nào ký được" in again


def test_a_list_is_made_first_and_carried_out_by_its_identifier(
    terminal: Terminal, signing_front: Front, keys: list[DirectiveId], signatory: str
) -> None:
    call = ("directive", "sign-batch", "--as", signatory, "--stdin")
    assert "--batch" in terminal.refuses(*call, typed=f"{PASSWORD}\n{PIN}\n", status=64)
    listed = terminal.says(*call, "--summary", short(keys[0]), typed=f"{PASSWORD}\n")
    found = re.search(r"Mã danh sách: (\S+)", listed)
    assert found is not None
    assert signing_front.state(keys[0]) == "numbered"
    wrong = ("directive", "seal-batch", "--as", signatory, "--batch", found.group(1), "--stdin")
    assert "loại khác" in terminal.refuses(*wrong, typed=f"{PASSWORD}\n{PIN}\n", status=64)
    both = terminal.refuses(*call, "--batch", found.group(1), short(keys[0]), status=64)
    assert "không nêu văn bản" in both
    assert "không đúng" in terminal.refuses(*call, "--batch", "x", typed=PASSWORD, status=64)
    terminal.says(*call, "--batch", found.group(1), typed=f"{PASSWORD}\n{PIN}\n")
    assert states(signing_front, keys) == ["signed", "numbered"]
    again = terminal.refuses(*call, "--batch", found.group(1), typed=f"{PASSWORD}\n{PIN}\n")
    assert "đã xong" in again


def test_no_means_no(
    terminal: Terminal, signing_front: Front, keys: list[DirectiveId], signatory: str
) -> None:
    call = ("directive", "sign-batch", "--as", signatory)
    done = terminal.run(*call, typed=f"{PASSWORD}\nk\n")
    assert done.exit_code == 1
    assert "Mã PIN" not in done.stdout
    assert states(signing_front, keys) == ["numbered", "numbered"]


def test_a_wrong_pin_is_told_and_signs_nothing(
    terminal: Terminal, signing_front: Front, keys: list[DirectiveId], signatory: str
) -> None:
    call = ("directive", "sign-batch", "--as", signatory)
    said = terminal.refuses(*call, typed=f"{PASSWORD}\nc\nsai-ma-3391\n")
    assert "Mã PIN không đúng" in said
    assert "sai-ma-3391" not in said
    assert states(signing_front, keys) == ["numbered", "numbered"]


def test_what_stops_is_told_before_any_question(
    terminal: Terminal,
    signing_front: Front,
    keys: list[DirectiveId],
    signatory: str,
    authority: Authority,
) -> None:
    authority.register(signing_front, "revoked", officer_id="signatory")
    done = terminal.run(
        "directive", "sign-batch", "--as", signatory, typed=f"{PASSWORD}\nc\n{PIN}\n"
    )
    assert done.exit_code == 1
    assert "Không được: Chứng thư đã bị thu hồi" in done.stdout
    assert "văn bản trên?" not in done.stdout
    assert states(signing_front, keys) == ["numbered", "numbered"]


def test_a_file_that_cannot_be_signed_is_named_and_the_others_are_signed(
    terminal: Terminal, signing_front: Front, keys: list[DirectiveId], signatory: str
) -> None:
    return_draft(signing_front.desk, signing_front.signatory, keys[0], reason="Sửa", revision=1)
    call = ("directive", "sign-batch", *map(str, keys), "--as", signatory)
    said = terminal.says(*call, typed=f"{PASSWORD}\nc\n{PIN}\n")
    assert "Không được, đã bỏ ra: 1 văn bản" in said
    assert "đã trả lại người soạn" in said
    assert states(signing_front, keys) == ["returned", "signed"]


@pytest.mark.parametrize("by_hand", [True, False])
def test_ctrl_c_or_the_portal_stops_between_two_files(
    terminal: Terminal,
    signing_front: Front,
    keys: list[DirectiveId],
    signatory: str,
    monkeypatch: pytest.MonkeyPatch,
    *,
    by_hand: bool,
) -> None:
    record = batch_running.record

    def then_stop(desk: Any, actor: Any, *rest: Any) -> None:  # noqa: ANN401 (as the deed has them)
        record(desk, actor, *rest)
        if by_hand:
            os.kill(os.getpid(), signal.SIGINT)
        else:
            _stop_all(signing_front)

    monkeypatch.setattr(batch_running, "record", then_stop)
    done = terminal.run(
        "directive", "sign-batch", "--as", signatory, typed=f"{PASSWORD}\nc\n{PIN}\n"
    )
    assert done.exit_code == 1
    assert "Xong 1/2 văn bản" in done.stderr
    assert "chưa ký." in done.stdout
    assert states(signing_front, keys) == ["signed", "numbered"]


def _stop_all(front: Front) -> None:
    with front.desk.database.reading() as session:
        batch = session.query(SigningBatch).one()
    stop_batch(front.desk, front.signatory, batch.id)


def test_nothing_is_asked_of_one_for_whom_nothing_waits(
    terminal: Terminal, signing_front: Front, keys: list[DirectiveId]
) -> None:
    del keys
    drafter = give_account(signing_front, Role.DRAFTER)
    done = terminal.run("directive", "sign-batch", "--as", drafter, typed=f"{PASSWORD}\nc\n{PIN}\n")
    assert done.exit_code == 1
    assert "chưa chọn văn bản nào" in done.stderr
    assert "Mã PIN" not in done.stdout
