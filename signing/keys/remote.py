"""Keys at remote signing services, by the CSC API 1.0.4.

`credentials/info` tells certificate and terms, `credentials/authorize` gives leave for the hashes
that were announced, `signatures/signHash` signs them.

Leave is asked for as many hashes at once as the service allows, always with the hashes (SCAL2
demands it), and what it covers is signed by one call, as the protocol wants it. What comes back is
checked with the certificate before anybody sees it. The PIN is given once for each leave; after a
refusal nothing is asked any more.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from asn1crypto import algos
from typing_extensions import override

from signing.certificates import SigningCertificate
from signing.errors import (
    KeyRefusedError,
    KeyUnavailableError,
    SignatureMismatchError,
    SigningError,
)
from signing.keys.credential import (
    Credential,
    algorithm_of,
    look_up,
    require_certificate,
)
from signing.keys.key import Closing
from signing.keys.line import RemoteService, ServiceComplainedError, ServiceLine, wrong_answer
from signing.mechanism import Mechanism, Scheme, check_raw_signature, mechanism_for


@dataclass(slots=True)
class _Lot:
    """Hashes for which leave is asked together."""

    attributes: dict[bytes, bytes]
    """What is signed, by its hash."""
    signatures: dict[bytes, bytes] = field(default_factory=dict)
    leave: str | None = None
    """The signature activation data; a secret."""


def open_remote(
    service: RemoteService,
    *,
    credential: str,
    pin: str,
    certificate: bytes | None = None,
    known: Sequence[bytes] = (),
    mechanism: str | None = None,
) -> RemoteKey:
    """Looks up a key at a service. The PIN is not used before `announce`.

    Args:
        service: Where.
        credential: Its identifier there.
        pin: PIN of the credential.
        certificate: DER of the certificate that it must have; by default any.
        known: DER of certificates among which issuers are looked for, besides the service's.
        mechanism: Name of the mechanism; by default the usual one of the key.

    Raises:
        KeyUnavailableError: The service does not answer.
        KeyRefusedError: `unauthorised`, `unknown_credential`, `credential_disabled`,
            `another_certificate`, `otp_needed`, `mechanism`, `wrong_answer`.
    """
    line = ServiceLine(service)
    try:
        found = look_up(line, credential, known)
        require_certificate(line.service, found, certificate)
        chosen = mechanism_for(found.certificate, mechanism)
        algorithm = algorithm_of(line.service, found, chosen)
    except BaseException:
        line.close()
        raise
    return RemoteKey(line, found, chosen, algorithm, pin if found.asks_pin else None)


class RemoteKey(Closing):
    """A key at a remote service."""

    def __init__(
        self,
        line: ServiceLine,
        credential: Credential,
        mechanism: Mechanism,
        algorithm: str,
        pin: str | None,
    ) -> None:
        """Takes what was looked up; use `open_remote`."""
        self._line: ServiceLine | None = line
        self._service = line.service
        self._credential = credential
        self._mechanism = mechanism
        self._algorithm = algorithm
        self._pin = pin
        self._lots: dict[bytes, _Lot] = {}
        self._refusal: SigningError | None = None

    @property
    def certificate(self) -> SigningCertificate:
        """The certificate of this key, with its issuers."""
        return self._credential.certificate

    @property
    def mechanism(self) -> Mechanism:
        """How it signs."""
        return self._mechanism

    def announce(self, signed_attributes: Sequence[bytes]) -> None:
        """Asks for leave to sign these.

        For the first lot at once, for the others when their turn comes. What was announced before
        needs no leave anew.

        Raises:
            KeyUnavailableError: The service does not answer, or the key is closed.
            KeyRefusedError: `wrong_pin`, `pin_locked`, `otp_needed`, `refused`, `wrong_answer`.
        """
        fresh = {
            hashed: one
            for one in signed_attributes
            if (hashed := self._mechanism.digest.of(one)) not in self._lots
        }
        items = list(fresh.items())
        lots = [
            _Lot(dict(items[start : start + self._credential.at_once]))
            for start in range(0, len(items), self._credential.at_once)
        ]
        if lots:
            self._ask_leave(lots[0])
        self._lots |= {hashed: lot for lot in lots for hashed in lot.attributes}

    def sign(self, signed_attributes: bytes) -> bytes:
        """Signs by `mechanism`; together with all that share its leave.

        Raises:
            KeyUnavailableError: The service does not answer, or the key is closed.
            KeyRefusedError: `not_announced`, and as in `announce`.
        """
        hashed = self._mechanism.digest.of(signed_attributes)
        lot = self._lots.get(hashed)
        if self._line is None:
            raise KeyUnavailableError(f"dịch vụ {self._service.name}")
        if lot is None:
            raise KeyRefusedError(
                "not_announced",
                "Văn bản này không nằm trong danh sách đã xin phép ký; chưa có gì được ký. "
                "Việc cần làm: mở lại trang ký và ký lại.",
            )
        if hashed not in lot.signatures:
            if lot.leave is None:
                self._ask_leave(lot)
            self._sign_lot(lot)
        return lot.signatures[hashed]

    def _ask_leave(self, lot: _Lot) -> None:
        """Source: CSC API 1.0.4, 11.6."""
        body: dict[str, Any] = {
            "credentialID": self._credential.id,
            "numSignatures": len(lot.attributes),
            "hash": [_text(hashed) for hashed in lot.attributes],
        }
        if self._pin is not None:
            body["PIN"] = self._pin
        answer = self._ask("credentials/authorize", body, self._service.consent_timeout_s)
        leave = answer.get("SAD")
        if not isinstance(leave, str) or not leave:
            raise self._give_up(wrong_answer(self._service))
        lot.leave = leave

    def _sign_lot(self, lot: _Lot) -> None:
        """Source: CSC API 1.0.4, 11.9."""
        body: dict[str, Any] = {
            "credentialID": self._credential.id,
            "SAD": lot.leave,
            "hash": [_text(hashed) for hashed in lot.attributes],
            "hashAlgo": str(algos.DigestAlgorithmId(self._mechanism.digest.value).dotted),
            "signAlgo": self._algorithm,
        }
        if self._mechanism.scheme is Scheme.RSA_PSS:
            body["signAlgoParams"] = _text(
                self._mechanism.signature_algorithm()["parameters"].dump()
            )
        answer = self._ask("signatures/signHash", body, self._service.timeout_s)
        try:
            raws = [b64decode(one, validate=True) for one in answer["signatures"]]
            pairs = list(zip(lot.attributes.items(), raws, strict=True))
            for (_, attributes), raw in pairs:
                check_raw_signature(
                    certificate=self.certificate.der,
                    signed_attributes=attributes,
                    signature=raw,
                    mechanism=self._mechanism,
                )
        except (KeyError, TypeError, ValueError, binascii.Error, SignatureMismatchError):
            raise self._give_up(wrong_answer(self._service)) from None
        lot.signatures = {hashed: raw for (hashed, _), raw in pairs}

    def _ask(self, method: str, body: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        if self._refusal is not None:
            raise self._refusal
        if self._line is None:
            raise KeyUnavailableError(f"dịch vụ {self._service.name}")
        refusal: SigningError
        try:
            return self._line.ask(method, body, timeout_s=timeout_s)
        except ServiceComplainedError as err:
            refusal = _refusal(err.complaint.words, self._service)
        except SigningError as err:
            refusal = err
        # Whether the PIN was counted as wrong nobody knows: it is never given again.
        raise self._give_up(refusal) from None

    def _give_up(self, refusal: SigningError) -> SigningError:
        self._refusal, self._pin = refusal, None
        return refusal

    @override
    def close(self) -> None:
        """Forgets PIN and leave, and gives the connection back."""
        line, self._line, self._pin = self._line, None, None
        self._lots.clear()
        if line is not None:
            line.close()


def _text(data: bytes) -> str:
    return b64encode(data).decode("ascii")


_LOCKED_WORDS: Final = frozenset({"locked", "blocked", "suspended"})


def _refusal(words: str, service: RemoteService) -> KeyRefusedError:
    """Why leave or signature was refused: services word it freely, around the same nouns."""
    said = set(words.replace("_", " ").replace(".", " ").split())
    if said & _LOCKED_WORDS:
        return KeyRefusedError(
            "pin_locked",
            f"Khoá tại dịch vụ ký từ xa “{service.name}” đã bị khoá vì nhập sai mã PIN nhiều lần. "
            "Việc cần làm: liên hệ dịch vụ để mở khoá.",
        )
    if "pin" in said:
        return KeyRefusedError(
            "wrong_pin",
            f"Dịch vụ ký từ xa “{service.name}” báo mã PIN không đúng. "
            "Việc cần làm: nhập lại mã PIN cẩn thận; nhập sai nhiều lần, khoá sẽ bị khoá.",
        )
    return KeyRefusedError(
        "refused",
        f"Dịch vụ ký từ xa “{service.name}” từ chối ký; chưa có gì được ký. "
        "Việc cần làm: ký lại từ đầu; nếu vẫn bị từ chối, báo người vận hành.",
    )
