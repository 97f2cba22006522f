"""A token that locks: what it tells is said, and it is never given a PIN that nobody typed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.signing.keys.room import Room, key_file
from tests.support.locking import LockingModule, locking_module
from tests.support.tokens import HeldKey, TokenStore

WRONG = "90909090"
_SIGNER = """
import sys
from pathlib import Path
from signing.errors import SigningError
from signing.keys.token import list_token_certificates, open_token, pin_state
module, token, key, *acts = sys.argv[1:]
module = Path(module)
for pin in acts:
    try:
        with open_token(module, token=token, key=key, pin=pin) as opened:
            opened.sign(b"x")
        said = "signed"
    except SigningError as err:
        said = f"{getattr(err, 'reason', err.code)}: {err.diagnosis()}"
    print(pin_state(module, token).value, said, sep="|")
print(*{one.pin_state.value for one in list_token_certificates(module) if one.token == token})
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> LockingModule:
    module = locking_module(tmp_path_factory.mktemp("locking"))
    if module is None:
        pytest.skip("no C compiler to build a token that locks")
    return module


@pytest.fixture
def module(built: LockingModule) -> LockingModule:
    built.reset()
    return built


@pytest.fixture(scope="module")
def held(room: Room, tokens: TokenStore) -> HeldKey:
    return tokens.hold(key_file(room.pki, "rsa"), room.der("rsa"))


def runs(module: LockingModule, held: HeldKey, *pins: str) -> list[str]:
    command = [sys.executable, "-c", _SIGNER, str(module.path), held.token, held.key, *pins]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | module.environment,
        cwd=Path(__file__).parents[3],
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_the_tries_that_are_left_are_said_until_it_locks(
    module: LockingModule, held: HeldKey
) -> None:
    first, second, third, fourth, listed = runs(module, held, WRONG, WRONG, WRONG, held.pin)
    assert first.startswith("low|wrong_pin: Mã PIN không đúng. Thẻ đã ghi nhận")
    assert second.startswith("final|wrong_pin: Mã PIN không đúng. Chỉ còn một lần nhập")
    assert third.startswith("locked|pin_locked: Thẻ đã bị khoá")
    assert fourth.startswith("locked|pin_locked: Thẻ đã bị khoá"), "the right one comes too late"
    assert listed == "locked"
    assert module.logins == 3, "a locked token is given no PIN"


def test_the_right_pin_takes_the_count_back(module: LockingModule, held: HeldKey) -> None:
    *said, listed = runs(module, held, WRONG, WRONG, held.pin, WRONG)
    assert [one.split("|")[0] for one in said] == ["low", "final", "ok", "low"]
    assert said[2] == "ok|signed"
    assert listed == "low"
    assert module.logins == 4


def test_a_device_that_is_removed_costs_no_try(module: LockingModule, held: HeldKey) -> None:
    module.pull_out()
    said, _ = runs(module, held, held.pin)
    assert said.startswith("ok|key_unavailable: Không thấy thẻ")
    assert (module.logins, module.wrong) == (1, 0)
