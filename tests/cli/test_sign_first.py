"""At a terminal too: sign without a number, take it, seal with it."""

from sqlalchemy import update

from actions.freezing import freeze
from actions.sealing import complete as complete_seal
from actions.signing_off import complete as complete_signature
from models.officer import Role
from models.organisation import Office
from tests.cli.conftest import PASSWORD, Terminal, give_account, short
from tests.support.front import Front
from tests.support.signing_office import PIN


def test_an_office_that_signs_first_goes_the_same_way_at_a_terminal(
    terminal: Terminal, signing_front: Front
) -> None:
    front = signing_front
    front.change(lambda s: s.execute(update(Office).values(number_after_signing=True)))
    key = front.approved()
    freeze(front.desk, key)
    signatory = give_account(front, Role.SIGNATORY)
    clerk = give_account(front, Role.REGISTRY_CLERK)
    number = ("directive", "number", short(key), "--as", clerk)
    assert "đã ký" in terminal.refuses(*number, typed=f"{PASSWORD}\nc\n")

    sign = ("directive", "sign", short(key), "--as", signatory)
    said = terminal.says(*sign, typed=f"{PASSWORD}\nc\n{PIN}\n")
    assert "chưa cấp; số và ngày được điền khi đóng dấu" in said
    complete_signature(front.desk, key)
    assert "đã ký, chờ cấp số" in terminal.says("directive", "list")
    assert "Chưa cấp số" in terminal.says("directive", "list")

    assert "Đã cấp số 96-HD/BTNTU." in terminal.says(*number, typed=f"{PASSWORD}\nc\n")
    seal = ("directive", "seal", short(key), "--as", clerk)
    said = terminal.says(*seal, typed=f"{PASSWORD}\nc\n{PIN}\n")
    assert "Điền cùng dấu: số 96-HD/BTNTU, ngày 20/9/2022" in said
    complete_seal(front.desk, key)
    assert front.state(key) == "sealed"
