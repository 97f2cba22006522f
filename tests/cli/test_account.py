"""`trinhky account`: temporary passwords, second factors, tokens with scopes, ties to a service."""

import re
from datetime import timedelta

import pyotp
import pytest

from actions.api_tokens import token_in_use
from actions.auditing import Actor
from actions.second_factor import begin_set_up, confirm_set_up, has_second_factor, open_set_up
from models.credential import ExternalIdentity
from models.officer import Account, Role, Scope
from models.session import Database
from tests.cli.conftest import PASSWORD, Terminal, give_account
from tests.support.front import Front
from wiring.bootstrap import read_account_key
from wiring.settings import load_settings

NEW = "một câu khác cho buổi chiều"


def must_change(database: Database, officer: str) -> bool:
    with database.reading() as session:
        return session.get_one(Account, officer).must_change


def second_factor(front: Front, officer_id: str) -> str:
    """Sets a phone up for an officer; returns its secret."""
    database, at = front.desk.database, front.desk.clock()
    key = read_account_key(load_settings())
    actor = Actor(kind="officer", id=officer_id, name=officer_id)
    begin_set_up(database, actor=actor, at=at)
    with database.reading() as session:
        found = open_set_up(session, officer_id, key=key)
    assert found is not None
    confirm_set_up(database, pyotp.TOTP(found.secret).at(at), key=key, actor=actor, at=at)
    return found.secret


def test_a_password_that_the_operator_gave_is_temporary_unless_said_otherwise(
    terminal: Terminal, front: Front
) -> None:
    database = front.desk.database
    terminal.says("account", "add", "drafter", "soan", "--stdin", typed=f"{PASSWORD}\n")
    assert must_change(database, "drafter")
    refused = terminal.refuses(
        "account", "token", "add", "drafter", "Kho", "--as", "soan", "--stdin",
        typed=f"{PASSWORD}\n",
    )  # fmt: skip
    assert "Mật khẩu này do người khác đặt" in refused
    terminal.says(
        "account", "password", "drafter", "--as", "soan", "--stdin", typed=f"{PASSWORD}\n{NEW}\n"
    )
    assert not must_change(database, "drafter")
    terminal.says(
        "account", "token", "add", "drafter", "Kho", "--as", "soan", "--stdin", typed=f"{NEW}\n"
    )
    terminal.says("account", "password", "drafter", "--lasting", "--stdin", typed=f"{PASSWORD}\n")
    assert not must_change(database, "drafter")


def test_who_has_a_second_factor_gives_its_code_at_the_terminal_too(
    terminal: Terminal, front: Front
) -> None:
    administrator = give_account(front, Role.ADMINISTRATOR)
    secret = second_factor(front, administrator)
    at = front.desk.clock()
    operator = give_account(front, Role.OPERATOR)
    command = ("account", "disable", operator, "--as", administrator, "--stdin")
    used = pyotp.TOTP(secret).at(at)
    assert "Mã không đúng" in terminal.refuses(*command, typed=f"{PASSWORD}\n{used}\n")
    assert "Mã không đúng" in terminal.refuses(*command, typed=f"{PASSWORD}\n")
    fresh = pyotp.TOTP(secret).at(at + timedelta(seconds=30))
    assert "Đã ngừng dùng" in terminal.says(*command, typed=f"{PASSWORD}\n{fresh}\n")


def test_only_an_administrator_takes_a_second_factor_off(terminal: Terminal, front: Front) -> None:
    database = front.desk.database
    clerk, drafter = give_account(front, Role.REGISTRY_CLERK), give_account(front, Role.DRAFTER)
    second_factor(front, drafter)
    refused = terminal.refuses(
        "account", "factor-off", drafter, "--as", clerk, "--stdin", typed=f"{PASSWORD}\n"
    )
    assert "không có quyền" in refused
    with database.reading() as session:
        assert has_second_factor(session, drafter)
    assert "Đã tắt xác thực hai lớp" in terminal.says("account", "factor-off", drafter)
    with database.reading() as session:
        assert not has_second_factor(session, drafter)
    assert "vốn không bật" in terminal.says("account", "factor-off", drafter, "--passkeys")


def test_a_token_gets_the_scopes_and_days_that_are_named(terminal: Terminal, front: Front) -> None:
    database, at = front.desk.database, front.desk.clock()
    plain = terminal.says("account", "token", "add", "drafter", "Đọc").splitlines()[0]
    found = token_in_use(database, plain, at)
    assert found is not None
    assert found.scopes == {Scope.READ}
    wide = terminal.says(
        "account", "token", "add", "drafter", "Làm", "--scope", "read", "--scope", "decide",
        "--days", "30",
    ).splitlines()[0]  # fmt: skip
    found = token_in_use(database, wide, at)
    assert found is not None
    assert found.scopes == {Scope.READ, Scope.DECIDE}
    listed = terminal.says("account", "token", "list")
    assert re.search(r"Làm  read,decide  .*dùng đến", listed)
    terminal.refuses("account", "token", "add", "drafter", "Kho", "--scope", "all", status=64)


def test_an_officer_is_tied_to_the_sign_on_service_and_untied(
    terminal: Terminal, front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafter = give_account(front, Role.DRAFTER)
    assert "chưa đặt dịch vụ" in terminal.refuses("account", "link", drafter, "u-17")
    monkeypatch.setenv("TRINHKY_SSO__ISSUER", "https://sso.example")
    monkeypatch.setenv("TRINHKY_SSO__CLIENT_ID", "trinh-ky")
    assert "https://sso.example" in terminal.says("account", "link", drafter, "u-17")
    assert "u-17" in terminal.refuses("account", "link", drafter, "u-17")
    with front.desk.database.reading() as session:
        [row] = session.query(ExternalIdentity).all()
    assert (row.officer_id, row.subject, row.basis) == (drafter, "u-17", "linked")
    assert "Đã bỏ 1 mối nối" in terminal.says("account", "unlink", drafter)
    assert "Đã bỏ 0 mối nối" in terminal.says("account", "unlink", drafter)
