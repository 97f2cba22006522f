"""What a token does with a PIN: tried once, counted, told of in words, kept nowhere."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from pkcs11 import TokenFlag, exceptions

from signing.errors import KeyRefusedError, KeyUnavailableError
from signing.keys.cryptoki import (
    PIN_WORDS,
    PinState,
    key_error,
    load_module,
    pin_state_of,
    wrong_pin,
)
from signing.keys.token import pin_state
from tests.signing.keys.room import WRONG_PIN, opened
from tests.support.tokens import HeldKey, TokenStore

ATTRIBUTES = b"what is signed"
SPY = Path("/usr/lib/x86_64-linux-gnu/pkcs11-spy.so")


def test_a_wrong_pin_is_refused_and_the_token_remembers_it(held: HeldKey) -> None:
    with pytest.raises(KeyRefusedError) as refused:
        opened(held, pin=WRONG_PIN)
    assert refused.value.reason == "wrong_pin"
    assert "nhập sai" in refused.value.diagnosis()
    assert pin_state(held.module, held.token) is PinState.LOW
    with opened(held) as key:
        assert key.sign(ATTRIBUTES)
    assert pin_state(held.module, held.token) is PinState.OK


def test_no_pin_is_no_try(held: HeldKey) -> None:
    with pytest.raises(KeyRefusedError) as refused:
        opened(held, pin="")
    assert refused.value.reason == "wrong_pin"
    assert pin_state(held.module, held.token) is PinState.OK


_SPIED = """
import sys
from pathlib import Path
from signing.errors import KeyRefusedError
from signing.keys.token import open_token
module, token, key, *pins = sys.argv[1:]
for pin in pins:
    try:
        with open_token(Path(module), token=token, key=key, pin=pin) as opened:
            opened.sign(b"a"), opened.sign(b"b")
    except KeyRefusedError as err:
        print(err.reason)
"""


@pytest.mark.skipif(not SPY.exists(), reason="opensc-pkcs11 is not installed")
def test_each_opening_gives_the_pin_to_the_token_once(held: HeldKey, tmp_path: Path) -> None:
    log = tmp_path / "spy.log"
    environment = os.environ | {"PKCS11SPY": str(held.module), "PKCS11SPY_OUTPUT": str(log)}
    command = [sys.executable, "-c", _SPIED, str(SPY), held.token, held.key, WRONG_PIN, held.pin]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == ["wrong_pin"]
    calls = log.read_text(encoding="utf-8", errors="replace")
    assert calls.count(": C_Login\n") == 2, "one for the wrong PIN, one for the right one"
    assert calls.count(": C_CloseAllSessions\n") == 1, "what the refused login left open"
    assert calls.count(": C_SignInit\n") == 2
    assert calls.count(": C_OpenSession\n") - 1 == calls.count(": C_CloseSession\n")


def test_a_locked_token_is_given_no_pin(held: HeldKey, monkeypatch: pytest.MonkeyPatch) -> None:
    module = load_module(held.module)
    monkeypatch.setattr(type(module), "pin_state", lambda *_: PinState.LOCKED)
    with pytest.raises(KeyRefusedError) as refused:
        opened(held, pin=WRONG_PIN)
    assert refused.value.reason == "pin_locked"
    monkeypatch.undo()
    assert pin_state(held.module, held.token) is PinState.OK, "nobody tried"


@pytest.mark.parametrize(
    ("flags", "state"),
    [
        (TokenFlag.USER_PIN_INITIALIZED, PinState.OK),
        (TokenFlag.USER_PIN_INITIALIZED | TokenFlag.USER_PIN_COUNT_LOW, PinState.LOW),
        (TokenFlag.USER_PIN_COUNT_LOW | TokenFlag.USER_PIN_FINAL_TRY, PinState.FINAL),
        (TokenFlag.USER_PIN_FINAL_TRY | TokenFlag.USER_PIN_LOCKED, PinState.LOCKED),
        (TokenFlag.LOGIN_REQUIRED, PinState.UNKNOWN),
    ],
)
def test_the_flags_of_a_token_tell_how_many_tries_are_left(flags: int, state: PinState) -> None:
    assert pin_state_of(flags) is state


def test_what_is_left_is_said_in_words() -> None:
    assert "Chỉ còn một lần nhập" in wrong_pin(PinState.FINAL).diagnosis()
    assert "Thẻ đã bị khoá" in wrong_pin(PinState.LOCKED).diagnosis()
    assert wrong_pin(PinState.LOCKED).reason == "pin_locked"
    assert PIN_WORDS[PinState.OK] == ""
    assert "Việc cần làm" in wrong_pin(PinState.UNKNOWN).diagnosis()


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (exceptions.PinLenRange, "wrong_pin"),
        (exceptions.PinLocked, "pin_locked"),
        (exceptions.PinExpired, "pin_unusable"),
        (exceptions.UserPinNotInitialized, "pin_unusable"),
        (exceptions.MechanismInvalid, "mechanism"),
    ],
)
def test_each_answer_of_a_token_has_its_refusal(
    fault: type[exceptions.PKCS11Error], reason: str
) -> None:
    refusal = key_error(fault(), "the", PinState.OK)
    assert isinstance(refusal, KeyRefusedError)
    assert refusal.reason == reason
    assert "Việc cần làm" in refusal.diagnosis()


def test_the_pin_stands_nowhere(
    held: HeldKey, caplog: pytest.LogCaptureFixture, tokens: TokenStore
) -> None:
    caplog.set_level(logging.DEBUG)
    said = []
    for pin in (WRONG_PIN, held.pin):
        try:
            with opened(held, pin=pin) as key:
                said += [repr(key), str(key.__class__)]
                tokens.pull_out(held.token)
                key.sign(ATTRIBUTES)
        except (KeyRefusedError, KeyUnavailableError) as err:
            said += [str(err), repr(err), err.diagnosis(), "".join(traceback.format_exception(err))]
    tokens.plug_in(held.token)
    assert len(said) == 10
    for pin in (WRONG_PIN, held.pin):
        assert all(pin not in text for text in [*said, caplog.text])
