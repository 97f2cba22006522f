"""Modules of PKCS#11 as this process uses them: their tokens, and what a token says of its PIN.

A module is loaded once per process and called by one thread at a time: python-pkcs11 initialises
it without locks of its own. Whoever is logged in at a token is so for the whole process, so that a
token belongs to one key from `Module.hold` to its release; the next one waits. Source: PKCS#11
2.40, 5.4 (C_Initialize), 5.6 (C_Login).
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

import pkcs11
from pkcs11 import Token, TokenFlag, exceptions

from signing.errors import KeyRefusedError, KeyUnavailableError, SigningError


class PinState(StrEnum):
    """What a token tells of its PIN, before anybody enters one."""

    OK = "ok"
    LOW = "low"
    """At least one wrong PIN since the last right one."""
    FINAL = "final"
    """One more wrong PIN locks it."""
    LOCKED = "locked"
    UNKNOWN = "unknown"
    """It has no PIN yet, or tells nothing."""


_WRONG: Final = "Mã PIN không đúng. "
PIN_WORDS: Final[dict[PinState, str]] = {
    PinState.OK: "",
    PinState.LOW: "Thẻ đã ghi nhận mã PIN bị nhập sai; nhập sai nhiều lần, thẻ sẽ bị khoá. "
    "Việc cần làm: nhập lại mã PIN thật cẩn thận.",
    PinState.FINAL: "Chỉ còn một lần nhập trước khi thẻ bị khoá. Việc cần làm: nhớ chắc mã PIN "
    "rồi mới nhập; nếu không chắc, liên hệ nơi cấp thẻ.",
    PinState.LOCKED: "Thẻ đã bị khoá vì nhập sai mã PIN quá số lần cho phép. "
    "Việc cần làm: mang thẻ đến nơi cấp để mở khoá.",
    PinState.UNKNOWN: "",
}
"""What to tell a person before the PIN is asked for; empty where there is nothing to tell."""


def pin_state_of(flags: int) -> PinState:
    """Reads the flags of a token. Source: PKCS#11 2.40, 3.2, CK_TOKEN_INFO."""
    for flag, state in (
        (TokenFlag.USER_PIN_LOCKED, PinState.LOCKED),
        (TokenFlag.USER_PIN_FINAL_TRY, PinState.FINAL),
        (TokenFlag.USER_PIN_COUNT_LOW, PinState.LOW),
        (TokenFlag.USER_PIN_INITIALIZED, PinState.OK),
    ):
        if flags & flag:
            return state
    return PinState.UNKNOWN


def wrong_pin(state: PinState) -> KeyRefusedError:
    """The refusal of a PIN by a token that now says `state`."""
    if state is PinState.LOCKED:
        return pin_locked()
    more = PIN_WORDS[state] or "Việc cần làm: nhập lại mã PIN."
    return KeyRefusedError("wrong_pin", _WRONG + more)


def pin_locked() -> KeyRefusedError:
    """The refusal of a token whose PIN is locked."""
    return KeyRefusedError("pin_locked", PIN_WORDS[PinState.LOCKED])


def token_gone(token: str) -> KeyUnavailableError:
    """The token is not there, or not any more."""
    return KeyUnavailableError(
        f"thẻ {token}",
        f"Không thấy thẻ “{token}”, hoặc thẻ đã bị rút ra. "
        "Việc cần làm: cắm lại thẻ cho chắc rồi ký lại.",
    )


def token_busy(token: str) -> KeyUnavailableError:
    """Another signing holds the token."""
    return KeyUnavailableError(
        f"thẻ {token}",
        f"Thẻ “{token}” đang được dùng cho một lần ký khác. "
        "Việc cần làm: đợi lần ký đó xong rồi ký lại.",
    )


_PIN_WRONG: Final = (exceptions.PinIncorrect, exceptions.PinInvalid, exceptions.PinLenRange)
_NOT_ALLOWED: Final = (
    exceptions.MechanismInvalid,
    exceptions.MechanismParamInvalid,
    exceptions.FunctionNotSupported,
)


def key_error(err: exceptions.PKCS11Error, token: str, state: PinState) -> SigningError:
    """What a token's answer means for a person.

    Args:
        err: The answer.
        token: Label of the token.
        state: What the token says of its PIN after the answer.
    """
    if isinstance(err, _PIN_WRONG):
        return wrong_pin(state)
    if isinstance(err, exceptions.PinLocked):
        return pin_locked()
    if isinstance(err, (exceptions.PinExpired, exceptions.UserPinNotInitialized)):
        return KeyRefusedError(
            "pin_unusable",
            f"Mã PIN của thẻ “{token}” đã hết hạn hoặc chưa được đặt. "
            "Việc cần làm: đặt mã PIN mới bằng phần mềm của nơi cấp thẻ rồi ký lại.",
        )
    if isinstance(err, _NOT_ALLOWED):
        return mechanism_missing(token)
    if isinstance(err, exceptions.UserAlreadyLoggedIn):
        return token_busy(token)
    # A token that is pulled out answers with whatever its driver makes of it.
    return token_gone(token)


def mechanism_missing(token: str) -> KeyRefusedError:
    """The token cannot sign in the way that is set."""
    return KeyRefusedError(
        "mechanism",
        f"Thẻ “{token}” không ký được theo cách đã đặt. "
        "Việc cần làm: báo người vận hành chọn cách ký khác cho chứng thư này.",
    )


class Module:
    """A loaded PKCS#11 module. Get it from `load_module`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.calls = threading.RLock()
        """Held while the module is called."""
        self._held: dict[bytes, threading.Lock] = {}
        self._pid = os.getpid()
        self._lib = pkcs11.lib(str(path))

    def tokens(self) -> list[Token]:
        """The tokens that are there now. Hold `calls`.

        Raises:
            KeyUnavailableError: The module does not answer.
        """
        with _module_faults(self.path):
            if self._pid != os.getpid():
                # A forked process must initialise anew. Source: PKCS#11 2.40, 5.4.
                self._lib.reinitialize()
                self._pid = os.getpid()
            slots = self._lib.get_slots(token_present=True)
        found = []
        for slot in slots:
            try:
                token = slot.get_token()
            except exceptions.PKCS11Error:
                continue  # pulled out just now
            if token.flags & TokenFlag.TOKEN_INITIALIZED:
                found.append(token)
        return found

    def pin_state(self, token: Token) -> PinState:
        """What a token says of its PIN now. Hold `calls`."""
        try:
            return pin_state_of(token.slot.get_token().flags)
        except exceptions.PKCS11Error:
            return PinState.UNKNOWN

    def drop_sessions(self, token: Token) -> None:
        """Ends all sessions of this process at a token. Hold `calls`, and hold the token.

        A refused login leaves its session open, and python-pkcs11 gives no handle to close it by;
        tokens have few sessions to give.
        """
        close = getattr(ctypes.CDLL(str(self.path)), "C_CloseAllSessions", None)
        if close is not None:
            close(ctypes.c_ulong(token.slot.slot_id))

    def hold(self, token: Token, *, wait_s: float) -> threading.Lock:
        """Keeps a token for one key; release the lock that comes back.

        Raises:
            KeyUnavailableError: Another signing holds it all the time.
        """
        with self.calls:
            lock = self._held.setdefault(token.serial + token.label.encode(), threading.Lock())
        if not lock.acquire(timeout=wait_s):
            raise token_busy(token.label)
        return lock


@contextmanager
def _module_faults(path: Path) -> Iterator[None]:
    try:
        yield
    except exceptions.PKCS11Error:
        raise KeyUnavailableError(
            path.name,
            f"Không nạp được thư viện của thẻ ({path.name}). Việc cần làm: báo người vận hành "
            "cài phần mềm của nơi cấp thẻ và khai đúng đường dẫn của thư viện.",
        ) from None


@cache
def _loaded(path: Path) -> Module:
    return Module(path)


_LOADING = threading.Lock()


def load_module(path: Path) -> Module:
    """Loads a module, once per process.

    Raises:
        KeyUnavailableError: No such file, or no PKCS#11 module.
    """
    with _module_faults(path), _LOADING:
        return _loaded(path)
