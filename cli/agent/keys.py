"""The key on this machine: found by its certificate before the PIN, opened with it afterwards."""

from collections.abc import Callable
from getpass import GetPassWarning, getpass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from warnings import catch_warnings, simplefilter

from cli.agent.errors import KeyNotFoundError
from cli.agent.home import KeyPlace
from cli.errors import NoTerminalError
from signing.errors import KeyRefusedError

if TYPE_CHECKING:
    from signing.certificates import SigningCertificate
    from signing.keys.cryptoki import PinState
    from signing.keys.key import SigningKey
    from signing.keys.token import TokenCertificate

PROMPTS: Final = 3
"""How often the person is asked anew; each PIN is tried once."""
_SHOWN: Final = 6
"""Certificates that are listed where the right one is not there."""


class FoundKey:
    """A key that was found and not opened yet."""

    def __init__(self, words: str, warning: str, open_it: Callable[[str], "SigningKey"]) -> None:
        self.words = words
        """Where it lies, for people."""
        self.warning = warning
        """What the token says of its PIN; empty where it says nothing."""
        self.open = open_it


def find_key(place: KeyPlace, certificate: "SigningCertificate", mechanism: str) -> FoundKey:
    """Finds the key of a certificate; no PIN is needed.

    Raises:
        KeyNotFoundError: nobody said where, or it is not there.
        KeyUnavailableError: the module cannot be loaded.
        KeyRefusedError: the token's PIN is locked.
    """
    if place.p12:
        return _in_file(Path(place.p12), mechanism)
    if not place.module:
        raise KeyNotFoundError(
            "Chưa biết khoá ở đâu. Việc cần làm: thêm --module TỆP_THƯ_VIỆN (thiết bị ký số) hoặc "
            "--p12 TỆP; lần sau máy này sẽ nhớ."
        )
    return _on_token(place, certificate, mechanism)


def _in_file(path: Path, mechanism: str) -> FoundKey:
    from signing.keys.software import open_pkcs12  # noqa: PLC0415 (slow to load)

    if not path.is_file():
        raise KeyNotFoundError(f"Không tìm thấy tệp khoá {path}. Việc cần làm: kiểm tra đường dẫn.")
    return FoundKey(
        f"tệp khoá {path.name}", "", lambda pin: open_pkcs12(path, pin, mechanism=mechanism)
    )


def _on_token(place: KeyPlace, certificate: "SigningCertificate", mechanism: str) -> FoundKey:
    from signing.keys.cryptoki import PIN_WORDS, PinState, pin_locked  # noqa: PLC0415 (slow)
    from signing.keys.token import list_token_certificates, open_token  # noqa: PLC0415 (same)

    module = Path(place.module)
    there = list_token_certificates(module)
    fitting = [
        one
        for one in there
        if one.certificate.der == certificate.der and place.token in {"", one.token}
    ]
    if fitting and fitting[0].pin_state is PinState.LOCKED:
        raise pin_locked()
    if not fitting and not (place.token and place.key):
        raise KeyNotFoundError(_not_there(there))
    token = fitting[0].token if fitting else place.token
    key = place.key or fitting[0].key
    state = fitting[0].pin_state if fitting else _state_of(there, place.token)

    def open_it(pin: str) -> "SigningKey":
        return open_token(
            module,
            token=token,
            key=key,
            pin=pin,
            certificate=certificate.der,
            known=certificate.issuers,
            mechanism=mechanism,
        )

    return FoundKey(f"thiết bị “{token}”, khoá “{key}”", PIN_WORDS[state], open_it)


def _state_of(there: tuple["TokenCertificate", ...], token: str) -> "PinState":
    """Of a token whose certificate lies elsewhere."""
    from signing.keys.cryptoki import PinState  # noqa: PLC0415 (slow to load)

    return next((one.pin_state for one in there if one.token == token), PinState.UNKNOWN)


def _not_there(there: tuple["TokenCertificate", ...]) -> str:
    if not there:
        return (
            "Không thấy thiết bị ký số nào có chứng thư. "
            "Việc cần làm: cắm thiết bị cho chắc rồi chạy lại."
        )
    names = "; ".join(
        f"{one.certificate.facts.name} (thiết bị “{one.token}”)" for one in there[:_SHOWN]
    )
    return (
        "Thiết bị đang cắm không có khoá của chứng thư đã đăng ký với cơ quan. "
        f"Đang có: {names}. Việc cần làm: cắm đúng thiết bị, hoặc báo văn thư đăng ký chứng thư."
    )


def ask_pin(prompt: str) -> str:
    """Asks for a PIN at the terminal, unseen. Never an argument, never from a file.

    Raises:
        NoTerminalError: it would be shown while it is typed.
    """
    with catch_warnings():
        simplefilter("error", GetPassWarning)
        try:
            return getpass(prompt)
        except (GetPassWarning, EOFError) as err:
            raise NoTerminalError from err


def open_key(found: FoundKey, *, tell: Callable[[str], None]) -> "SigningKey | None":
    """Asks the person for the PIN and opens the key; None where they stop. A PIN is tried once.

    Raises:
        KeyRefusedError, KeyUnavailableError: the key does not open, and another PIN is no help.
    """
    for left in range(PROMPTS - 1, -1, -1):
        pin = ask_pin(f"Mã PIN của {found.words} (bỏ trống để dừng): ")
        if not pin:
            return None
        try:
            return found.open(pin)
        except KeyRefusedError as err:
            if err.reason != "wrong_pin" or not left:
                raise
            tell(err.diagnosis())
    return None
