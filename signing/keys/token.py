"""Keys on tokens and in HSMs, by PKCS#11: open with a PIN, sign; list what there is without a PIN.

A PIN is given to the token once for each `open_token`, never again by the machine: a token counts
wrong ones and locks itself. PINs stand in no message, and no error of the module goes further.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pkcs11 import Attribute, PrivateKey, Session, Token, exceptions
from typing_extensions import override

from signing.certificates import SigningCertificate
from signing.errors import KeyRefusedError, KeyUnavailableError
from signing.keys.cryptoki import (
    Module,
    PinState,
    key_error,
    load_module,
    pin_locked,
    token_gone,
)
from signing.keys.key import Closing
from signing.keys.native import NativeWay, native_way
from signing.keys.objects import (
    attribute_of,
    certificates_in,
    certificates_of,
    missing,
    own_certificate,
    private_key,
    with_issuers,
)
from signing.mechanism import Mechanism, check_raw_signature, mechanism_for

WAIT_S: Final = 60.0
"""How long an opening waits for another signing at the same token, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenCertificate:
    """A signatory's certificate on a token."""

    token: str
    """Label of the token."""
    serial: str
    """Serial number of the token."""
    key: str
    """What `open_token` takes as `key`: the label, or `id:` and the identifier in hexadecimal."""
    certificate: SigningCertificate
    """With those issuers that lie on the token too."""
    pin_state: PinState


def list_token_certificates(module: Path) -> tuple[TokenCertificate, ...]:
    """What lies on the tokens of a module that are there now; no PIN is needed.

    Raises:
        KeyUnavailableError: The module cannot be loaded.
    """
    loaded = load_module(module)
    with loaded.calls:
        return tuple(one for token in loaded.tokens() for one in _listed(loaded, token))


def _listed(module: Module, token: Token) -> list[TokenCertificate]:
    try:
        certificates = certificates_of(token)
    except exceptions.PKCS11Error:
        return []  # pulled out just now
    state = module.pin_state(token)
    return [
        TokenCertificate(
            token=token.label,
            serial=token.serial.decode("ascii", "replace"),
            key=one.name,
            certificate=with_issuers(one.der, certificates, ()),
            pin_state=state,
        )
        for one in certificates
        if not one.is_authority
    ]


def pin_state(module: Path, token: str) -> PinState:
    """What a token says of its PIN, so that a page can tell it before the PIN is asked for.

    Raises:
        KeyUnavailableError: The module cannot be loaded, or the token is not there.
    """
    loaded = load_module(module)
    with loaded.calls:
        for one in loaded.tokens():
            if one.label == token:
                return loaded.pin_state(one)
    raise token_gone(token)


def open_token(
    module: Path,
    *,
    token: str,
    key: str,
    pin: str,
    certificate: bytes | None = None,
    known: Sequence[bytes] = (),
    mechanism: str | None = None,
    wait_s: float = WAIT_S,
) -> TokenKey:
    """Opens a key on a token.

    Args:
        module: The PKCS#11 library.
        token: Label of the token.
        key: Label of the key or of its certificate, or `id:` and their identifier in hexadecimal.
        pin: PIN of the user.
        certificate: DER of the key's certificate; by default the one on the token.
        known: DER of certificates among which issuers are looked for, besides those on the token.
        mechanism: Name of the mechanism; by default the usual one of the key.
        wait_s: How long to wait for another signing at the same token.

    Raises:
        KeyUnavailableError: Module or token is not there, or the token is used all the time.
        KeyRefusedError: `wrong_pin`, `pin_locked`, `pin_unusable`, `no_key`, `no_certificate`,
            `ambiguous_token`, `mechanism`.
    """
    if not pin:
        # An empty PIN would count as a wrong one.
        raise KeyRefusedError("wrong_pin", "Chưa nhập mã PIN. Việc cần làm: nhập mã PIN của thẻ.")
    loaded = load_module(module)
    found = _find_token(loaded, token, certificate)
    wanted = _Wanted(key=key, certificate=certificate, known=known, mechanism=mechanism)
    lock = loaded.hold(found, wait_s=wait_s)
    try:
        with loaded.calls:
            return _open(loaded, found, lock, pin, wanted)
    except BaseException:
        lock.release()
        raise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What is looked for on a token."""

    key: str
    certificate: bytes | None
    known: Sequence[bytes]
    mechanism: str | None


def _find_token(module: Module, label: str, certificate: bytes | None) -> Token:
    with module.calls:
        named = [one for one in module.tokens() if one.label == label]
        if len(named) > 1 and certificate is not None:
            # Many issuers give all their tokens one label; the certificate tells them apart.
            named = [one for one in named if _shows(one, certificate)] or named
    if not named:
        raise token_gone(label)
    if len(named) > 1:
        raise KeyRefusedError(
            "ambiguous_token",
            f"Có {len(named)} thẻ cùng tên “{label}”. "
            "Việc cần làm: rút các thẻ khác ra, chỉ để lại thẻ dùng để ký.",
        )
    return named[0]


def _shows(token: Token, certificate: bytes) -> bool:
    try:
        return any(one.der == certificate for one in certificates_of(token))
    except exceptions.PKCS11Error:
        return False  # pulled out just now


def _open(
    module: Module, token: Token, lock: threading.Lock, pin: str, wanted: _Wanted
) -> TokenKey:
    if module.pin_state(token) is PinState.LOCKED:
        raise pin_locked()
    session = _log_in(module, token, pin)
    try:
        found = _look(session, wanted)
    except exceptions.PKCS11Error as err:
        _close(session)
        raise key_error(err, token.label, PinState.UNKNOWN) from None
    except BaseException:
        _close(session)
        raise
    return TokenKey(
        module=module, session=session, lock=lock, found=found, pin=pin if found.again else None
    )


def _log_in(module: Module, token: Token, pin: str) -> Session:
    """The one place where a PIN reaches a token; called once for each opening."""
    try:
        return token.open(user_pin=pin)
    except exceptions.PKCS11Error as err:
        module.drop_sessions(token)
        raise key_error(err, token.label, module.pin_state(token)) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class _FoundKey:
    """What a session needs to sign."""

    private: PrivateKey
    certificate: SigningCertificate
    way: NativeWay
    again: bool
    """True for a key that wants the PIN before each signature."""


def _look(session: Session, wanted: _Wanted) -> _FoundKey:
    on_token = certificates_in(session)
    own = own_certificate(on_token, wanted.key, wanted.certificate)
    private = private_key(session, own, wanted.key)
    der = wanted.certificate or (own.der if own else None)
    if der is None:
        raise missing("no_certificate", "chứng thư", wanted.key)
    certificate = with_issuers(der, on_token, wanted.known)
    return _FoundKey(
        private=private,
        certificate=certificate,
        way=native_way(session.token, mechanism_for(certificate, wanted.mechanism), certificate),
        again=bool(attribute_of(private, Attribute.ALWAYS_AUTHENTICATE)),
    )


def _close(session: Session) -> None:
    # Pulled out: its session ended with it.
    with contextlib.suppress(exceptions.PKCS11Error):
        session.close()


class TokenKey(Closing):
    """A key on a token, logged in. Ends the session when it is closed; belongs to one process."""

    def __init__(
        self,
        *,
        module: Module,
        session: Session,
        lock: threading.Lock,
        found: _FoundKey,
        pin: str | None,
    ) -> None:
        """Takes an open session; use `open_token`."""
        self._module = module
        self._session: Session | None = session
        self._lock = lock
        self._found = found
        self._pin = pin
        self._pid = os.getpid()

    @property
    def certificate(self) -> SigningCertificate:
        """The certificate of this key, with its issuers."""
        return self._found.certificate

    @property
    def mechanism(self) -> Mechanism:
        """How it signs."""
        return self._found.way.mechanism

    def announce(self, signed_attributes: Sequence[bytes]) -> None:
        """Nothing: the token asks for no hashes beforehand."""

    def sign(self, signed_attributes: bytes) -> bytes:
        """Signs by `mechanism`, and checks that the token did.

        Raises:
            KeyUnavailableError: The token was pulled out, or the key is closed.
            KeyRefusedError: The token refused; the session is ended, nothing is tried again.
            SignatureMismatchError: The token gave something else.
        """
        session = self._session
        if session is None or self._pid != os.getpid():
            raise KeyUnavailableError(self.certificate.facts.name)
        try:
            with self._module.calls:
                signature = self._found.way.sign(
                    self._found.private, signed_attributes, pin=self._pin
                )
        except exceptions.PKCS11Error as err:
            with self._module.calls:
                state = self._module.pin_state(session.token)
            self.close()
            raise key_error(err, session.token.label, state) from None
        check_raw_signature(
            certificate=self.certificate.der,
            signed_attributes=signed_attributes,
            signature=signature,
            mechanism=self.mechanism,
        )
        return signature

    @override
    def close(self) -> None:
        """Ends the session, and lets others have the token."""
        session, self._session, self._pin = self._session, None, None
        if session is None or self._pid != os.getpid():
            return
        with self._module.calls:
            _close(session)
        self._lock.release()
