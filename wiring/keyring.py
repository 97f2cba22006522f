"""Opens the keys of registered certificates, each in the way that its row says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from models.officer import RegisteredCertificate
from signing.anchors import read_trust
from signing.errors import KeyRefusedError, TrustStoreError
from signing.keys.key import SigningKey
from signing.keys.software import open_pkcs12
from wiring.settings import Settings

if TYPE_CHECKING:
    from signing.keys.cryptoki import PinState

ELSEWHERE: Final[Mapping[str, str]] = {
    "agent": "Chứng thư này ký bằng thẻ cắm ở máy của người ký. "
    "Việc cần làm: trên máy đó chạy trinhky agent rồi ký từ danh sách đang chờ.",
    "upload": "Chứng thư này ký bằng phần mềm khác. "
    "Việc cần làm: tải văn bản về, ký vào đúng ô chữ ký rồi nộp lại tệp đã ký.",
    "none": "Khoá của chứng thư này không dùng được từ hệ thống. "
    "Việc cần làm: báo người vận hành khai cách dùng khoá cho chứng thư.",
}
"""How one signs with a key that is not opened here."""


def open_key(settings: Settings, row: RegisteredCertificate, pin: str) -> SigningKey:
    """Opens the key of a registered certificate.

    Args:
        settings: Where keys, token libraries and remote services are.
        row: Whose key, and the way to it.
        pin: As it was typed; given on once, kept nowhere.

    Raises:
        KeyUnavailableError: File, token or service cannot be reached now.
        KeyRefusedError: Wrong PIN; not to be opened here (`elsewhere`); its way is said wrongly
            (`way_unknown`); or what the kind of key refuses.
    """
    return _WAYS.get(row.key_kind, _elsewhere)(settings, row, pin)


def pin_state(settings: Settings, row: RegisteredCertificate) -> PinState | None:
    """What a token tells of its PIN before it is asked for; None for keys on no token here.

    Raises:
        KeyUnavailableError: The token is not there.
        KeyRefusedError: `way_unknown`: its library is not in the settings.
    """
    if row.key_kind != "pkcs11":
        return None
    from signing.keys.token import pin_state as look  # noqa: PLC0415 (loads PKCS#11)

    return look(_library(settings, row), _said(row, "token"))


def _pkcs12(settings: Settings, row: RegisteredCertificate, pin: str) -> SigningKey:
    file = settings.keys_folder / (row.key_location or "")
    return open_pkcs12(file, pin, mechanism=row.mechanism)


def _pkcs11(settings: Settings, row: RegisteredCertificate, pin: str) -> SigningKey:
    from signing.keys.token import open_token  # noqa: PLC0415 (loads PKCS#11)

    return open_token(
        _library(settings, row),
        token=_said(row, "token"),
        key=_said(row, "key"),
        pin=pin,
        certificate=row.der,
        known=_known(settings),
        mechanism=row.mechanism,
        wait_s=settings.tokens.wait_s,
    )


def _csc(settings: Settings, row: RegisteredCertificate, pin: str) -> SigningKey:
    from signing.keys.line import Bearer, RemoteService  # noqa: PLC0415 (loads the HTTP client)
    from signing.keys.remote import open_remote  # noqa: PLC0415 (same)

    name, remote = _said(row, "service"), settings.remote
    url, bearer = remote.addresses.get(name), remote.bearer(name)
    if url is None:
        raise _way_unknown(f"dịch vụ ký từ xa “{name}”", "TRINHKY_REMOTE__SERVICES")
    service = RemoteService(
        name=name,
        url=url,
        bearer=Bearer(bearer) if bearer else None,
        authorities=remote.authorities,
        proxy=remote.proxy,
        timeout_s=remote.timeout_s,
        consent_timeout_s=remote.consent_timeout_s,
    )
    return open_remote(
        service,
        credential=_said(row, "credential"),
        pin=pin,
        certificate=row.der,
        known=_known(settings),
        mechanism=row.mechanism,
    )


def _elsewhere(_settings: Settings, row: RegisteredCertificate, _pin: str) -> SigningKey:
    raise KeyRefusedError("elsewhere", ELSEWHERE.get(row.key_kind, ELSEWHERE["none"]))


_WAYS: Final[Mapping[str, Callable[[Settings, RegisteredCertificate, str], SigningKey]]] = {
    "pkcs12": _pkcs12,
    "pkcs11": _pkcs11,
    "csc": _csc,
}


def _library(settings: Settings, row: RegisteredCertificate) -> Path:
    """Only what the operator named is ever loaded: a library runs as this process."""
    name = _said(row, "module")
    path = settings.tokens.libraries.get(name)
    if path is None:
        raise _way_unknown(f"thư viện thẻ “{name}”", "TRINHKY_TOKENS__MODULES")
    return path


def _said(row: RegisteredCertificate, name: str) -> str:
    value = (row.key_settings or {}).get(name)
    if not isinstance(value, str) or not value:
        raise KeyRefusedError(
            "way_unknown",
            f"Chứng thư này chưa khai đủ cách dùng khoá (thiếu {name}). "
            "Việc cần làm: báo người vận hành đăng ký lại chứng thư.",
        )
    return value


def _way_unknown(what: str, setting: str) -> KeyRefusedError:
    return KeyRefusedError(
        "way_unknown",
        f"Máy chủ chưa khai {what}. Việc cần làm: báo người vận hành khai ở {setting}.",
    )


def _known(settings: Settings) -> tuple[bytes, ...]:
    """Among which the issuers are found that a token or a service does not tell."""
    try:
        trust = read_trust(settings.trust_folder)
    except TrustStoreError:
        return ()  # issuers are a help only; who needs the anchors says what is wrong with them
    return (*trust.intermediates, *(anchor.der for anchor in trust.anchors))
